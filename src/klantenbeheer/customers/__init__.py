"""The customer and the basic data; nothing that a tab owns."""

"""Every change of a customer and of what belongs to it (T13)."""

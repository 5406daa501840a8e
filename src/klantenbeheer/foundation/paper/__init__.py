"""Numbering of what the house gives out."""

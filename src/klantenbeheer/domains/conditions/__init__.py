"""Condition groups: who is in them, what they give, and moving their customers when one goes."""

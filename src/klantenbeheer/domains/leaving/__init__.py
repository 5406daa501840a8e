"""A colleague who leaves: his account ends, and what is his goes to another, as one action that can be undone."""

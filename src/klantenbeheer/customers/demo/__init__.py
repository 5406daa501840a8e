"""Demonstration customers: realistic, deterministic, with numbers that pass every check."""

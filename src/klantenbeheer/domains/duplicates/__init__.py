"""Customers that are probably one: found, decided about, and merged."""

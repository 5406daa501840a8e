"""Klantenbeheer: customer management for a trading company."""

from klantenbeheer.kernel.sqlite import use_safe_sqlite

# Before anything can import the database driver: see the function for why.
use_safe_sqlite()

"""The house tests import the cast from here; its fixtures are everywhere (``conftest.py`` at the top)."""

from .cast import PASSWORD, SYSTEM, undo_last

__all__ = ["PASSWORD", "SYSTEM", "undo_last"]

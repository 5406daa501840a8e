"""The house tests import the cast from here; its fixtures are everywhere (``conftest.py`` at the top)."""

from .cast import PASSWORD, SYSTEM

__all__ = ["PASSWORD", "SYSTEM"]

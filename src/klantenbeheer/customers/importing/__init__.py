"""Bringing in a customer file: recognise, check, preview, run as a job, undo."""

from __future__ import annotations

from .parts import PARTS, ImportField, ImportPart

__all__ = ["PARTS", "ImportField", "ImportPart", "register"]


def register() -> None:
    """Make the jobs of the import known."""
    from . import jobs

    jobs.register()

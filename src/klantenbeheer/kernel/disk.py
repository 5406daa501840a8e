"""A full disk, as the system and both databases tell it."""

from __future__ import annotations

import errno

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

# PostgreSQL's code for a full disk, and SQLite's words: it has no code that reaches us.
_SQLSTATE = "53100"
_WORDS = "disk is full"
FULL = _("The server's disk is full. What was done stays done; free space, then go on where it stopped.")


def is_full(error: BaseException | None) -> bool:
    """Say whether ``error`` means that the server's disk is full, from the system or either database."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, DatabaseError):
        return getattr(error.__cause__, "sqlstate", None) == _SQLSTATE or _WORDS in str(error)
    return False

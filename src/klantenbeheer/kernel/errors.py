"""The errors that services raise; each face (page, command, API) turns them into its own answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class KlantenbeheerError(Exception):
    """Something that the user can be told: a message in his language and a stable code."""

    status = 400

    def __init__(self, message: Any, *, code: str = "error", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(KlantenbeheerError):
    """The actor lacks the right; what is asked may be known but not done."""

    status = 403

    def __init__(self, message: Any = "", *, right: str = "", **details: Any) -> None:
        super().__init__(message or right, code="not_allowed", right=right, **details)


class NotFound(KlantenbeheerError):
    """It does not exist, or the actor may not know that it does."""

    status = 404

    def __init__(self, message: Any = "", **details: Any) -> None:
        super().__init__(message, code="not_found", **details)


class Moved(NotFound):
    """What was asked for under ``former`` goes by ``number`` now: an old address leads on to the new one."""

    def __init__(self, message: Any, *, former: str, number: str) -> None:
        super().__init__(message, former=former, number=number)
        self.former, self.number = former, number


class Refused(KlantenbeheerError):
    """A rule of the business says no; the message says which."""

    status = 422


class InvalidInput(KlantenbeheerError):
    """Values that cannot be stored or looked for, with the reasons per field (``__all__`` for the record).

    ``clean_url`` is where a page stands without them, when that is another address than its own without a query.
    """

    status = 422
    clean_url = ""

    def __init__(self, problems: Mapping[str, Sequence[Any]]) -> None:
        self.problems = {field: list(reasons) for field, reasons in problems.items()}
        text = "; ".join(
            f"{field}: {reason}" for field, reasons in self.problems.items() for reason in reasons
        )
        super().__init__(text, code="invalid")


class StaleVersion(KlantenbeheerError):
    """Somebody else saved this record first. Nothing was written.

    ``current`` is the record as it is stored now, ``changes`` what this save wanted to write.
    """

    status = 409

    def __init__(self, *, current: Any, changes: Mapping[str, Any]) -> None:
        super().__init__("stale version", code="stale_version")
        self.current = current
        self.changes = dict(changes)

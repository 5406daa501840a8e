"""What can be wrong with a file."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy

from klantenbeheer.kernel.errors import InvalidInput


class ExchangeError(InvalidInput):
    """This file cannot be read (or written) as a table; the message says why and what to do.

    ``code`` is stable, ``message`` is lazy: a translatable text whose ``%(name)s`` are filled from ``details``
    in the language of the one who reads it.
    """

    def __init__(self, code: str, message: Any, **details: Any) -> None:
        def text() -> str:
            return str(message) % details if details else str(message)

        # InvalidInput would translate the message here and now, in the language of whoever raises it.
        Exception.__init__(self, code)
        self.code = code
        self.details = details
        self.message = lazy(text, str)()
        self.problems = {"__all__": [self.message]}

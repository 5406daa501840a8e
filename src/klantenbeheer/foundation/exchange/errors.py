"""What can be wrong with a file."""

from __future__ import annotations

from klantenbeheer.kernel.errors import KlantenbeheerError


class ExchangeError(KlantenbeheerError):
    """This file cannot be read as a table; the message says why and what to do."""

    status = 422

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .server import Handler, vies_server


@pytest.fixture
def vies_stub(settings: Any) -> Iterator[type[Handler]]:
    """A stand-in for VIES; its ``script`` says what happens per number or state, ``asked`` what was asked."""
    with vies_server() as handler:
        settings.VIES_URL = handler.url
        settings.VIES_ALLOW_PRIVATE = True
        settings.VAT_REQUESTER = "NL004495445B01"
        yield handler

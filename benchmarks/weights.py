"""What a page weighs when it is sent compressed: its HTML, its styles, its scripts with all that they import."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings

from . import samples
from .measure import Row

SECTION = "Page weights"
_STYLE = re.compile(r'<link[^>]+href="([^"]+\.css)"')
_SCRIPT = re.compile(r'<(?:script[^>]+src|link[^>]+href)="([^"]+\.js)"')
_IMPORT = re.compile(r"""(?:import|from)\s*\(?\s*["']([./][^"']+\.js)["']""")


def _sent(url: str) -> bytes:
    """Give the file behind an address of the page, as collected for serving."""
    return (Path(settings.STATIC_ROOT) / url.removeprefix(settings.STATIC_URL)).read_bytes()


def _weight(urls: set[str]) -> float:
    return sum(len(gzip.compress(_sent(url), 9)) for url in urls) / 1024


def _scripts(page: str) -> set[str]:
    found: set[str] = set()
    ahead = list(_SCRIPT.findall(page))
    while ahead:
        url = ahead.pop()
        if url not in found:
            found.add(url)
            ahead += [urljoin(url, other) for other in _IMPORT.findall(_sent(url).decode())]
    return found


def measure(size: int) -> Iterator[Row]:
    """Give the weights of the list and of a full card."""
    browser = samples.client()
    (customer,) = samples.customers(1)
    for name, url in (
        ("list", "/customers/"),
        ("card, contacts", f"/customers/{customer.number}/contacts/"),
        ("card, history", f"/customers/{customer.number}/history/"),
    ):
        response = browser.get(url)
        page = response.content.decode()
        weight = len(gzip.compress(response.content, 6)) / 1024
        yield Row(SECTION, f"{name}: HTML", size, value=weight, unit="KB")
        yield Row(SECTION, f"{name}: style", size, value=_weight(set(_STYLE.findall(page))), unit="KB")
        yield Row(SECTION, f"{name}: script", size, value=_weight(_scripts(page)), unit="KB")

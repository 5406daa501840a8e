"""Contact persons in the palette."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.palette.registry import Asked, Entry, Mode, Source, register_source
from klantenbeheer.foundation.search.lookups import SHORTEST

from . import selectors


def _entries(asked: Asked) -> Sequence[Entry]:
    if not asked.query or (asked.mode == Mode.ALL and len(asked.query) < SHORTEST):
        return ()
    found = []
    for row in selectors.search(asked.actor, asked.query, limit=20 if asked.mode == Mode.CONTACTS else 5):
        name = " ".join(part for part in (row["first_name"], row["infix"], row["last_name"]) if part)
        left = _("left the company") if row["left_on"] else ""
        parts = (row["customer__name"], row["job_title"], row["mobile"] or row["phone"], left)
        # The tab narrowed to the name: of a hundred persons this one is in sight.
        url = f"/customers/{row['customer__number']}/contacts/?{urlencode({'find': row['last_name']})}"
        found.append(
            Entry(f"contact.{row['id']}", name, url, "user", " · ".join(part for part in parts if part))
        )
    return found


def register() -> None:
    """Put the group in the palette, after the customers."""
    modes = frozenset({Mode.ALL, Mode.CONTACTS})
    register_source(Source("contacts", gettext_lazy("Contacts"), 50, _entries, modes, matches=False))

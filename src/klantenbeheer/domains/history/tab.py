"""The History tab."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.card.tabs import CardRequest, Tab, register_tab
from klantenbeheer.foundation.ui.htmx import to_text
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.errors import InvalidInput

from . import selectors


def _date(name: str, text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise InvalidInput({name: [_("“%(value)s” is no date.") % {"value": text[:40]}]}) from error


def show(card: CardRequest) -> HttpResponse:
    """The timeline, filtered by kind, person, and period. Raises ``InvalidInput`` for what is no date."""
    asked = card.request.GET
    before = asked.get("before", "")
    kind = asked.get("kind", "") if asked.get("kind", "") in selectors.models(card.actor) else ""
    moments, following = selectors.timeline(
        card.actor,
        card.customer,
        kind=kind,
        person=asked.get("person", "")[:120],
        since=_date("since", asked.get("since", "")),
        until=_date("until", asked.get("until", "")),
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
    )
    context = {
        "card": card,
        "moments": moments,
        "following": following,
        "kinds": selectors.kind_labels(card.actor),
        "people": selectors.people(card.actor, card.customer),
        "asked": {"kind": kind, **{name: asked.get(name, "") for name in ("person", "since", "until")}},
    }
    template = "history/tab.html#moments" if before else "history/tab.html"
    return HttpResponse(to_text(template, context, card.request))


def register() -> None:
    """Put the tab on the card."""
    register_tab(Tab("history", gettext_lazy("History"), 130, show))

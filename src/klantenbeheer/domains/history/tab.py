"""The History tab."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.card.tabs import CardRequest, SubRoute, Tab, register_tab
from klantenbeheer.foundation.ui.htmx import to_text
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.errors import InvalidInput

from . import comparing, selectors


def _date(name: str, text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise InvalidInput({name: [_("“%(value)s” is no date.") % {"value": text[:40]}]}) from error


def _known(name: str, value: str, choices: Any) -> str:
    """Give a chosen value; raises ``InvalidInput`` for one that is none of the choices."""
    if value and value not in choices:
        raise InvalidInput({name: [_("“%(value)s” is none of the choices.") % {"value": value[:40]}]})
    return value


def _asked(card: CardRequest) -> selectors.Asked:
    sent = card.request.GET
    before = sent.get("before", "")
    seen = selectors.models(card.actor)
    fields = {key for pairs in selectors.field_labels(seen, seen).values() for key, _label in pairs}
    return selectors.Asked(
        kind=_known("kind", sent.get("kind", ""), seen),
        tab=_known("tab", sent.get("tab", ""), selectors.tab_labels(card.actor)),
        field=_known("field", sent.get("field", ""), fields),
        person=sent.get("person", "")[:120],
        since=_date("since", sent.get("since", "")),
        until=_date("until", sent.get("until", "")),
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
        at=card.at,
    )


def _moment(card: CardRequest) -> dict[str, str]:
    return {"at": card.request.GET["at"]} if card.at else {}


def show(card: CardRequest) -> HttpResponse:
    """The timeline, narrowed by kind, tab, person, field, and period. Raises ``InvalidInput`` for what is none."""
    asked = _asked(card)
    found = selectors.timeline(card.actor, card.customer, asked)
    sent = {
        name: card.request.GET.get(name, "") for name in ("kind", "tab", "person", "field", "since", "until")
    }
    context = {
        "card": card,
        "found": found,
        "sent": sent,
        "narrowed": any(sent.values()),
        "card_url": card.url(),
        "csrf_input": format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(card.request)
        ),
        "words": {
            "card_then": _("Card at this moment"),
            "undo": _("Undo"),
            "only_this": _("Undo only this"),
            "undo_all": _("Undo for all customers of this action"),
            "undone": _("undone"),
            "emptied": _("emptied"),
        },
        "earlier": urlencode({name: value for name, value in (sent | _moment(card)).items() if value}),
    }
    template = "history/tab.html#moments" if asked.before else "history/tab.html"
    return HttpResponse(to_text(template, context, card.request))


def register() -> None:
    """Put the tab on the card."""
    routes = (SubRoute("compare", comparing.show, Level.VIEW, in_card=True),)
    register_tab(Tab("history", gettext_lazy("History"), 130, show, routes, past=True))

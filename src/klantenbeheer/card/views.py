"""The card: one gate in front of every tab and of everything below it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui.htmx import render
from klantenbeheer.kernel.actors import Level

from . import past, shell
from .tabs import TABS, CardRequest, SubRoute, Tab, level_of, strip_tabs, visible_tabs


def _open(request: HttpRequest, number: str, key: str) -> CardRequest:
    """The gate: the customer must be visible and the tab allowed; otherwise neither exists for this actor."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    if key not in TABS or not TABS.get(key).is_on:
        raise Http404
    tab = TABS.get(key)
    level = level_of(actor, tab)
    if level == Level.NONE:
        raise Http404
    customer = past.asked(request, actor, customer)
    if customer.as_of is not None or customer.erased_on is not None:
        level = Level.VIEW  # the past, and what was left when the personal data were erased, are locked
    return CardRequest(request, actor, customer, tab, level)


@needs(CUSTOMERS, write_level=Level.VIEW, by_tab=True)
def card(request: HttpRequest, number: str) -> HttpResponse:
    """The card at its first tab."""
    actor = actor_of(request)
    customer = past.asked(request, actor, customer_by_number(actor, number))
    tabs = strip_tabs(actor) or visible_tabs(actor)
    if not tabs:
        return render(request, "card/card.html", shell.context(actor, customer, None))
    return redirect(f"/customers/{customer.number}/{tabs[0].key}/{past.query(customer)}")


@needs(CUSTOMERS, write_level=Level.VIEW, by_tab=True)
def tab(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """A tab: alone for htmx, inside the card otherwise."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405)
    return in_card(_open(request, number, key))


def in_card(card_request: CardRequest, inside: HttpResponse | None = None) -> HttpResponse:
    """Answer with the tab's contents (or what stands in its place), in the card unless only the part was asked for."""
    inside = _inside(card_request) if inside is None else inside
    htmx: Any = getattr(card_request.request, "htmx", None)
    if htmx and not htmx.boosted and not htmx.history_restore_request:
        if htmx.target == "tab" and inside.status_code == 200:
            inside.content += shell.title(card_request).encode()
        inside["Vary"] = "HX-Request"
        return inside
    if inside.status_code != 200 or not inside["Content-Type"].startswith("text/html"):
        return inside
    context = shell.context(card_request.actor, card_request.customer, card_request.tab)
    context["inside"] = shell.trusted(inside)
    return render(card_request.request, "card/card.html", context)


def _inside(card_request: CardRequest) -> HttpResponse:
    if card_request.at is None or card_request.tab.past:
        return card_request.tab.view(card_request)
    return HttpResponse(render_to_string("card/no_past.html", {"card": card_request}, card_request.request))


@cache
def _compiled(path: str) -> re.Pattern[str]:
    pattern = re.sub(r"<int:(\w+)>", r"(?P<\1>[0-9]{1,18})", path)
    return re.compile(pattern + "/?")


def _route(tab: Tab, rest: str) -> tuple[SubRoute, dict[str, Any]]:
    for route in tab.routes:
        match = _compiled(route.path).fullmatch(rest)
        if match:
            return route, {name: int(value) for name, value in match.groupdict().items()}
    raise Http404


@needs(CUSTOMERS, write_level=Level.VIEW, by_tab=True)
def below(request: HttpRequest, number: str, key: str, rest: str) -> HttpResponse:
    """Anything below a tab: adding, changing, files. The route's level is asked of every method."""
    card_request = _open(request, number, key)
    route, arguments = _route(card_request.tab, rest)
    if card_request.level < route.level:
        raise PermissionDenied(card_request.tab.right_key)
    answer = route.view(card_request, **arguments)
    return in_card(card_request, answer) if route.in_card else answer


@needs(CUSTOMERS)
def badges(request: HttpRequest, number: str) -> HttpResponse:
    """The counts of all tabs, in one second request."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    counts = [(tab, tab.badge(customer)) for tab in strip_tabs(actor) if tab.badge]
    return render(request, "card/badges.html", {"counts": counts})


@needs(CUSTOMERS)
def around(request: HttpRequest, number: str) -> HttpResponse:
    """What stands around the tab, after something was saved; with ``?whole=1`` also the values that edit in place."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    context = shell.context(actor, customer, None)
    context |= {"out_of_band": True, "whole": "whole" in request.GET}
    return render(request, "card/around.html", context)

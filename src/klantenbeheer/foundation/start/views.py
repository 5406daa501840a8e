"""The start page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.foundation.palette.finding import parse
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor

from .registry import MOST, Asked, Block, blocks_for


def _shown(block: Block, actor: Actor, asked: Asked | None) -> dict[str, Any]:
    """Give a block as it is drawn; without ``asked`` it is still to be filled."""
    return {
        "block": block,
        "lines": list(block.lines(asked))[:MOST] if asked else [],
        "links": block.links(actor),
        "first": block.first(actor),
        "waiting": asked is None,
    }


@signed_in
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Every block that the user has; those that need the browser's memory come right after."""
    actor = actor_of(request)
    asked = Asked(actor)
    blocks = [_shown(block, actor, None if block.remembered else asked) for block in blocks_for(actor)]
    return htmx.render(request, "start/page.html", {"blocks": blocks})


@signed_in
@require_GET
def block(request: HttpRequest, key: str) -> HttpResponse:
    """One block, with what the browser remembers (``recent``)."""
    actor = actor_of(request)
    found = next((one for one in blocks_for(actor) if one.key == key), None)
    if found is None:
        raise Http404
    asked = Asked(actor, parse(actor, "", recent=request.GET.get("recent", "")).recent)
    return htmx.render(request, "start/block.html", _shown(found, actor, asked))

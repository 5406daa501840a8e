"""The palette's answers, as one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.foundation.ui import htmx

from . import finding


@signed_in
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """What fits ``q``, as groups of options; ``at`` is the page below.

    ``recent`` is what the browser remembers, ``here`` what stands on that page.
    """
    asked = finding.parse(
        actor_of(request),
        request.GET.get("q", ""),
        path=request.GET.get("at", ""),
        recent=request.GET.get("recent", ""),
        here=request.GET.get("here", ""),
    )
    return htmx.render(request, "palette/results.html", {"groups": finding.find(asked), "asked": asked})

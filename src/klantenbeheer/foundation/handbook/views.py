"""The handbook in the browser."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import signed_in
from klantenbeheer.foundation.ui import htmx

from . import pages
from .places import HOME, is_hidden, page_for


@signed_in
@require_GET
def page(request: HttpRequest, key: str = HOME) -> HttpResponse:
    """One page beside the list of contents, or with ``q`` what a search found."""
    language = get_language() or "nl"
    found, contents = pages.page(key, language), pages.page(HOME, language)
    if found is None or is_hidden(key):
        raise Http404
    query = request.GET.get("q", "").strip()[:100]
    context = {
        "page": found,
        "page_html": pages.without_hidden(found.html) if key == HOME else found.html,
        "contents": contents,
        "contents_html": pages.without_hidden(contents.html) if contents else "",
        "find": query,
        "hits": [hit for hit in pages.search(query, language) if not is_hidden(hit.page.key)]
        if query
        else [],
    }
    return htmx.render(request, "handbook/page.html", context)


@signed_in
@require_GET
def at(request: HttpRequest) -> HttpResponse:
    """Lead to the page that explains an address of ours (``path``)."""
    key = page_for(request.GET.get("path", "")[:300])
    language = get_language() or "nl"
    return redirect("handbook:page", key if pages.page(key, language) and not is_hidden(key) else HOME)


@signed_in
@require_GET
def picture(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """A picture of a page. It comes with the product and changes with it alone."""
    path = pages.picture(language, name)
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    return response

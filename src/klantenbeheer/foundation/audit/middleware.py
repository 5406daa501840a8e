"""What a request wrote, so that its answer can offer to undo it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .context import noting


class NoteActions:
    """Keeps the actions of this request apart from those of any other that the same thread serves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with noting():
            return self.get_response(request)

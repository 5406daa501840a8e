"""The start of the product, and its health."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from klantenbeheer.foundation.access.guard import public, signed_in
from klantenbeheer.foundation.jobs.running import worker_alive


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """Where one lands after signing in: the customers."""
    return redirect("customers:list")


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and a worker lives; 503 and which of the two does not."""
    state = {"database": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        state["database"] = True
        state["worker"] = worker_alive()
    except DatabaseError:
        pass
    return JsonResponse(state, status=200 if all(state.values()) else 503)

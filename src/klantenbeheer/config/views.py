"""The health of the installation."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from klantenbeheer.foundation.access.guard import public
from klantenbeheer.foundation.jobs.running import worker_alive


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

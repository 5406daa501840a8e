"""Sessions that know whose they are (``SESSION_ENGINE``), and ending them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from klantenbeheer.foundation.access.models import User

from .crypt import digest

# What our part of a session is called in it.
DEVICE, CONFIRMED, FACTOR = "kb_device", "kb_confirmed", "kb_factor"
# So long after the password one may change what protects the account.
FRESH = timedelta(minutes=15)
# A page does not write at every request.
SEEN_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's store in the database, with the columns of :class:`models.AccountSession` filled in."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import AccountSession

        return AccountSession

    def _get_session_from_db(self) -> Any:
        record = super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
        self.seen_at = record.seen_at if record else None
        return record

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        device = data.get(DEVICE, {})
        record: Any = super().create_model_instance(data)
        user = data.get(SESSION_KEY)
        record.user_id = int(user) if user else None
        record.handle = digest(record.session_key)
        record.address, record.agent = device.get("address", ""), device.get("agent", "")
        if device.get("begun"):
            record.begun_at = datetime.fromisoformat(device["begun"])
        return record


def address_of(request: HttpRequest) -> str:
    """Give where a request comes from, as the lock-out counts it."""
    from axes.helpers import get_client_ip_address

    return str(get_client_ip_address(request) or "")[:45]


def agent_of(request: HttpRequest) -> str:
    """Give what the browser calls itself."""
    return request.META.get("HTTP_USER_AGENT", "")[:200]


def begin(request: HttpRequest, *, factor: bool) -> None:
    """Note from where this session comes, at signing in. ``factor``: a second factor was shown too."""
    now = timezone.now().isoformat()
    request.session[DEVICE] = {"address": address_of(request), "agent": agent_of(request), "begun": now}
    request.session[CONFIRMED] = now
    request.session[FACTOR] = factor


def confirm(request: HttpRequest) -> None:
    """Note that the password was given just now."""
    request.session[CONFIRMED] = timezone.now().isoformat()


def is_fresh(request: HttpRequest) -> bool:
    """Say whether the password was given lately in this session."""
    given: str | None = request.session.get(CONFIRMED)
    return given is not None and timezone.now() - datetime.fromisoformat(given) < FRESH


def handle_of(request: HttpRequest) -> str:
    """Give the name of this request's session."""
    return digest(request.session.session_key or "")


def of(user: User) -> QuerySet[Any]:
    """Give the sessions that are open in a user's name, the latest seen first."""
    from .models import AccountSession

    return AccountSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by(
        "-seen_at", "-pk"
    )


def end(user: User, *, but: str = "", only: str = "") -> int:
    """End the sessions of a user (but this one, or only that one, by name); gives how many."""
    rows = of(user)
    if only:
        rows = rows.filter(handle=only)
    count, _each = rows.exclude(handle=but).delete()
    return count


def seen(request: HttpRequest) -> None:
    """Note that a session is in use, every few minutes; it costs nothing in between."""
    last = getattr(request.session, "seen_at", None)
    now = timezone.now()
    if last is not None and now - last > SEEN_EVERY:
        from .models import AccountSession

        AccountSession.objects.filter(session_key=request.session.session_key).update(seen_at=now)

"""The log of sign-ins: writing a line, reading one's own or everybody's, dropping what is old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed

from .models import SignIn
from .sessions import address_of, agent_of

# A machine that guesses must not fill the table: from one address so many lines of failure an hour.
MOST_FAILURES = 60
_REFUSALS = (
    SignIn.Kind.FAILED,
    SignIn.Kind.LOCKED,
    SignIn.Kind.FACTOR_FAILED,
    SignIn.Kind.FACTOR_LOCKED,
)


def note(request: HttpRequest | None, user: User | None, kind: SignIn.Kind) -> None:
    """Write a line. Failures beyond :data:`MOST_FAILURES` an hour from one address are left out."""
    address, agent = (address_of(request), agent_of(request)) if request else ("", "")
    if kind in _REFUSALS:
        lately = SignIn.objects.filter(
            at__gte=timezone.now() - timedelta(hours=1), kind__in=_REFUSALS, address=address
        )
        if lately.count() >= MOST_FAILURES:
            return
    SignIn.objects.create(user=user, kind=kind, address=address, agent=agent)


def own(user: User) -> QuerySet[Any]:
    """Give somebody's own lines, the newest first."""
    return SignIn.objects.filter(user=user).order_by("-id")


def everybody(actor: Actor) -> QuerySet[Any]:
    """Give all lines, the newest first. Raises ``NotAllowed``."""
    if not actor.may("administration", Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right="administration")
    return SignIn.objects.select_related("user").order_by("-id")


def prune() -> int:
    """Drop the lines older than ``SIGN_IN_LOG_DAYS``; gives how many."""
    before = timezone.now() - timedelta(days=settings.SIGN_IN_LOG_DAYS)
    count, _each = SignIn.objects.filter(at__lt=before).delete()
    return count

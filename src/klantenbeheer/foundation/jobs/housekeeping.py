"""The product's own upkeep: what nobody needs any more goes."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Job, State, Worker
from .registry import KINDS, Kind
from .running import Run

KEEP_JOBS = timedelta(days=90)


def tidy(run: Run) -> None:
    """Remove expired sessions, workers long gone, and ended upkeep jobs."""
    now = timezone.now()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    Job.objects.filter(user=None, state=State.DONE, finished_at__lt=now - KEEP_JOBS).delete()


def register() -> None:
    """Make the upkeep known to the worker."""
    KINDS.register(Kind("jobs.tidy", _("Upkeep"), tidy, every=timedelta(hours=24)))

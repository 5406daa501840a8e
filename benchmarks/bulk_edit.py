"""Changing many customers at once, with their history, and taking it back, as the worker does."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import get_user_model

from klantenbeheer.customers.bulk_edit import jobs, services
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.jobs import running

from .measure import peak_mb

# About one in eight of the demonstration customers.
COUNTRY, LANGUAGE = "BE", "de"


def _actor() -> User:
    user, _made = get_user_model().objects.get_or_create(username="meting-beheer")
    user.roles.add(Role.objects.get(key="manager"))
    return User.objects.get(pk=user.pk)


def _work() -> float:
    began = time.perf_counter()
    while job := running.claim("meting"):
        running.perform(job)
    return time.perf_counter() - began


def change() -> dict[str, Any]:
    """Give the customers of a country another language, and take that back; give what both took."""
    actor = _actor()
    edit = services.edit_create(actor=actor, parameters={"country": COUNTRY})
    edit = jobs.start(actor=actor, edit=edit, field="language", value=LANGUAGE)
    there = _work()
    edit.refresh_from_db()
    jobs.undo(actor=actor, edit=edit)
    back = _work()
    edit.refresh_from_db()
    return {
        "rows": edit.changed, "seconds": there, "back": back, "undone": edit.step == edit.Step.UNDONE,
        "peak_mb": peak_mb(),
    }  # fmt: skip

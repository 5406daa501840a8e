"""What ``/healthz`` answers: to a monitor, without signing in."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from klantenbeheer.config import views
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Worker

from .processes import console, started, until


def asked() -> tuple[int, dict[str, bool]]:
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_it_says_whether_a_worker_lives() -> None:
    assert asked() == (503, {"database": True, "worker": False})
    running.heartbeat("w")
    assert asked() == (200, {"database": True, "worker": True})
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert asked() == (503, {"database": True, "worker": False})


@pytest.mark.django_db
def test_it_says_whether_the_database_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> None:
            raise OperationalError("the connection was refused")

    monkeypatch.setattr(views, "connection", Away())
    assert asked() == (503, {"database": False, "worker": False})


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_told_to_stop_is_gone_at_once() -> None:
    with started(*console("work")) as worker:
        until(lambda: asked()[0] == 200)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=60) == 0
        assert asked() == (503, {"database": True, "worker": False})

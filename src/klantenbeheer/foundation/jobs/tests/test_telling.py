"""How far work is, as people read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from klantenbeheer.foundation.jobs.models import Job, State


@pytest.mark.parametrize(
    ("total", "told"), [(None, ""), (2_000, "10 s"), (10_900, "99 s"), (11_000, "2 min"), (61_000, "10 min")]
)
def test_the_time_left(total: int | None, told: str) -> None:
    ended = timezone.now()
    job = Job(
        state=State.RUNNING,
        done=1_000,
        total=total,
        started_at=ended - timedelta(seconds=10),
        finished_at=ended,
    )
    assert job.time_left == told

"""One's own background work on the start page, and the page of it in the palette."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.palette.registry import Action, Entry, register_action
from klantenbeheer.foundation.start.registry import MOST, Asked, Block, Chip, Line, Link, register_block

from .models import Job, State

_TONES = {State.FAILED: "danger", State.DONE: "success", State.RUNNING: "info", State.READY: "info"}


def _line(job: Job) -> Line:
    percentage = f" {job.percentage}%" if job.state == State.RUNNING and job.percentage is not None else ""
    chip = Chip(f"{State(job.state).label}{percentage}", _TONES.get(State(job.state), "neutral"))
    return Line(job.title, reverse("jobs:detail", args=[job.pk]), chips=(chip,))


def _lines(asked: Asked) -> Sequence[Line]:
    return [_line(job) for job in Job.objects.filter(user_id=asked.actor.user_id or 0).order_by("-id")[:MOST]]


def register() -> None:
    """Put the block on the start page, and the page in the palette."""
    register_block(
        Block(
            "jobs", gettext_lazy("My background work"), "jobs", 40, _lines,
            gettext_lazy("Imports and other long work that you start stand here with their progress."),
            links=lambda actor: [Link(_("All background work"), reverse("jobs:list"))],
        )
    )  # fmt: skip
    entry = Entry("jobs", gettext_lazy("Background work"), "/jobs/", "jobs")
    register_action(Action(entry, 50, page=True))

"""The page of background work, with live progress."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.foundation.ui.htmx import render
from klantenbeheer.kernel.actors import Actor

from . import services
from .models import Job
from .registry import KINDS


@signed_in
def job_list(request: HttpRequest) -> HttpResponse:
    """The latest jobs."""
    jobs = list(
        services.visible_jobs(actor_of(request)).filter(~Q(kind__endswith=".tidy") | Q(state="failed"))[:100]
    )
    context = {"jobs": jobs, "any_open": any(job.is_open for job in jobs)}
    return render(request, "jobs/list.html", context, part="jobs")


@signed_in
def job_detail(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job; as a part it is its progress, asked again while it runs."""
    actor = actor_of(request)
    job = get_object_or_404(services.visible_jobs(actor), pk=job_id)
    return render(
        request, "jobs/detail.html", {"job": job, "shown_at": _shown_at(actor, job)}, part="progress"
    )


def _shown_at(actor: Actor, job: Job) -> str:
    """Give the page of what one's own job works on; empty when its kind has none."""
    page = KINDS.get(job.kind).shown_at if job.kind in KINDS else None
    return page(job.params) if page and job.user_id == actor.user_id else ""


@signed_in
@require_POST
def job_cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Cancel a job; what it did so far is shown, with what can be done about it."""
    actor = actor_of(request)
    job = services.job_cancel(actor=actor, job_id=job_id)
    return redirect(_shown_at(actor, job) or reverse("jobs:detail", args=[job_id]))


@signed_in
@require_POST
def job_retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Try a job again."""
    services.job_retry(actor=actor_of(request), job_id=job_id)
    return redirect("jobs:detail", job_id)

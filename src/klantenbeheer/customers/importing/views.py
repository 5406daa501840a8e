"""The import in the browser."""

from __future__ import annotations

import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.exchange.errors import ExchangeError
from klantenbeheer.foundation.exchange.writing import CsvWriter
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.countries import country_choices
from klantenbeheer.kernel.errors import InvalidInput

from ..models import ImportRun
from ..permissions import IMPORT
from . import jobs, services
from .parts import fields_for, follows


def _run(request: HttpRequest, run_id: int) -> ImportRun:
    visible = services.visible_runs(actor_of(request))
    return get_object_or_404(visible.select_related("job", "action"), pk=run_id)


@needs(IMPORT, Level.EDIT)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; below it the earlier imports."""
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = _("Choose a file first.")
        else:
            try:
                run = services.run_create(
                    actor=actor_of(request), name=file.name or "", chunks=iter(file.chunks())
                )
            except ExchangeError as error:
                problem = str(error.message)
            else:
                return htmx.redirect(request, f"/customers/import/{run.pk}")
    runs = services.visible_runs(actor_of(request)).select_related("user").order_by("-id")[:20]
    context = {"problem": problem, "runs": runs}
    return htmx.render(request, "customers/import/upload.html", context, status=422 if problem else 200)


@needs(IMPORT, Level.EDIT)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One import: the columns, the preview, the progress, the result."""
    found = _run(request, run_id)
    problems: list[str] = []
    if request.method == "POST":
        mapping = {heading: request.POST.get(f"column-{i}", "") for i, heading in enumerate(found.headers)}
        try:
            services.run_map(
                actor=actor_of(request), run=found, mapping=mapping, on_duplicate=request.POST.get("on_duplicate", ""),
                nameless=request.POST.get("nameless", "refuse"), country=request.POST.get("country", ""),
            )  # fmt: skip
        except InvalidInput as error:
            problems = [str(reason) for reasons in error.problems.values() for reason in reasons]
            found.mapping = {heading: key for heading, key in mapping.items() if key}
        else:
            jobs.enqueue(actor=actor_of(request), run=found, dry_run=True)
            return htmx.redirect(request, f"/customers/import/{found.pk}")
    columns = [
        {"index": i, "heading": heading, "chosen": found.mapping.get(heading, "")}
        for i, heading in enumerate(found.headers)
    ]
    imported = found.step == ImportRun.Step.IMPORTED
    context = {
        "follows": follows(actor_of(request), found.action) if imported else [],
        "run": found, "job": found.job, "columns": columns, "problems": problems,
        "fields": fields_for(actor_of(request)),
        "issues":
            found.issues.filter(dry_run=found.dry_run)[:200],
        "countries": country_choices(get_language() or "nl"),
        "policies": [
            ("", _("Refuse them (they come in the file of refused rows)")),
            ("skip", _("Skip them, and every customer that exists")),
            ("update", _("Update the customer that they look like")),
            ("create", _("Add them as new customers")),
        ],
    }  # fmt: skip
    return htmx.render(
        request, "customers/import/run.html", context, part="state", status=422 if problems else 200
    )


@needs(IMPORT, Level.EDIT)
@require_POST
def start(request: HttpRequest, run_id: int) -> HttpResponse:
    """Bring the previewed file in."""
    found = _run(request, run_id)
    if found.step != ImportRun.Step.PREVIEWED:
        return htmx.redirect(request, f"/customers/import/{found.pk}")
    jobs.enqueue(actor=actor_of(request), run=found, dry_run=False)
    return htmx.redirect(request, f"/customers/import/{found.pk}")


@needs(IMPORT, Level.EDIT)
@require_POST
def undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """Undo a finished import."""
    found = _run(request, run_id)
    jobs.enqueue_undo(actor=actor_of(request), run=found)
    return redirect(f"/customers/import/{found.pk}")


@needs(IMPORT, Level.EDIT)
@require_GET
def refused(request: HttpRequest, run_id: int) -> HttpResponse:
    """The refused rows as they were, with a column that says why."""
    found = _run(request, run_id)
    buffer = io.StringIO()
    headings, title = found.headers, _("Reason")
    other = f"{title} (import)"
    if headings[-1:] in ([title], [other]) and headings[-1] not in found.mapping:
        headings = headings[:-1]  # a file of refused rows, refused again: those reasons are of the last time
    if title.casefold() in {heading.casefold() for heading in headings}:
        title = other  # two columns of one name would be refused
    writer = CsvWriter(buffer, [*headings, title])
    for issue in found.issues.filter(dry_run=found.dry_run).exclude(outcome="flagged").iterator():
        cells = [*issue.cells, *[""] * (len(headings) - len(issue.cells))]
        writer.write_row([*cells[: len(headings)], " ".join(issue.reasons)])
    response = HttpResponse(buffer.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="geweigerd.csv"'
    return response

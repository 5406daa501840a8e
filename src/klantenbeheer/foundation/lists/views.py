"""The windows of every list: its columns, its filter, its views, and the files made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.foundation.access.models import Role
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput

from . import builder, conditions, files, services
from .columns import clean_width, to_store
from .kinds import ListKind, list_of
from .selectors import looking, usable, view_by_id

_BACK_MOST = 6_000


def back_of(request: HttpRequest) -> dict[str, str]:
    """Give the parameters of the list that a window was opened from (``back``)."""
    text = request.POST.get("back", request.GET.get("back", ""))[:_BACK_MOST]
    return dict(parse_qsl(text, max_num_fields=100))


def address(kind: ListKind, parameters: Mapping[str, str]) -> str:
    """Give the address of a list with these parameters; without any it says that no view is wanted."""
    return f"{kind.url}?{urlencode(parameters or {'sort': 'name'})}"


def _clean(kind: ListKind, actor: Actor, parameters: Mapping[str, str]) -> dict[str, str]:
    found = kind.clean(actor, parameters)
    view = parameters.get("view", "")
    return found | ({"view": view} if view.isdecimal() and len(view) < 10 else {})


# -- columns ----------------------------------------------------------------------------------------------------------


@signed_in
def columns(request: HttpRequest, key: str) -> HttpResponse:
    """Which columns, in which order, how wide."""
    actor = actor_of(request)
    kind = list_of(key, actor)
    parameters = _clean(kind, actor, back_of(request))
    now = looking(actor, kind, parameters.get("view", ""))
    problem = ""
    available = list(kind.columns(actor))
    order = [one.column.key for one in now.columns]
    ticked, widths = set(order), {one.column.key: one.width for one in now.columns}
    if request.method == "POST":
        order = [key for key in request.POST.getlist("order")[:200] if key]
        ticked = set(request.POST.getlist("shown"))
        widths = {one: clean_width(request.POST.get(f"width.{one}")) for one in order}
        if "move" in request.POST:
            order = _moved(order, request.POST["move"])
        else:
            chosen = (
                []
                if "reset" in request.POST
                else [[one, widths.get(one, 0)] for one in order if one in ticked]
            )
            try:
                if not chosen and "reset" not in request.POST:
                    raise InvalidInput({"columns": [_("Choose at least one column.")]})
                services.columns_save(actor=actor, kind=kind, chosen=chosen, view=now.view)
            except InvalidInput as error:
                problem = " ".join(str(reason) for reasons in error.problems.values() for reason in reasons)
            else:
                response = htmx.redirect(request, address(kind, parameters))
                return htmx.toast(response, _("Columns saved."))
    by_key = {column.key: column for column in available}
    order = [one for one in dict.fromkeys(order) if one in by_key]
    rows = [
        {"column": by_key[one], "shown": one in ticked or by_key[one].fixed, "width": widths.get(one) or ""}
        for one in [*order, *(one for one in by_key if one not in order)]
    ]
    context = {
        "kind": kind, "rows": rows, "back": urlencode(parameters), "problem": problem, "view": now.view,
        "own_view": now.view is not None and services.may_change(actor, now.view),
        "form_url": f"/lists/{key}/columns", "chosen": now.chosen,
    }  # fmt: skip
    return htmx.render(request, "lists/columns.html", context, status=422 if problem else 200)


def _moved(order: list[str], asked: str) -> list[str]:
    key, _colon, way = asked.partition(":")
    if key in order:
        place = order.index(key)
        other = place - 1 if way == "up" else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
    return order


@signed_in
@require_POST
def width(request: HttpRequest, key: str) -> HttpResponse:
    """One column made wider or narrower at its edge."""
    actor = actor_of(request)
    kind = list_of(key, actor)
    now = looking(actor, kind, request.POST.get("view", ""))
    wanted, column = clean_width(request.POST.get("width")), request.POST.get("column", "")
    if column not in {one.column.key for one in now.columns}:
        raise Http404
    chosen = [[k, wanted if k == column else w] for k, w in to_store(now.columns)]
    services.columns_save(actor=actor, kind=kind, chosen=chosen, view=now.view)
    return HttpResponse(status=204)


# -- the filter -------------------------------------------------------------------------------------------------------


@signed_in
def filter_window(request: HttpRequest, key: str) -> HttpResponse:
    """Put a filter together; ``apply`` leads to the list that it leaves."""
    actor = actor_of(request)
    kind = list_of(key, actor)
    fields = builder.allowed(actor, kind.fields(actor))
    parameters = back_of(request)
    problem = ""
    if "f0" in request.GET or "add" in request.GET:
        form = builder.sent(fields, request.GET.dict())
    else:
        try:
            asked = conditions.parse(parameters.get(conditions.PARAMETER, ""))
        except InvalidInput as error:
            asked, problem = conditions.Filter(), str(error.problems[conditions.PARAMETER][0])
        form = builder.opened(fields, asked)
    if "apply" in request.GET:
        found = form.filter(actor)
        if found is not None:
            asked_for = {
                k: v for k, v in parameters.items() if k not in (conditions.PARAMETER, "after", "before")
            }
            if found:
                asked_for[conditions.PARAMETER] = str(found)
            return htmx.redirect(request, address(kind, _clean(kind, actor, asked_for)))
        form.problem = form.problem or _("The filter is not complete: see the conditions below.")
    groups: dict[str, list[Any]] = {}
    for one in fields.values():
        groups.setdefault(str(one.group), []).append(one)
    context = {
        "kind": kind, "form": form, "groups": groups, "back": urlencode(parameters), "problem": problem or form.problem,
        "dialog_size": "wide", "url": f"/lists/{key}/filter",
    }  # fmt: skip
    bad = bool(problem or form.problem) or any(row.problem for row in form.rows)
    return htmx.render(
        request, "lists/filter.html", context,
        part="conditions" if request.headers.get("HX-Target") == "filter-conditions" else None,
        status=422 if bad else 200,
    )  # fmt: skip


# -- views ------------------------------------------------------------------------------------------------------------


def _numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal() and len(value) < 10]


@signed_in
def view_new(request: HttpRequest, key: str) -> HttpResponse:
    """Keep how the list looks now under a name."""
    actor = actor_of(request)
    kind = list_of(key, actor)
    parameters = kind.clean(actor, back_of(request))
    now = looking(actor, kind, back_of(request).get("view", ""))
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            made = services.view_create(
                actor=actor, kind=kind, name=request.POST.get("name", ""), parameters=parameters,
                columns=to_store(now.columns), roles=_numbers(request.POST.getlist("roles")),
                default="default" in request.POST,
            )  # fmt: skip
        except InvalidInput as error:
            problems = error.problems
        else:
            response = htmx.redirect(request, address(kind, parameters | {"view": str(made.pk)}))
            return htmx.toast(response, _("View “%(name)s” saved.") % {"name": made.name})
    context = {
        "kind": kind, "view": None, "name": request.POST.get("name", ""), "problems": problems,
        "roles": _roles(actor, request.POST.getlist("roles")), "default": "default" in request.POST,
        "back": urlencode(back_of(request)), "form_url": f"/lists/{key}/views/new",
    }  # fmt: skip
    return htmx.render(request, "lists/view.html", context, status=422 if problems else 200)


def _roles(actor: Actor, chosen: list[str]) -> list[dict[str, Any]]:
    if not services.may_share(actor):
        return []
    return [{"role": role, "chosen": str(role.pk) in chosen} for role in Role.objects.order_by("name")]


@signed_in
def view_edit(request: HttpRequest, key: str, view_id: int) -> HttpResponse:
    """Rename a view, share it, let the list open with it, or let it be what the list shows now."""
    actor = actor_of(request)
    kind = list_of(key, actor)
    view = view_by_id(actor, kind, view_id)
    may_change = services.may_change(actor, view)
    now = looking(actor, kind, str(view_id))
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            if may_change:
                services.view_update(
                    actor=actor, kind=kind, view_id=view_id, name=request.POST.get("name", ""),
                    roles=_numbers(request.POST.getlist("roles")),
                    parameters=back_of(request) if "renew" in request.POST else None,
                    default="default" in request.POST,
                )  # fmt: skip
            else:
                wanted = view if "default" in request.POST else None
                services.default_set(actor=actor, kind=kind, view=wanted)
        except InvalidInput as error:
            problems = error.problems
        else:
            parameters, _gone = usable(actor, kind, view_by_id(actor, kind, view_id))
            response = htmx.redirect(request, address(kind, parameters | {"view": str(view_id)}))
            return htmx.toast(response, _("Saved."))
    chosen = [str(role.pk) for role in view.roles.all()]
    context = {
        "kind": kind, "view": view, "name": request.POST.get("name", view.name), "problems": problems,
        "roles": _roles(actor, request.POST.getlist("roles") if request.method == "POST" else chosen),
        "default": now.default_id == view.pk, "may_change": may_change, "back": urlencode(back_of(request)),
        "is_own": view.owner_id == actor.user_id,
        "form_url": f"/lists/{key}/views/{view_id}/",
    }  # fmt: skip
    return htmx.render(request, "lists/view.html", context, status=422 if problems else 200)


@signed_in
@require_POST
def view_delete(request: HttpRequest, key: str, view_id: int) -> HttpResponse:
    """Forget a view; the customers in it stay as they are."""
    actor = actor_of(request)
    kind = list_of(key, actor)
    name = services.view_delete(actor=actor, kind=kind, view_id=view_id)
    response = htmx.redirect(request, address(kind, {}))
    return htmx.toast(response, _("View “%(name)s” deleted.") % {"name": name})


# -- files ------------------------------------------------------------------------------------------------------------


@signed_in
def file_page(request: HttpRequest, file_id: int) -> HttpResponse:
    """How far a file is, and where to fetch it."""
    file = files.file_of(actor_of(request), file_id)
    kind = list_of(file.list_key, actor_of(request))
    context = {"file": file, "kind": kind, "job": file.job, "keep": files.KEEP.days}
    return htmx.render(request, "lists/file.html", context, part="file")


@signed_in
def file_get(request: HttpRequest, file_id: int) -> FileResponse:
    """The file, for who asked for it."""
    file = files.file_of(actor_of(request), file_id)
    path = files.path_of(file)
    if not file.is_ready or not path.exists():
        raise Http404
    name = f"{list_of(file.list_key, actor_of(request)).label}.{file.form}".lower()
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)

"""The list of customers: search, filters, columns, views, grouping, the quick look, and files of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.lists import files
from klantenbeheer.foundation.lists.columns import Shown, to_store
from klantenbeheer.foundation.lists.conditions import PARAMETER, Group
from klantenbeheer.foundation.lists.fields import in_words
from klantenbeheer.foundation.lists.selectors import Looking, looking, usable
from klantenbeheer.foundation.lists.views import address, back_of
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.countries import country_choices
from klantenbeheer.kernel.errors import InvalidInput, NotFound

from . import (
    display,
    exporting,
    hours,
    list_columns,
    list_fields,
    list_groups,
    list_parts,
    listing,
    selectors,
)
from .choices import Status
from .list_kind import CUSTOMER_LIST, KEY, file_rows, query_of, write_rows
from .list_query import GROUPS, SORTS, ListQuery
from .models import ConditionGroup, MailingCode, Territory
from .permissions import BULK, CUSTOMERS, EXPORT

# Up to here a file is made while one waits.
AT_ONCE = 2_000


@needs(CUSTOMERS)
def customer_list(request: HttpRequest) -> HttpResponse:
    """The list: search, filters, order, a page. A refused address leads to all customers, not to an own view."""
    try:
        return _list(request)
    except InvalidInput as error:
        error.clean_url = address(CUSTOMER_LIST, {})
        raise


def _list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked = request.GET.dict()
    query = query_of(actor, asked)
    now = looking(actor, CUSTOMER_LIST, query.view)
    opened = _opened(actor, now, asked)
    if opened:
        return redirect(opened)
    columns = [one.column for one in now.columns]
    page = listing.page(actor, query, needs=list_columns.needs(columns))
    looked_up = list_columns.texts(actor, page.rows, columns)
    for row in page.rows:
        own = looked_up.get(row["id"], {})
        row["cells"] = [_cell(one, row, own, chosen=now.chosen) for one in now.columns]
    context = _context(actor, query, now, page) | _filters(actor, query)
    if query.by:
        context["groups"] = [
            {"group": one, "url": "?" + urlencode(_within(query, one))}
            for one in list_groups.grouped(actor, query)
        ]
    return htmx.render(request, "customers/list.html", context, part="results")


def _cell(one: Shown, row: dict[str, Any], own: Mapping[str, str], *, chosen: bool) -> dict[str, Any]:
    column = one.column
    text = own.get(column.key, "") if column.text is None else column.text(row)
    return {
        "key": column.key, "label": column.label, "text": text, "look": _look(one, chosen=chosen),
        "title": one.width or "clip" in column.look,
        "labelled": column.key not in _PLAIN,
    }  # fmt: skip


# On a telephone these say by themselves what they are.
_PLAIN = {"number", "city", "phone", "email", "postcode", "country", "status", "changed"}


def _look(one: Shown, *, chosen: bool) -> str:
    """Give the classes of a column: one that a user chose is there on every screen, as wide as he made it."""
    words = [word for word in one.column.look.split() if not (chosen and word == "opt")]
    if one.width:
        words = [word for word in words if word not in ("fit", "clip")] + ["sized"]
    return " ".join(words)


def _opened(actor: Actor, now: Looking, asked: dict[str, str]) -> str:
    """Give the address that a view stands for: of the one asked for alone, or of the one the list opens with.

    The filter of a view always stands in the address itself. What is done to 'all that fit' is then done to what the
    address says, whatever happens to the view.
    """
    wanted = now.view if set(asked) == {"view"} else None
    if not asked:
        wanted = next((view for view in now.views if view.pk == now.default_id), None)
    if wanted is None:
        return ""
    parameters, _gone = usable(actor, CUSTOMER_LIST, wanted)
    return address(CUSTOMER_LIST, {"sort": "name"} | parameters | {"view": str(wanted.pk)})


def _within(query: ListQuery, one: list_groups.Counted) -> dict[str, str]:
    return query.parameters(by="", **{PARAMETER: str(query.where.plus(one.condition))})


def _context(actor: Actor, query: ListQuery, now: Looking, page: listing.Page) -> dict[str, Any]:
    parameters = query.parameters()
    back = urlencode({"back": urlencode(parameters)})
    heads = [
        {
            "column": one.column,
            "look": _look(one, chosen=now.chosen),
            "width": one.width,
            "sorted": ("descending" if query.descending else "ascending")
            if one.column.sort == query.sort
            else "",
            "url": _sorted(query, one.column.sort),
        }
        for one in now.columns
    ]
    fields = list_fields.fields(actor)
    return {
        "page": page, "query": query, "heads": heads, "looking": now, "chosen": now.chosen,
        "sized": any(one.width for one in now.columns),
        "next_url": "?" + urlencode(query.parameters(after=page.after)) if page.after else "",
        "previous_url": "?" + urlencode(query.parameters(before=page.before)) if page.before else "",
        "mended_url": "?" + urlencode(query.parameters(q=page.suggestion)),
        "clear_url": "/customers/?" + urlencode({"sort": parameters.get("sort", "name"), **_kept(query)}),
        "back": back, "filter_url": f"/lists/{KEY}/filter?{back}",
        "carried": [(key, value) for key, value in query.parameters().items() if key in (PARAMETER, "by", "view")]
        + [("sort", ("-" if query.descending else "") + query.sort)],
        "ungroup_url": "?" + urlencode({"sort": "name"} | query.parameters(by="")),
        "group_url": "?" + urlencode({"sort": "name"} | query.parameters(by="")),
        "view_missing": bool(query.view) and now.view is None,
        "filtered": bool(set(parameters) - {"sort", "view", "by"}), "parameters": urlencode(parameters),
        "may_export": actor.may(EXPORT, Level.EDIT), "may_import": actor.may("customers.import", Level.EDIT),
        "may_change": actor.may(CUSTOMERS, Level.EDIT) and actor.may(BULK, Level.EDIT),
        "can_create": actor.may(CUSTOMERS, Level.EDIT),
        "chips": [
            {"text": _told(fields, item), "url": "?" + urlencode(_less(query, place))}
            for place, item in enumerate(query.where.items)
        ],
        "chips_any": query.where.any, "group_names": [(key, fields[key].label) for key in GROUPS],
    }  # fmt: skip


def _kept(query: ListQuery) -> dict[str, str]:
    return {"view": query.view} if query.view else {}


def _less(query: ListQuery, place: int) -> dict[str, str]:
    return {"sort": "name"} | query.parameters(**{PARAMETER: str(query.where.without(place))})


def _told(fields: Any, item: Any) -> str:
    if not isinstance(item, Group):
        return in_words(fields.get(item.field), item)
    joint = _(" or ") if item.any else _(" and ")
    return joint.join(in_words(fields.get(one.field), one) for one in item.items)


def _sorted(query: ListQuery, sort: str) -> str:
    if sort not in SORTS:
        return ""
    turned = f"-{sort}" if query.sort == sort and not query.descending else sort
    return "?" + urlencode({"sort": "name"} | query.parameters(sort=turned))


def _filters(actor: Actor, query: ListQuery) -> dict[str, Any]:
    asked = dict(query.extra)
    return {
        "statuses": Status.choices, "countries": country_choices(get_language() or "nl"),
        "territories": Territory.objects.all(), "condition_groups": ConditionGroup.objects.all(),
        "mailing_codes": MailingCode.objects.all(),
        "extra_filters": [
            {"filter": found, "value": asked.get(found.key, "")}
            for _part, found in list_parts.filters_for(actor)
        ],
        "more_asked": len(asked) + bool(query.group) + bool(query.code),
    }  # fmt: skip


@needs(CUSTOMERS)
def look(request: HttpRequest, number: str) -> HttpResponse:
    """A customer at a glance, beside the list."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    addresses = selectors.current_addresses(customer.addresses.all())
    context = {
        "customer": customer, "heading": display.heading(customer, addresses),
        "groups": [
            [item for item in group if item.text] for group in display.groups(customer, set(), actor)
        ],
        "status": display.text_of("status", customer.status), "warnings": display.own_warnings(customer),
        "hours": hours.now_of(customer), "marked": selectors.is_marked(actor, customer),
    }  # fmt: skip
    return htmx.render(request, "customers/look.html", context)


# -- files ------------------------------------------------------------------------------------------------------------


@needs(EXPORT, Level.EDIT)
def export(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """All data of what the list shows, as a file. Asks also the right on customers, through the narrowed reading."""
    if form not in files.FORMS:
        raise Http404
    actor = actor_of(request)
    query = query_of(actor, request.GET.dict())
    rows = listing.filtered(actor, query)
    if form == "csv":
        parts: Iterator[str] = exporting.csv_lines(rows, actor=actor)
        response: Any = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(exporting.xlsx_bytes(rows, actor=actor), content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="klanten.{form}"'
    return response


_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@needs(EXPORT, Level.EDIT)
@require_POST
def export_view(request: HttpRequest) -> HttpResponse:
    """Exactly what the list shows (columns, filter, order) as a file: at once, or in the background when it is long."""
    actor, form = actor_of(request), request.POST.get("form", "")
    if form not in files.FORMS:
        raise NotFound(_("There is no such file."))
    files.require_export(actor, CUSTOMER_LIST)
    parameters = back_of(request)
    query = query_of(actor, parameters)
    everything = request.GET.get("what") == "all"
    shown = looking(actor, CUSTOMER_LIST, query.view).columns
    count = listing.total(actor, query)
    if count > AT_ONCE:
        file = files.file_start(
            actor=actor, kind=CUSTOMER_LIST, form=form, parameters=query.parameters(), columns=to_store(shown),
            everything=everything, total=count,
        )  # fmt: skip
        return htmx.redirect(request, f"/lists/files/{file.pk}/")
    columns = [one.column for one in shown]
    headers = [str(column.label) for column in columns]
    rows: Iterator[list[Any]] = file_rows(actor, query, columns)
    if everything:
        headers = exporting.headers(actor, worded=True)
        rows = exporting.rows(listing.filtered(actor, query), actor=actor, worded=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{KEY}.{form}"
        write_rows(path, headers, rows)
        response = HttpResponse(path.read_bytes(), content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="klanten.{form}"'
    return response

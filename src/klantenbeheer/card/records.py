"""The generic record tab: list, add, change, delete with undo. A simple tab is its configuration, no copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import DELETE, require_delete
from klantenbeheer.foundation.audit.models import at_version
from klantenbeheer.foundation.ui import conflict, htmx
from klantenbeheer.foundation.ui.dialogs import add_problems, posted_version
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion

from . import shell
from .tabs import CardRequest, Create, SubRoute, Tab, register_tab


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: a heading and what a record shows there.

    A ``rare`` column is left out while no record of the customer has anything in it.
    """

    label: Any
    text: Callable[[Any], Any]
    kind: str = "text"
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """Something more that one can do with a kind of record, or with one of them: a file, or a dialog.

    ``path`` is below ``<kind>/`` (or ``<kind>/<id>/``); the tab gives its route itself.
    """

    label: Any
    path: str
    icon: str
    level: Level = Level.VIEW
    dialog: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormKind:
    """Something that is changed in a form. ``update(actor, record, version, values)`` raises the kernel's errors."""

    key: str
    singular: Any
    form: Callable[..., forms.Form]
    update: Callable[..., Any]
    form_options: Callable[[Customer], dict[str, Any]] = lambda customer: {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleKind(FormKind):
    """The one record that a customer has of its kind; ``record`` gives it, or an unstored one of version 0."""

    record: Callable[[Customer], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind(FormKind):
    """One kind of record on a tab: its form, its columns, and the services that write it.

    ``create(actor, customer, values)`` and ``delete(actor, record)`` raise the errors of the kernel, as ``update``
    does. ``right`` is asked for every write besides the tab's; deleting asks the right to delete too.
    """

    plural: Any
    columns: Sequence[Column]
    rows: Callable[[Customer], Sequence[Any]]
    create: Callable[..., Any]
    delete: Callable[..., Any]
    empty: Any = ""
    icon: str = "add"
    right: str = ""
    tools: Sequence[Tool] = ()
    row_tools: Sequence[Tool] = ()


def may_change(request: CardRequest, kind: RecordKind) -> bool:
    """Say whether controls that write this kind of record are shown, and writing is let through."""
    return request.may_edit and (not kind.right or request.actor.may(kind.right, Level.EDIT))


def _require_change(request: CardRequest, kind: RecordKind, *, delete: bool = False) -> None:
    if not may_change(request, kind):
        raise NotAllowed(right=kind.right or request.tab.right_key)
    if delete:
        require_delete(request.actor)


@dataclass(frozen=True, slots=True)
class RecordTab:
    """Makes a tab out of one or more kinds of record, and at most one form of which each customer has one.

    ``context`` gives what a template of the tab's own shows beside the tables; ``routes`` are those of its tools.
    """

    key: str
    label: Any
    order: int
    kinds: Sequence[RecordKind]
    badge: Callable[[Customer], int] | None = None
    template: str = "card/records.html"
    single: SingleKind | None = None
    context: Callable[[CardRequest], dict[str, Any]] = lambda card: {}
    routes: Sequence[SubRoute] = ()
    # Its rows, context and single record follow ``customer.as_of`` (customers.owned.records_of).
    past: bool = False

    def register(self) -> Tab:
        """Register the tab with its routes: ``<kind>/new``, ``<kind>/<id>``, ``<kind>/<id>/delete``.

        The single form has ``<kind>``.
        """
        routes: list[SubRoute] = list(self.routes)
        if self.single:
            routes.append(SubRoute(self.single.key, self._change_single(self.single)))
        for kind in self.kinds:
            routes += [
                SubRoute(f"{kind.key}/new", self._new(kind)),
                SubRoute(f"{kind.key}/<int:record_id>", self._change(kind)),
                SubRoute(f"{kind.key}/<int:record_id>/delete", self._delete(kind)),
            ]
        creates = tuple(
            Create(kind.singular, f"{kind.key}/new", kind.icon, kind.right) for kind in self.kinds
        )
        return register_tab(
            Tab(
                self.key,
                self.label,
                self.order,
                self.show,
                tuple(routes),
                self.badge,
                creates=creates,
                past=self.past,
            )
        )

    def show(self, request: CardRequest) -> HttpResponse:
        """The tab: a table per kind."""
        find = request.request.GET.get("find", "").strip()[:100]
        needle = find.casefold()
        tables = []
        for kind in self.kinds:
            rows = [
                {"record": record, "cells": [(column, column.text(record)) for column in kind.columns]}
                for record in kind.rows(request.customer)
            ]
            used = {column for row in rows for column, text in row["cells"] if not column.rare or str(text)}
            columns = [column for column in kind.columns if column in used or not column.rare]
            for row in rows:
                row["cells"] = [cell for cell in row["cells"] if cell[0] in columns]
            if needle:
                rows = [
                    row
                    for row in rows
                    if any(needle in str(text).casefold() for _column, text in row["cells"])
                ]
            tools = [tool for tool in kind.tools if request.level >= tool.level and not request.at]
            # Files and dialogs of what holds now.
            row_tools = [tool for tool in kind.row_tools if request.level >= tool.level and not request.at]
            may_edit = may_change(request, kind)
            may_delete = may_edit and request.actor.may(DELETE, Level.EDIT)
            tables.append(
                {
                    "kind": kind, "columns": columns, "rows": rows, "tools": tools, "row_tools": row_tools,
                    "may_edit": may_edit, "may_delete": may_delete,
                }
            )  # fmt: skip
        context = {"card": request, "tables": tables, "customer": request.customer, "find": find}
        context |= self.context(request)
        return HttpResponse(htmx.to_text(self.template, context, request.request))

    def _record(self, kind: RecordKind, request: CardRequest, record_id: int) -> Any:
        for record in kind.rows(request.customer):
            if record.pk == record_id:
                return record
        raise Http404

    def _form(
        self, kind: FormKind, request: CardRequest, record: Any, form: forms.Form, form_url: str, **more: Any
    ) -> HttpResponse:
        status = more.pop("status", 200)
        more.setdefault("version", record.version if record else None)
        context = {
            "card": request,
            "kind": kind,
            "record": record,
            "form": form,
            "form_url": form_url,
            **more,
        }
        return HttpResponse(htmx.to_text("card/record_form.html", context, request.request), status=status)

    def saved(self, request: CardRequest, message: str) -> HttpResponse:
        """Show the tab again where it is in sight; from another tab of the same card, come to this one."""
        here = urlsplit(request.request.headers.get("HX-Current-URL", "")).path
        if here.startswith(f"/customers/{request.customer.number}/"):
            response = self.show(request)
            response["HX-Retarget"], response["HX-Reswap"] = "#tab", "innerHTML"
            if here != request.url():
                response["HX-Push-Url"] = request.url()
                response.content += shell.title(request).encode()
            # Counts and warnings around the tab may follow from what was saved.
            trigger_client_event(response, "kb:card", {})
        else:
            response = htmx.redirect(request.request, request.url())
        htmx.toast(response, message)
        return htmx.close_dialog(response)

    def _new(self, kind: RecordKind) -> Callable[..., HttpResponse]:
        def view(request: CardRequest) -> HttpResponse:
            _require_change(request, kind)
            options, url = kind.form_options(request.customer), request.url(kind.key, "new")
            if request.request.method != "POST":
                return self._form(kind, request, None, kind.form(**options), url)
            form = kind.form(request.request.POST, **options)
            if form.is_valid():
                try:
                    kind.create(actor=request.actor, customer=request.customer, values=form.cleaned_data)
                except InvalidInput as error:
                    add_problems(form, error)
                else:
                    return self.saved(request, _("%(kind)s added.") % {"kind": kind.singular})
            return self._form(kind, request, None, form, url, status=422)

        return view

    def _change(self, kind: RecordKind) -> Callable[..., HttpResponse]:
        def view(request: CardRequest, record_id: int) -> HttpResponse:
            _require_change(request, kind)
            record = self._record(kind, request, record_id)
            return self._changed(kind, request, record, request.url(kind.key, str(record_id)))

        return view

    def _change_single(self, kind: SingleKind) -> Callable[..., HttpResponse]:
        def view(request: CardRequest) -> HttpResponse:
            return self._changed(kind, request, kind.record(request.customer), request.url(kind.key))

        return view

    def _changed(self, kind: FormKind, request: CardRequest, record: Any, url: str) -> HttpResponse:
        """The form of a record; sent: the saved record, the form with its problems, or both versions to choose."""
        options = kind.form_options(request.customer)
        if request.request.method != "POST":
            return self._form(kind, request, record, _stored(kind, record, options), url)
        data: QueryDict = request.request.POST
        version = posted_version(request.request)
        if conflict.was_asked(data):
            data = conflict.merge(data, conflict.values_of(_stored(kind, record, options)))
        form = kind.form(data, **options)
        if form.is_valid():
            try:
                kind.update(actor=request.actor, record=record, version=version, values=form.cleaned_data)
            except InvalidInput as error:
                add_problems(form, error)
            except StaleVersion as error:
                before = at_version(error.current, version)
                rows = conflict.form_rows(
                    form,
                    _stored(kind, error.current, options),
                    _stored(kind, before.instance, options) if before else None,
                )
                title = _("%(kind)s: two versions") % {"kind": kind.singular}
                return conflict.answer(request.request, error.current, rows, title=title, form_url=url)
            else:
                return self.saved(request, _("%(kind)s saved.") % {"kind": kind.singular})
        return self._form(kind, request, record, form, url, status=422, version=version)

    def _delete(self, kind: RecordKind) -> Callable[..., HttpResponse]:
        def view(request: CardRequest, record_id: int) -> HttpResponse:
            if request.request.method != "POST":
                return HttpResponse(status=405)
            _require_change(request, kind, delete=True)
            record = self._record(kind, request, record_id)
            kind.delete(actor=request.actor, record=record)
            return self.saved(request, _("%(kind)s deleted.") % {"kind": kind.singular})

        return view


def _stored(kind: FormKind, record: Any, options: dict[str, Any]) -> forms.Form:
    """Give the form with the record's values in it."""
    initial = {name: getattr(record, name) for name in kind.form(**options).fields}
    return kind.form(initial=initial, **options)


__all__ = ["Column", "Level", "RecordKind", "RecordTab", "SingleKind", "Tool"]

"""A stale save: both versions side by side, field by field, and what the user chose. One way for every record.

The dialog carries what the user typed as hidden fields, whatever their kind, and asks per field that differs whose
value to keep (``take.<name>`` is 'mine' or 'theirs'). :func:`merge` makes one set of values of it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.models import last_action

from .htmx import render

_TAKE = "take."


@dataclass(frozen=True, slots=True)
class Row:
    """One field in both versions, as a form sends it and as one reads it.

    ``touched`` is false when the user had left this field alone: then the stored value is proposed.
    """

    name: str
    label: Any
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    mine_text: str = ""
    theirs_text: str = ""
    touched: bool = True

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return _plain(self.mine) != _plain(self.theirs)


def _plain(values: Sequence[str]) -> list[str]:
    return [text for text in (value.replace("\r\n", "\n").strip() for value in values) if text]


def merge(data: QueryDict, theirs: Mapping[str, Sequence[str]]) -> QueryDict:
    """Give ``data`` with the stored values (``theirs``, by field) where the user chose those."""
    merged = data.copy()
    for name, values in theirs.items():
        if data.get(_TAKE + name) == "theirs":
            merged.setlist(name, list(values))
    return merged


def was_asked(data: QueryDict) -> bool:
    """Say whether ``data`` comes from this dialog."""
    return any(key.startswith(_TAKE) for key in data)


def values_of(form: forms.BaseForm) -> dict[str, tuple[str, ...]]:
    """Give what an unbound form would send unchanged."""
    return {name: _values(form[name]) for name in form.fields}


def _values(bound: forms.BoundField) -> tuple[str, ...]:
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return ("on",) if value else ()
    shown = widget.format_value(value)
    if isinstance(shown, (list, tuple)):
        return tuple(str(one) for one in shown)
    return ("" if shown is None else str(shown),)


def _text(field: forms.Field, values: Sequence[str]) -> str:
    if isinstance(field.widget, forms.CheckboxInput):
        return str(_("yes") if values else _("no"))
    if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
        choices: Any = field.choices
        labels = {str(value): str(label) for value, label in choices if value not in ("", None)}
        return ", ".join(labels.get(value, value) for value in values if value)
    if isinstance(field, forms.DateField):
        found = parse_date(values[0]) if values and len(values[0]) == len("2026-11-23") else None
        return date_format(found, "d-m-Y") if found else ", ".join(values)
    return ", ".join(values)


def form_rows(form: forms.BaseForm, now: forms.BaseForm, before: forms.BaseForm | None) -> list[Row]:
    """Give the rows of a Django form: ``form`` as sent, ``now`` as stored, ``before`` as it was when it was opened."""
    stored, opened = values_of(now), values_of(before) if before else {}
    rows = []
    for name, field in form.fields.items():
        mine = tuple(form.data.getlist(form.add_prefix(name)))  # type: ignore[attr-defined]  # bound: a QueryDict
        touched = name not in opened or _plain(mine) != _plain(opened[name])
        theirs = stored[name]
        rows.append(Row(name, field.label, mine, theirs, _text(field, mine), _text(field, theirs), touched))
    return rows


def answer(
    request: HttpRequest, record: Any, rows: Sequence[Row], *, title: Any, form_url: str
) -> HttpResponse:
    """Answer 409 with the dialog; what it sends to ``form_url`` carries the version of ``record`` as stored now."""
    context = {
        "title": title,
        "form_url": form_url,
        "version": record.version,
        "rows": [row for row in rows if row.differs],
        "sent": [(row.name, value) for row in rows for value in row.mine],
        "change": last_action(record),
        "dialog_size": "wide",
    }
    response = render(request, "ui/conflict.html", context, status=409)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response

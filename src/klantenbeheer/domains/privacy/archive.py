"""Everything about somebody as one file: pages to read, tables for a spreadsheet, and JSON for a program."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Consent, Contact
from klantenbeheer.domains.territories.models import TerritoryOffer
from klantenbeheer.domains.vat_check.models import VatAnswer, Waiting
from klantenbeheer.foundation.audit.erasing import Traces, tables_of
from klantenbeheer.foundation.audit.models import Audited, Touch
from klantenbeheer.foundation.exchange.writing import CsvWriter
from klantenbeheer.foundation.pictures.models import Picture

from . import archive_words, traces
from . import plan as planning
from .models import PrivacyRequest
from .places import TOLD, Told

# What points at a customer or a person and is not in the archive, each with the reason.
LEFT_OUT = {
    "characteristics.CharacteristicValue": "an index of the characteristics, which the archive has",
    "customers.CustomerMark": "a colleague's own mark: says something about him, not about the customer",
    "duplicates.Decision": "compares him with another customer: tells of that one too (art. 15 lid 4 AVG)",
    "duplicates.Pair": "compares him with another customer: tells of that one too (art. 15 lid 4 AVG)",
    "privacy.Archive": "the archives themselves",
    "privacy.Erasing": "holds nothing about a person by design",
}
# What has no history and points at a customer, with what it is called.
PLAIN: dict[Any, Any] = {
    VatAnswer: gettext_lazy("Answers of VIES"),
    Waiting: gettext_lazy("VAT numbers to be asked again"),
    FormerNumber: gettext_lazy("Former numbers"),
    TerritoryOffer: gettext_lazy("Territory that the rules say"),
}
# What happened to a record, in the words of the history.
_SIGNS = {"+": gettext_lazy("added"), "~": gettext_lazy("changed"), "-": gettext_lazy("deleted")}
# What each action did to the records that are told of: words, once each.
Doings = dict[int, dict[str, None]]


@dataclass(slots=True)
class Section:
    """One kind of record: headings, and a row per record (or version)."""

    key: str
    title: str
    headings: list[str]
    rows: list[list[str]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)


def write(
    path: Path, customer: Customer, person_id: int | None, *, progress: Callable[..., None] = lambda *a: None
) -> None:
    """Write the archive of a customer, or of one of his contact persons."""
    _named.cache_clear()  # what is called so today
    sections: list[Section] = []
    models = planning.owned_models()
    person = Contact.objects.filter(pk=person_id).first() if person_id is not None else None
    him = traces.of_person(person) if person else None
    doings: Doings = {}
    progress(0, len(models) + 1)
    for done, model in enumerate(models, start=1):
        sections += list(_of_model(model, customer, person_id, him, doings))
        progress(done, len(models) + 1)
    if person_id is None:
        sections += [_of_plain(model, customer) for model in PLAIN]
    if person_id is None or him is not None:
        sections += [_of_told(told, customer, him) for told in TOLD]
        sections.append(_actions(customer, him, doings))
    _pack(path, customer, person_id, [one for one in sections if one.rows])


def _pack(path: Path, customer: Customer, person_id: int | None, sections: list[Section]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        picture = None
        if person_id is None and customer.picture:
            picture = Picture.objects.filter(key=customer.picture).first()
        if picture is not None:
            book.writestr("picture.webp", bytes(picture.content))
        context = {
            "customer": customer, "sections": sections, "made_at": timezone.now(), "has_picture": picture is not None,
            "is_person": person_id is not None,
        }  # fmt: skip
        book.writestr("index.html", render_to_string("privacy/archive.html", context))
        everything = {one.key: {"title": one.title, "records": one.data} for one in sections}
        book.writestr("data.json", json.dumps(everything, ensure_ascii=False, indent=1, default=str))
        for one in sections:
            buffer = io.StringIO()
            writer = CsvWriter(buffer, one.headings)
            for row in one.rows:
                writer.write_row(row)
            book.writestr(f"csv/{one.key}.csv", buffer.getvalue().encode("utf-8-sig"))


def _of_model(
    model: type[Audited], customer: Customer, person_id: int | None, him: Traces | None, doings: Doings
) -> Iterator[Section]:
    records, versions = tables_of(model)
    where: dict[str, Any] = {f"{model.subject_field}__in": traces.keys_of(customer)}
    mentions: list[str] = []
    told = None
    if person_id is not None:
        if model is Contact:
            where["id"] = person_id
        elif model is Consent:
            where["contact_id"] = person_id
        elif model is PrivacyRequest:
            where["person_id"] = person_id
        else:  # what others wrote of him
            mentions = planning.mention_columns(model)
            told = him
            if not mentions or told is None:
                return
    columns = archive_words.columns_of(model._meta.concrete_fields)
    names = [archive_words.heading(model, column) for column in columns]
    current = Section(model.audit_kind, str(model.audit_label), names)
    for record in records.filter(**where).order_by("pk"):
        if told is None or any(told.found_in(getattr(record, name)) for name in mentions):
            _add(current, record, columns)
    yield current
    title = _("%(kind)s: history") % {"kind": model.audit_label}
    tracked = archive_words.columns_of(model.history.model.tracked_fields)
    headings = [_("When"), _("Who"), _("What")]
    labels = [archive_words.heading(model, column) for column in tracked]
    past = Section(f"{model.audit_kind}_history", title, [*headings, *labels])
    for row in (
        versions.filter(**where).select_related("action").order_by("history_id").iterator(chunk_size=1_000)
    ):
        if told is not None and not any(told.found_in(getattr(row, name)) for name in mentions):
            continue
        who = row.action.actor_label if row.action else ""
        done = [_when(row.history_date), who, str(_SIGNS.get(row.history_type, ""))]
        doings.setdefault(row.action_id, {})[sys.intern(f"{model.audit_label} {done[2]}")] = None
        _add(past, row, tracked, done)
    yield past


def _add(section: Section, record: Any, columns: list[Any], first: list[str] | None = None) -> None:
    told = [_told(record, column) for column in columns]
    section.rows.append([*(first or []), *told])
    data = {column.attname: getattr(record, column.attname) for column in columns}
    if first:
        data |= {"_when": first[0], "_who": first[1], "_what": first[2]}
    section.data.append(data)


def _told(record: Any, column: Any) -> str:
    value = getattr(record, column.attname)
    if value is None or value in ("", {}, []):
        return ""
    if column.is_relation and column.related_model is not Customer:
        return _named(column.related_model, value)
    if hasattr(column, "told"):
        return str(column.told(value))
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "strftime"):
        return str(value.strftime("%d-%m-%Y %H:%M" if hasattr(value, "hour") else "%d-%m-%Y"))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


@lru_cache(maxsize=256)
def _named(model: Any, key: Any) -> str:
    """Give what a record points at as it is called: a salesperson, a territory; its key when that is gone."""
    found = model._base_manager.filter(pk=key).first()
    return str(found if found is not None else key)


def _of_plain(model: Any, customer: Customer) -> Section:
    columns = archive_words.columns_of(model._meta.concrete_fields)
    headings = [archive_words.heading(model, column) for column in columns]
    section = Section(model._meta.model_name, str(PLAIN[model]), headings)
    for record in model._base_manager.filter(customer_id__in=traces.keys_of(customer)).order_by("pk"):
        _add(section, record, columns)
    return section


def _of_told(told: Told, customer: Customer, him: Traces | None) -> Section:
    """Give what a domain above tells of the customer; of a person only where it tells of him."""
    headings = [str(heading) for heading in told.headings]
    section = Section(told.key, str(told.title), headings)
    for row in told.rows(traces.keys_of(customer)):
        if him is not None and not him.found_in([str(value) for value in row]):
            continue
        section.rows.append([str(value) for value in row])
        section.data.append(dict(zip(headings, row, strict=True)))
    return section


def _actions(customer: Customer, him: Traces | None, doings: Doings) -> Section:
    """Give what was done; of a person the actions of which the reason tells of him."""
    section = Section("actions", _("What was done"), [_("When"), _("Who"), _("What"), _("Reason")])
    rows = Touch.objects.filter(subject_id__in=traces.keys_of(customer)).order_by("action_id")
    if him is not None:
        rows = rows.exclude(action__reason="")
    named = {model.audit_kind: str(model.audit_label) for model in planning.owned_models()}
    columns = (
        "action_id",
        "action__at",
        "action__actor_label",
        "action__reason",
        "action__undoes__at",
        "kinds",
    )
    last = 0
    for key, at, who, reason, undoes, kinds in rows.values_list(*columns).iterator(chunk_size=1_000):
        # An action that touched him and who was merged into him stands there twice.
        if key == last or (him is not None and not him.found_in(reason)):
            continue
        last = key
        touched = dict.fromkeys(named[kind] for kind in kinds.split() if kind in named)
        what = ", ".join(doings.get(key) or touched)
        if undoes is not None:
            told = _("takes back what was done on %(when)s") % {"when": _when(undoes)}
            what = f"{what} ({told})"
        section.rows.append([_when(at), who, what, reason])
        section.data.append({"at": at, "who": who, "what": what, "reason": reason})
    return section


def _when(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d-%m-%Y %H:%M")

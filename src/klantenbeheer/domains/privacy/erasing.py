"""Erasing: one transaction for all in the database, then the files. Killed at any moment, it goes on or begins anew."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.bulk_edit.models import BulkEdit
from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.importing.services import folder as import_folder
from klantenbeheer.customers.models import Customer, CustomerMark, ImportIssue, ImportRun
from klantenbeheer.customers.refreshing import refresh_derived
from klantenbeheer.domains.characteristics.services import reindex as reindex_characteristics
from klantenbeheer.domains.contacts.models import Consent, Contact
from klantenbeheer.domains.territories.models import TerritoryOffer
from klantenbeheer.domains.vat_check.services import evidence_erase
from klantenbeheer.foundation.accounts import mail
from klantenbeheer.foundation.audit.context import acting, note_touch
from klantenbeheer.foundation.audit.erasing import (
    GONE,
    Traces,
    empty_with_history,
    redact_rows,
    redact_with_history,
    remove_with_history,
    tables_of,
)
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.company.models import Company
from klantenbeheer.foundation.exchange.errors import ExchangeError
from klantenbeheer.foundation.exchange.reading import open_table
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.lists.files import folder as list_folder
from klantenbeheer.foundation.lists.models import ListFile, ListSettings, SavedView
from klantenbeheer.foundation.pictures.models import Picture
from klantenbeheer.foundation.search import words
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Refused

from . import plan as planning
from . import traces
from .models import Archive, Erasing, PrivacyRequest
from .places import PLACES

Still = Callable[[], None]


def perform(erasing: Erasing, actor: Actor, *, still: Still = lambda: None) -> None:
    """Carry out an erasure from where it stands. ``still`` is called now and then, and may raise to stop."""
    if erasing.applied_at is None:
        _apply(erasing, actor, still)
    for name in erasing.files:
        (Path(settings.FILES) / name).unlink(missing_ok=True)
    erasing.files, erasing.done_at = [], timezone.now()
    erasing.save(update_fields=["files", "done_at"])


def _apply(erasing: Erasing, actor: Actor, still: Still) -> None:
    customer = Customer.objects.visible_to(actor).filter(pk=erasing.customer_id or 0).first()
    if customer is None:
        raise Refused(_("This customer does not exist."), code="gone")
    person = _person(erasing)
    wide = _wide(customer, person)
    # Reading what may be large comes first: the others write meanwhile.
    files = _import_files(wide, still)
    files += _list_files(wide, still)
    issues = _issues(wide, still)
    with transaction.atomic(), acting(actor, "privacy.erase"):
        locked = Customer.objects.select_for_update().get(pk=customer.pk)
        plan = planning.of_person(person) if person else planning.of_customer(locked)
        if plan.obstacles:
            raise Refused(" ".join(plan.obstacles), code="obstacle")
        told = traces.of_person(person) if person else wide  # before they go
        erasing.reason = (told.taken_out(erasing.reason) or "–")[:200]
        if person is not None:
            _erase_person(person, locked)
        else:
            _erase_customer(actor, locked, keep_books=plan.keeps_until is not None)
        _elsewhere(wide, locked, issues)
        erasing.files = [*files, *_archives(locked, erasing.person_id)]
        erasing.lines = [line.as_data() for line in plan.lines]
        erasing.applied_at, erasing.keeps_until = timezone.now(), plan.keeps_until
        erasing.save()
        still()


def _person(erasing: Erasing) -> Contact | None:
    if erasing.person_id is None:
        return None
    person = Contact.objects.select_related("customer").filter(
        pk=erasing.person_id, customer_id=erasing.customer_id or 0
    ).first()  # fmt: skip
    if person is None:
        raise Refused(_("This person does not exist any more."), code="gone")
    return person


def _wide(customer: Customer, person: Contact | None) -> Traces:
    """Give by what he is recognised in what belongs to everybody: there a last name alone is somebody else's too."""
    if person is not None:
        return traces.of_person(person, alone=False)
    return traces.of_customer(customer, keep_books=planning.of_customer(customer).keeps_until is not None)


def _erase_person(person: Contact, customer: Customer) -> None:
    found, keys = traces.of_person(person), traces.keys_of(customer)
    key = person.pk
    # Of the erasure itself nothing has a version; what an action touched says that there was something.
    note_touch(customer.pk, Contact.audit_kind)
    mine: dict[str, Any] = {"customer_id": customer.pk, "person_id": key}
    empty_with_history(PrivacyRequest, ("asker", "remark"), **mine)
    remove_with_history(Consent, contact_id=key)
    remove_with_history(Contact, id=key)
    for model in planning.owned_models():
        names = planning.mention_columns(model)
        redact_with_history(model, names, found.taken_out, **{f"{model.subject_field}__in": keys})
    reindex_characteristics([customer.pk])
    _redact_actions(customer, found)
    refresh_derived(Customer.objects.get(pk=customer.pk), actor=None)


def _erase_customer(actor: Actor, customer: Customer, *, keep_books: bool) -> None:
    key, keys = customer.pk, traces.keys_of(customer)
    pictures = {
        row
        for table in tables_of(Customer)
        for row in table.filter(id__in=keys).values_list("picture", flat=True)
    }
    names = traces.names_of(customer)
    everything = traces.of_customer(customer, keep_books=keep_books, alone=True)
    for model in reversed(planning.owned_models()):
        where = {f"{model.subject_field}__in": keys}
        if model.audit_erasure is not None and model.audit_erasure.remove:
            remove_with_history(model, **where)
        else:
            empty_with_history(model, planning.goes_now(model, keep_books=keep_books), **where)
    CustomerMark.objects.filter(customer_id=key).delete()
    reindex_characteristics([key])
    _redact_actions(customer, everything)
    derived: dict[str, Any] = {"erased_on": timezone.localdate()}
    if not keep_books:
        for one in keys:
            evidence_erase(one)
        FormerNumber.objects.filter(customer_id=key).update(name=Customer.audit_erasure.stand_ins["name"])
        derived |= {
            "vat_asked_number": "", "vat_verdict": "", "vat_remark": "", "vat_name": "", "vat_checked_at": None,
        }  # fmt: skip
    stored = Customer.objects.get(pk=key)
    stored.status = Status.ARCHIVED
    stored.version += 1
    write([stored], new=False)
    Customer.objects.filter(pk=key).update_unversioned(**derived)
    refresh_derived(Customer.objects.get(pk=key), actor=actor)
    TerritoryOffer.objects.filter(customer_id=key).delete()
    _remove_pictures({one for one in pictures if one})
    if not keep_books:
        _remove_words(names)


def _remove_pictures(keys: Iterable[str]) -> None:
    for key in keys:
        used = any(table.filter(picture=key).exists() for table in tables_of(Customer))
        if not used and not any(table.filter(logo=key).exists() for table in tables_of(Company)):
            Picture.objects.filter(key=key).delete()


def _remove_words(names: Iterable[str]) -> None:
    gone = [
        word
        for word in names
        if len(word) >= 4 and not Customer.objects.filter(search_text__has_all_terms=[word]).exists()
    ]
    words.unlearn(gone)


def _redact_actions(customer: Customer, found: Traces) -> None:
    rows: QuerySet[Any] = Action.objects.filter(touches__subject_id__in=traces.keys_of(customer)).exclude(
        reason=""
    )
    redact_rows(rows, ["reason"], found.taken_out)


def _elsewhere(wide: Traces, customer: Customer, issues: list[int]) -> None:
    """Take it out of what belongs to everybody: rows of imports, names of files, background work."""
    for start in range(0, len(issues), 500):
        rows = ImportIssue.objects.filter(pk__in=issues[start : start + 500])
        rows.update(cells=[], reasons=[_("erased")])
    redact_rows(ImportRun.objects.all(), ["name"], wide.taken_out)
    redact_rows(Action.objects.filter(kind="customer.import"), ["reason"], wide.taken_out)
    redact_rows(SavedView.objects.all(), ["parameters", "columns"], wide.taken_out)
    redact_rows(ListFile.objects.all(), ["parameters", "columns"], wide.taken_out)
    redact_rows(ListSettings.objects.all(), ["columns"], wide.taken_out)
    redact_rows(BulkEdit.objects.all(), ["parameters", "value", "refused"], wide.taken_out)
    for view in SavedView.objects.only("pk", "name"):
        if wide.found_in(view.name):  # a name is never empty, and its owner has it once
            SavedView.objects.filter(pk=view.pk).update(name=f"{GONE} {view.pk}")
    for place in PLACES:
        redact_rows(place.rows(), place.columns, wide.taken_out)
    mail.erase(wide)
    redact_rows(Job.objects.all(), ["title", "params", "result", "error"], wide.taken_out)


def _issues(wide: Traces, still: Still) -> list[int]:
    found = []
    rows = ImportIssue.objects.order_by("pk").values_list("pk", "cells", "reasons")
    for turn, (key, cells, reasons) in enumerate(rows.iterator(chunk_size=2_000)):
        if wide.found_in(cells) or wide.found_in(reasons):
            found.append(key)
        if turn % 20_000 == 0:
            still()
    return found


def _import_files(wide: Traces, still: Still) -> list[str]:
    """Give the kept files of imports in which he occurs: what they were to bring in is in, or must not come in."""
    found = []
    for path in sorted(import_folder().iterdir()):
        still()
        if _holds(path, wide, still):
            found.append(f"imports/{path.name}")
    return found


def _list_files(wide: Traces, still: Still) -> list[str]:
    """Give the exports that wait to be fetched in which he occurs."""
    found = []
    for path in sorted(list_folder().iterdir()):
        still()
        if _holds(path, wide, still):
            found.append(f"lists/{path.name}")
    return found


def _holds(path: Path, wide: Traces, still: Still) -> bool:
    try:
        if zipfile.is_zipfile(path) and _workbook_holds(path, wide, still):
            return True
        with open_table(path, name=path.name) as table:
            if wide.found_in(list(table.headers)):
                return True
            for turn, row in enumerate(table.rows()):
                if wide.found_in([str(value) for value in (*row.values, *row.extra)]):
                    return True
                if turn % 5_000 == 0:
                    still()
    except (ExchangeError, OSError, zipfile.BadZipFile):
        # No table any more: nobody can say what is in it, and nothing can be brought in from it.
        return True
    return False


def _workbook_holds(path: Path, wide: Traces, still: Still) -> bool:
    """Look into a workbook as it lies there: an import reads its first sheet only."""
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            still()
            if name.endswith(".xml") and wide.found_in(book.read(name).decode("utf-8", "replace")):
                return True
    return False


def _archives(customer: Customer, person_id: int | None) -> list[str]:
    """Forget the archives about him; gives their files. One about the whole customer holds his persons too."""
    rows = Archive.objects.filter(customer=customer)
    if person_id is not None:
        rows = rows.filter(person_id__isnull=True) | rows.filter(person_id=person_id)
    names = [f"privacy/{path}" for path in rows.values_list("path", flat=True) if path]
    rows.delete()
    return names

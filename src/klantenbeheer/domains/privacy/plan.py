"""What an erasure would do, per kind of record, from what the records declare: shown before, and carried out so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers import extra
from klantenbeheer.customers.choices import SLOTS
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Consent, Contact
from klantenbeheer.domains.vat_check.models import VatAnswer
from klantenbeheer.foundation.audit.erasing import redact_rows, tables_of, text_columns
from klantenbeheer.foundation.audit.kinds import audited_models
from klantenbeheer.foundation.audit.models import Audited

from . import retention, traces
from .choices import Fate

# What belongs to a person, and goes as a whole with him.
PERSONS = (Contact, Consent)


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one kind of record: how many there are, with how many versions; until when what stays, stays."""

    label: str
    fate: Fate
    count: int
    versions: int
    what: str = ""
    why: str = ""
    until: date | None = None

    def as_data(self) -> dict[str, Any]:
        """Give it as the register keeps it."""
        return {
            "label": self.label, "fate": self.fate.value, "count": self.count, "versions": self.versions,
            "what": self.what, "why": self.why, "until": self.until.isoformat() if self.until else "",
        }  # fmt: skip


@dataclass(slots=True)
class Plan:
    """All lines, and why it cannot be done now."""

    lines: list[Line] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    keeps_until: date | None = None

    def of(self, fate: Fate) -> list[Line]:
        """Give the lines of a fate."""
        return [line for line in self.lines if line.fate == fate]


def owned_models() -> list[type[Audited]]:
    """Give every model with history that belongs to a customer, the customer first."""
    return [model for model in audited_models() if model.subject_field]


def labels_of(model: type[Audited], names: tuple[str, ...] | list[str]) -> str:
    """Give the words for some columns; an extra field once it has a name."""
    named = {row.slot for row in extra.in_use()}
    told = [name for name in names if name not in SLOTS or name in named]
    return ", ".join(dict.fromkeys(str(model.audit_field_label(name)) for name in told))


def goes_now(model: type[Audited], *, keep_books: bool) -> tuple[str, ...]:
    """Give the columns that are emptied: those of the administration only when the law no longer asks for them."""
    rule = model.audit_erasure
    if rule is None:
        return ()
    return tuple(name for name in rule.fields if not (keep_books and name in rule.books))


def mention_columns(model: type[Audited]) -> list[str]:
    """Give the columns in which a person may be spoken of, that are no data of the customer himself."""
    rule = model.audit_erasure
    written = text_columns(model)
    if model in PERSONS or rule is None:
        return []
    if rule.remove:
        return written
    own = [name for name in written if name in rule.fields and name not in rule.books]
    return [name for name in own if name.startswith("extra_text")] if model is Customer else own


def of_customer(customer: Customer) -> Plan:
    """Give what erasing a whole customer would do today."""
    kept = retention.retention_of(customer)
    keep = kept.runs_on(timezone.localdate())
    plan = Plan(obstacles=retention.obstacles(customer), keeps_until=kept.until if keep else None)
    keys = traces.keys_of(customer)
    for model in owned_models():
        rows, versions = tables_of(model)
        where = {f"{model.subject_field}__in": keys}
        counts = rows.filter(**where).count(), versions.filter(**where).count()
        if any(counts):
            plan.lines += _lines(model, counts, kept if keep else retention.Retention(None, kept.why))
    answers = VatAnswer.objects.filter(customer_id__in=keys).count()
    if answers:
        fate = Fate.STAYS if keep else Fate.GOES
        why = kept.why if keep else ""
        plan.lines.append(Line(_("Answers of VIES"), fate, answers, 0, "", why, plan.keeps_until))
    plan.lines += _around(None)
    return plan


def _lines(model: type[Audited], counts: tuple[int, int], kept: retention.Retention) -> Iterator[Line]:
    rule, label = model.audit_erasure, str(model.audit_label)
    if rule is None:
        return
    keep = kept.until is not None
    if rule.remove:
        yield Line(label, Fate.GOES, *counts)
        return
    gone = goes_now(model, keep_books=keep)
    if gone:
        yield Line(label, Fate.ANONYMISED, *counts, what=labels_of(model, gone))
    if keep and rule.books:
        yield Line(
            label, Fate.STAYS, *counts, what=labels_of(model, rule.books), why=kept.why, until=kept.until
        )
    if not rule.fields:
        yield Line(label, Fate.STAYS, *counts, why=_("Nothing in it is about a person."))


def _around(count: int | None) -> list[Line]:
    """What is not a record of the customer, and is looked through."""
    what = _("whatever tells of the person")
    return [
        Line(_("Search index and its words"), Fate.GOES, 0, 0, what),
        Line(_("Files of imports and exports, and rows that were refused"), Fate.GOES, 0, 0, what),
        Line(_("Archives that were made"), Fate.GOES, 0, 0, what),
        Line(_("Mails of ours to the person, and the person in those to others"), Fate.GOES, 0, 0, what),
        Line(_("Reasons of actions, and background work"), Fate.ANONYMISED, 0, 0, what),
    ]


def of_person(contact: Contact) -> Plan:
    """Give what erasing one contact person would do today."""
    customer = contact.customer
    plan = Plan(obstacles=retention.obstacles(customer))
    own: tuple[tuple[type[Audited], str], ...] = ((Contact, "id"), (Consent, "contact_id"))
    for model, key in own:
        rows, versions = (table.filter(**{key: contact.pk}).count() for table in tables_of(model))
        if rows or versions:
            plan.lines.append(Line(str(model.audit_label), Fate.GOES, rows, versions))
    found, keys = traces.of_person(contact), traces.keys_of(customer)
    for model in owned_models():
        names = mention_columns(model)
        where = {f"{model.subject_field}__in": keys}
        rows, versions = (
            redact_rows(table.filter(**where), names, found.taken_out, write=False) if names else 0
            for table in tables_of(model)
        )
        if rows or versions:
            what = _("name, e-mail and telephone, where a text has them")
            plan.lines.append(Line(str(model.audit_label), Fate.ANONYMISED, rows, versions, what))
        kept = [name for name in text_columns(model) if name not in names and model not in PERSONS]
        plan.lines += _kept(model, kept, where, found)
    plan.lines += _around(None)
    return plan


def _kept(model: type[Audited], names: list[str], where: dict[str, Any], found: Any) -> Iterator[Line]:
    """Give the columns that hold the same as the person has, and are the customer's own: his number, a bank account."""
    rows, _versions = tables_of(model)
    for name in names:
        hits = redact_rows(rows.filter(**where), [name], found.taken_out, write=False)
        if hits and name not in getattr(model, "derived_fields", ()):
            why = _("It is the customer's own; change it on the card if it is not.")
            yield Line(str(model.audit_label), Fate.STAYS, hits, 0, labels_of(model, [name]), why)

"""Deciding and storing a chunk of rows: the one way in for browser, command line, and demo data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.search import words
from klantenbeheer.kernel.actors import Actor, Level

from .. import derive, extra, reach, validation, vat
from ..bank import changes as bank
from ..choices import Status
from ..fields import ADDRESS_PARTS
from ..models import GENERAL_GROUP, Address, Customer, CustomerMailingCode
from ..refreshing import refresh_derived
from ..services import free_numbers, hold_back_first_iban, not_allowed
from .matching import Key, Matches, find, keys_of, reason_of, stored_by
from .parts import PARTS, all_fields
from .rows import PreparedRow

# What asks a right of its own, or decides who sees a customer.
GUARDED = ("credit_limit", "condition_group", "status", "territory", "salesperson")


@dataclass(slots=True)
class Counts:
    """How many rows went which way. ``flagged`` rows are among the created and updated."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    doubtful: int = 0
    flagged: int = 0


@dataclass(slots=True)
class Plan:
    """What a chunk will do."""

    create: list[PreparedRow] = field(default_factory=list)
    update: list[tuple[PreparedRow, Customer]] = field(default_factory=list)
    issues: list[PreparedRow] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    # Made before the transaction where every number is known: others wait while it lasts.
    made: Made | None = None


@dataclass(slots=True)
class Made:
    """New customers with what belongs to them, as they will be stored, and the IBANs that wait, by place."""

    customers: list[Customer] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    codes: list[CustomerMailingCode] = field(default_factory=list)
    held_back: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """Prepared rows with whom they are about, and the keys of the rows before."""

    rows: list[PreparedRow]
    matches: Matches
    within: dict[Key, str]

    def take(self, count: int) -> Block:
        """Give the first rows, which then are no longer in this block."""
        taken, self.rows = self.rows[:count], self.rows[count:]
        return Block(taken, self.matches, self.within)


class Importer:
    """Decides about rows. ``on_duplicate``: '' refuses doubtful rows; skip, update, create as the user chose."""

    def __init__(self, actor: Actor, *, on_duplicate: str = "") -> None:
        self.actor = actor
        self.on_duplicate = on_duplicate
        # Parts of which this actor may not change the records, with the refusal of a row that has any.
        self._closed = {
            part.key: _("You may not change “%(value)s”.") % {"value": RIGHTS.get(part.right).label}
            for part in PARTS
            if not actor.may(part.right, Level.EDIT)
        }
        self._labels = {field.key: str(field.label) for field in all_fields()}
        self._met: set[int] = set()

    def look(
        self, rows: Sequence[PreparedRow], seen: dict[Key, str] | None = None, action: Action | None = None
    ) -> Block:
        """Find whom these rows are about; ``seen`` carries the keys of earlier rows when nothing is stored (preview).

        ``action`` is that of the import: customers it stored or met before are earlier rows of this file.
        """
        matches = find(self.actor, [row for row in rows if not row.reasons])
        matches.earlier = stored_by(action, matches.ids())
        return Block(list(rows), matches, {} if seen is None else seen)

    def plan(self, block: Block) -> Plan:
        """Decide about every row of a block, or of a part of one. All that can be done before storing is done here."""
        plan = Plan()
        plan.counts.read = len(block.rows)
        block.matches.earlier |= self._met
        for row in block.rows:
            self._decide(plan, row, block.matches, block.within)
        if plan.create and all(row.number for row in plan.create):
            plan.made = self._made(plan.create)
        return plan

    def remember(self, plan: Plan) -> None:
        """Note, once a plan is stored, whom its rows were about: a later row about one of them is a double."""
        self._met.update(customer.pk for _row, customer in plan.update)

    def _refuse(self, plan: Plan, row: PreparedRow, outcome: str, *reasons: str) -> None:
        row.reasons += reasons
        row.outcome = outcome
        plan.issues.append(row)
        if outcome == "doubtful":
            plan.counts.doubtful += 1
        plan.counts.refused += 1

    def _decide(self, plan: Plan, row: PreparedRow, matches: Matches, within: dict[Key, str]) -> None:
        if row.number.upper() in matches.taken:
            row.reasons.append(_("The number “%(value)s” is in use.") % {"value": row.number})
        row.reasons += [self._closed[key] for key in row.parts if key in self._closed]
        if row.reasons:
            return self._refuse(plan, row, "refused")
        existing = matches.by_number.get(row.number.upper()) if row.number else None
        now = matches.moved.get(row.number.upper()) if row.number else None
        if now == "":
            reason = _(
                "The number “%(value)s” was that of a customer who was merged; it is not given out again."
            )
            return self._refuse(plan, row, "refused", reason % {"value": row.number})
        number_key = ("number", (now or row.number).upper())
        if number_key in within or (existing is not None and existing.pk in matches.earlier):
            reason = _("The number %(number)s occurs earlier in the file.") % {"number": row.number}
            return self._refuse(plan, row, "refused", reason)
        keys = keys_of(row)
        if existing is None:
            existing, doubts = self._doubts(keys, matches, within)
            if doubts and existing is None:
                return self._refuse(plan, row, "doubtful", *doubts)
        elif self.on_duplicate == "skip":
            reason = _("Customer %(number)s exists already.") % {"number": row.number}
            return self._refuse(plan, row, "refused", reason)
        if existing is not None and existing.erased_on is not None:
            reason = _("The data of customer %(number)s were erased; what is left is locked.")
            return self._refuse(plan, row, "refused", reason % {"number": existing.number})
        if existing is not None and "opening_hours" in row.values:  # a file tells the week, no exceptions
            row.values["opening_hours"] = existing.opening_hours | row.values["opening_hours"]
        if existing is not None:
            row.flags = {key: code for key, code in row.flags.items() if not _holds(existing, row, key, code)}
        refusals = self._not_allowed(row, existing)
        if refusals:
            return self._refuse(plan, row, "refused", *refusals)
        if row.number:
            within[number_key] = now or row.number
        for key in keys:
            within.setdefault(key, row.number or _("in row %(row)d") % {"row": row.row})
        remarks = _remarks(row) if existing is None else []
        if now:
            text = _(
                "Customer %(former)s was merged with %(number)s: that one takes over the values of this row."
            )
            remarks.append(text % {"former": row.number, "number": now})
        unclear = [*row.flags, *row.unclear]
        if unclear or remarks:
            row.outcome = "flagged"
            kept = _("Kept as typed, to be checked: %(field)s.") % {
                "field": ", ".join(map(self._label, unclear))
            }
            row.reasons = [*remarks, kept] if unclear else remarks
            plan.counts.flagged += 1
            plan.issues.append(row)
        if existing is None:
            plan.counts.created += 1
            plan.create.append(row)
        else:
            plan.update.append((row, existing))
        return None

    def _label(self, flag: str) -> str:
        """Give the words for a flagged field: ``phone``, or a part of an address such as ``postal.city``."""
        kind, _dot, part = flag.rpartition(".")
        return self._labels.get(f"{kind}_{part}") or self._labels.get(part, part)

    def _not_allowed(self, row: PreparedRow, existing: Customer | None) -> list[str]:
        """Give why this customer may not have this row's values: rights of their own, and retired mailing codes."""
        reasons = []
        if existing is None:
            settled, refusal = reach.settle(self.actor, row.values)
            if refusal:
                reasons.append(refusal)
            elif settled.get("salesperson_id"):
                row.values = settled
        changes = {
            key: value for key, value in row.values.items() if key in GUARDED and _other(existing, key, value)
        }
        for refusals in not_allowed(self.actor, changes, existing).values():
            reasons += refusals
        codes = row.values.get("mailing_codes", ())
        if any(code.retired for code in codes):
            held = {item.code_id for item in existing.mailing_codes.all()} if existing else set()
            reasons.append(validation.retired_codes(codes, held))
        return [reason for reason in reasons if reason]

    def _doubts(
        self, keys: Iterable[Key], matches: Matches, within: dict[Key, str]
    ) -> tuple[Customer | None, list[str]]:
        if self.on_duplicate == "create":
            return None, []
        doubts: list[str] = []
        stored: set[int] = set()
        for key in keys:
            for pk, number in matches.by_key.get(key, ()):
                if pk not in matches.earlier:
                    stored.add(pk)
                doubts.append(reason_of(key[0], number))
            if key in within:
                doubts.append(reason_of(key[0], within[key]))
        if self.on_duplicate == "update" and len(stored) == 1:
            return Customer.objects.get(pk=stored.pop()), doubts
        return None, doubts

    # -- storing ----------------------------------------------------------------------------------------------

    def differences(self, plan: Plan) -> list[tuple[PreparedRow, Customer]]:
        """Give the updates that change something; the others are counted as unchanged."""
        changing = []
        known = _known_parts([customer.pk for _row, customer in plan.update])
        for row, customer in plan.update:
            if _differs(row, customer, known):
                changing.append((row, customer))
                plan.counts.updated += 1
            else:
                plan.counts.unchanged += 1
        return changing

    def store(self, plan: Plan, action: Action) -> None:
        """Write the plan within the action, in the caller's transaction."""
        updates = self.differences(plan)
        with acting(self.actor, action.kind, action=action):
            if plan.create:
                self._create(plan.create, plan.made)
            for row, customer in updates:
                self._update(row, customer)

    def _made(self, rows: Sequence[PreparedRow]) -> Made:
        now, made = timezone.now(), Made()
        for row in rows:
            values = dict(row.values)
            chosen = values.pop("mailing_codes", ())
            if values.get("iban") and bank.first_waits():
                made.held_back.append((len(made.customers), values.pop("iban"), values.pop("bic", "")))
            customer = Customer(
                number=row.number, flags=row.flags, created_at=now, modified_at=now,
                modified_by_id=self.actor.user_id, **values,
            )  # fmt: skip
            own = [Address(customer=customer, kind=kind, **parts) for kind, parts in row.addresses.items()]
            further = [
                word for key, part in row.parts.items() for word in PARTS.get(key).words(part)
            ] + row.words
            derive.derive(customer, own, further)
            made.customers.append(customer)
            made.addresses += own
            made.codes += [CustomerMailingCode(customer=customer, code=code) for code in chosen]
        return made

    def _create(self, rows: Sequence[PreparedRow], made: Made | None) -> None:
        if made is None:
            typed = {row.number for row in rows if row.number}
            unnumbered = [row for row in rows if not row.number]
            for row, number in zip(unnumbered, free_numbers(len(unnumbered), but=typed), strict=True):
                row.number = number
            made = self._made(rows)
        write(made.customers, new=True)
        owned: list[Any] = [*made.addresses, *made.codes]
        for record in owned:
            record.customer_id = record.customer.pk
        write(made.addresses, new=True)
        write(made.codes, new=True)
        for part in PARTS:
            items = [
                (customer.pk, row.parts[part.key])
                for row, customer in zip(rows, made.customers, strict=True)
                if part.key in row.parts
            ]
            if items:
                part.write(items)
        for index, iban, bic in made.held_back:
            hold_back_first_iban(self.actor, made.customers[index], iban, bic)
            refresh_derived(made.customers[index], actor=self.actor)
        words.learn(text for customer in made.customers for text in (customer.name_norm, customer.city_norm))

    def _update(self, row: PreparedRow, found: Customer) -> None:
        customer = Customer.objects.select_for_update().get(pk=found.pk)
        values = dict(row.values)
        chosen = values.pop("mailing_codes", None)
        waits = bank.divert(self.actor, customer, values)
        for key, value in values.items():
            setattr(customer, key, value)
        touched = set(values) | {f"{kind}.{key}" for kind in row.addresses for key in ADDRESS_PARTS}
        customer.flags = {key: code for key, code in customer.flags.items() if key not in touched} | {
            # A number that waits is not stored, so there is nothing kept as typed.
            key: code
            for key, code in row.flags.items()
            if not (waits and key == "iban")
        }
        customer.version += 1
        write([customer], new=False)
        stored = {address.kind: address for address in customer.addresses.all() if not address.further}
        for kind, parts in row.addresses.items():
            address = stored.get(kind)
            if address is None:
                write([Address(customer=customer, kind=kind, **parts)], new=True)
            elif any(getattr(address, key) != value for key, value in parts.items()):
                for key, value in parts.items():
                    setattr(address, key, value)
                address.version += 1
                write([address], new=False)
        if chosen is not None:
            have = set(customer.mailing_codes.values_list("code_id", flat=True))
            write(
                [CustomerMailingCode(customer=customer, code=c) for c in chosen if c.pk not in have], new=True
            )
        known = _known_parts([customer.pk])
        for key, part_values in row.parts.items():
            part = PARTS.get(key)
            if not part.identities(part_values) <= known.get(key, {}).get(customer.pk, set()):
                part.write([(customer.pk, part_values)])
        refresh_derived(customer, actor=self.actor)


def _other(existing: Customer | None, key: str, value: Any) -> bool:
    """Say whether a value is another than what is stored, or than what a new customer has anyway."""
    if existing is None:
        return not (value is None or (key == "condition_group" and value.pk == GENERAL_GROUP))
    return bool(getattr(existing, key) != value)


def _holds(customer: Customer, row: PreparedRow, key: str, code: str) -> bool:
    """Say whether a flagged value is a removed choice that this customer has: he keeps it, so nothing is to check."""
    return code == "choice" and key not in customer.flags and getattr(customer, key) == row.values.get(key)


def _remarks(row: PreparedRow) -> list[str]:
    """Give what is missing in a row that makes a customer, and does not refuse it: a file holds old records."""
    visiting = row.addresses.get("visiting", {})
    place = visiting.get("country", ""), visiting.get("postcode", "")
    remarks = [reason for reasons in extra.missing(row.values).values() for reason in reasons]
    status = row.values.get("status", Status.ACTIVE)
    if not row.values.get("vat_number") and vat.is_required(*place, status):
        remarks.append(_("A customer in another EU country needs a VAT number."))
    return remarks


def _known_parts(customer_ids: Sequence[int]) -> dict[str, Any]:
    return {part.key: part.known(customer_ids) for part in PARTS} if customer_ids else {}


def _differs(row: PreparedRow, customer: Customer, known: dict[str, Any]) -> bool:
    waits = bool(row.values.get("iban")) and customer.iban_pending == row.values["iban"]
    for key, value in row.values.items():
        if key == "mailing_codes":
            have = {assignment.code_id for assignment in customer.mailing_codes.all()}
            if any(code.pk not in have for code in value):
                return True
        elif getattr(customer, key) != value and not (key in ("iban", "bic") and waits):
            return True
    stored = {address.kind: address for address in customer.addresses.all() if not address.further}
    for kind, parts in row.addresses.items():
        address = stored.get(kind)
        if address is None or any(getattr(address, key) != value for key, value in parts.items()):
            return True
    for key, values in row.parts.items():
        if not PARTS.get(key).identities(values) <= known.get(key, {}).get(customer.pk, set()):
            return True
    return False

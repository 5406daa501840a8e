"""What is special about undoing changes of customers and of what stands in their basic data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.sets import batches, change_many
from klantenbeheer.foundation.audit.undo import (
    ACTION_RULES,
    RECORD_RULES,
    ActionRule,
    Change,
    RecordRule,
    action_rule,
    root_of,
    set_subjects,
)
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor, Level

from . import extra, reach, vat
from .bank import services as bank
from .bulk import MOVABLE, modified
from .choices import AddressKind, ChangeState, Status
from .further import overlapping
from .importing.services import import_taken_back, require_taking_back
from .models import GENERAL_GROUP, Address, BankAccount, Customer, ExtraField, IbanChange
from .permissions import (
    ADMINISTRATION,
    BANK_CONFIRM,
    BLOCKS,
    CREDIT,
    CUSTOMERS,
    DELETE,
    GROUP,
    IMPORT,
)
from .refreshing import refresh_many
from .services import erased_text, vat_required_text

# What the customer's version guards: a form that was opened before must notice.
_GUARDED = {"address", "mailing_code", "bank_account", "iban_change", "mandate"}


def _lock(actor: Actor | None, keys: Sequence[int]) -> set[int]:
    found: set[int] = set()
    rows = Customer.objects.all() if actor is None else Customer.objects.visible_to(actor)
    for part in batches(sorted(keys)):
        locked = rows.select_for_update().filter(pk__in=part).order_by("pk")
        found |= set(locked.values_list("pk", flat=True))
    return found


def _erased(keys: Sequence[int]) -> dict[int, str]:
    """Give the reason of each whose personal data were erased: what is left of him is locked, for undoing too."""
    found: dict[int, str] = {}
    for part in batches(sorted(keys)):
        rows = Customer.objects.filter(pk__in=part, erased_on__isnull=False)
        found |= {row.pk: erased_text(row) for row in rows.only("pk", "erased_on")}
    return found


def _reached(actor: Actor, keys: Sequence[int]) -> set[int]:
    rows = Customer.objects.visible_to(actor)
    return {key for part in batches(keys) for key in rows.filter(pk__in=part).values_list("pk", flat=True)}


def _reaches(actor: Actor, change: Change | None) -> bool:
    reached = reach.within(actor)
    if change is None:
        return reached.everything
    return reached.holds(change.before.territory_id, change.before.salesperson_id)


def _refresh(actor: Actor, changes: Sequence[Change]) -> None:
    """Recompute what follows from the customers' data; who was only moved needs no more than a date."""
    by_customer: dict[int, list[Change]] = {}
    for change in changes:
        if change.subject is not None:
            by_customer.setdefault(change.subject, []).append(change)
            before = getattr(change.before or change.after, str(change.model.subject_field))
            if before != change.subject:
                by_customer.setdefault(before, []).append(change)
    moved = [
        key
        for key, group in by_customer.items()
        if all(one.model is Customer and one.sign == "~" and one.columns <= set(MOVABLE) for one in group)
    ]
    for part in batches(moved):
        Customer.objects.filter(pk__in=part).update_unversioned(**modified(actor))
    left = {key: group for key, group in by_customer.items() if key not in set(moved)}
    unguarded = [
        key
        for key, group in left.items()
        if any(one.model.audit_kind in _GUARDED for one in group)
        and not any(one.model is Customer for one in group)
    ]
    there = (
        set(Customer.objects.filter(pk__in=unguarded).values_list("pk", flat=True)) if unguarded else set()
    )
    change_many(Customer, sorted(there), {}, touch=False)
    basic = {key for key, group in left.items() if any(one.model.audit_right == CUSTOMERS for one in group)}
    refresh_many(left, noted=basic, actor=actor)


# -- the bank -------------------------------------------------------------------------------------------------------


def _is_iban(text: str) -> bool:
    return bool(text) and checks.check_iban(text).ok


def _second_user(actor: Actor, change: Change, iban: str) -> list[str]:
    """A number comes in force only with two people, also by undoing; one that goes out of force frees nothing.

    Undoing a confirmation puts the number in force that was confirmed before, so the right to confirm is enough.
    """
    if not _is_iban(iban):
        return []
    root = root_of(change.action)
    may = actor.user_id is not None and actor.may(BANK_CONFIRM, Level.EDIT)
    # Who proposed a change that was confirmed is asked at the change itself.
    if may and (root.kind == bank.DECIDE or actor.user_id != root.user_id):
        return []
    return [
        _("The IBAN %(iban)s would come in force again: that takes a second user who may confirm it.")
        % {"iban": checks.format_iban(iban)}
    ]


def _check_iban_change(actor: Actor, change: Change, record: IbanChange | None) -> Iterable[str]:
    if record is None or record.state != ChangeState.CONFIRMED:
        return []
    if not actor.may(BANK_CONFIRM, Level.EDIT) or record.proposed_by_id in (None, actor.user_id):
        return [_("You proposed this IBAN yourself; a second user must confirm it.")]
    return []


def _check_account(actor: Actor, change: Change, record: BankAccount | None) -> Iterable[str]:
    if record is None or (change.sign == "~" and "iban" not in change.columns):
        return []
    if change.sign == "-" and change.action.undoes_id is None:
        return []
    return _second_user(actor, change, record.iban)


# -- the customer ----------------------------------------------------------------------------------------------------


def _asks_of_customer(change: Change) -> Iterable[str]:
    """Values with a right of their own, that get another value or come back with the customer."""
    if change.sign == "+":
        return []
    then, now = change.before, change.after
    rights = []
    if then.credit_limit != (now.credit_limit if now else None):
        rights.append(CREDIT)
    if then.condition_group_id != (now.condition_group_id if now else GENERAL_GROUP):
        rights.append(GROUP)
    status = now.status if now else None
    if then.status != status and Status.BLOCKED in (then.status, status):
        rights.append(BLOCKS)
    return rights


def _check_customer(actor: Actor, change: Change, record: Customer | None) -> Iterable[str]:
    if record is None or change.sign != "~":
        return []
    reasons = _second_user(actor, change, record.iban) if "iban" in change.columns else []
    if (
        change.columns & {"territory_id", "salesperson_id"}
        and not reach.within(actor).holds(record.territory_id, record.salesperson_id)
        and not action_rule(root_of(change.action)).moves
    ):
        reasons.append(reach.lost_text())
    if change.columns & {"vat_number", "status"} and not record.vat_number and _moved_since(change):
        now = Customer.objects.get(pk=record.pk)
        if not vat.is_missing(now) and vat.is_required(record.country, record.postcode, record.status):
            reasons.append(vat_required_text())
    return reasons


def _moved_since(change: Change) -> bool:
    """What was allowed at its time is allowed again, unless the customer came to lie elsewhere since."""
    return bool(Address.history.filter(customer_id=change.key, action_id__gt=change.action.pk).exists())


def _check_address(actor: Actor, change: Change, record: Address | None) -> Iterable[str]:
    if record is None or not record.further or not record.is_dated or record.kind == AddressKind.OTHER:
        return []
    added = Address.history.filter(action=change.action, history_type="+").values("id")
    others = Address.objects.filter(customer_id=record.customer_id, kind=record.kind, further=True)
    found = overlapping(record, list(others.exclude(pk=record.pk).exclude(pk__in=added)))
    if found is None:
        return []
    text = _("In this period another address of this kind holds already: %(address)s.")
    return [text % {"address": found}]


# -- settings --------------------------------------------------------------------------------------------------------


def _check_extra_field(actor: Actor, change: Change, record: ExtraField | None) -> Iterable[str]:
    slot = change.after.slot if change.after is not None else ""
    if record is None and Customer.objects.filter(**{f"{slot}__isnull": False}).exists():
        return [_("%(record)s has values of customers.") % {"record": change.title}]
    return []


def _forget_extra(actor: Actor, changes: Sequence[Change]) -> None:
    extra.DEFINITIONS.forget()
    transaction.on_commit(extra.DEFINITIONS.forget)


def _confirming(actor: Actor, action: Action) -> None:
    bank.require_confirm(actor)


def register() -> None:
    """Make all this known to the engine."""
    set_subjects(
        lock=_lock, reached=_reached, reaches=_reaches, refresh=_refresh, closed=_erased, delete_right=DELETE
    )
    RECORD_RULES.register(
        RecordRule(
            kind="customer", by_key=("flags",), check=_check_customer, page="/customers/",
            asks=_asks_of_customer,
        )
    )  # fmt: skip
    RECORD_RULES.register(RecordRule(kind="address", check=_check_address))
    RECORD_RULES.register(RecordRule(kind="mailing_code", part=True))
    RECORD_RULES.register(RecordRule(kind="bank_account", check=_check_account, part=True))
    RECORD_RULES.register(RecordRule(kind="iban_change", check=_check_iban_change, part=True))
    RECORD_RULES.register(RecordRule(kind="mandate", part=True))
    evidence = gettext_lazy("What a register answered is evidence; it stays.")
    RECORD_RULES.register(RecordRule(kind="bic_check", frozen=evidence))
    RECORD_RULES.register(
        RecordRule(
            kind="mailing_code_definition", right=ADMINISTRATION, part=True, page="/settings/mailing-codes/"
        )
    )
    RECORD_RULES.register(
        RecordRule(
            kind="extra_field", right=ADMINISTRATION, part=True, check=_check_extra_field, after=_forget_extra,
            page="/settings/extra-fields/",
        )
    )  # fmt: skip
    ACTION_RULES.register(
        ActionRule(
            kind="customer.import", rights=(IMPORT, CUSTOMERS), partly=True, allowed=require_taking_back,
            finished=import_taken_back,
        )
    )  # fmt: skip
    ACTION_RULES.register(ActionRule(kind=bank.DECIDE, allowed=_confirming))

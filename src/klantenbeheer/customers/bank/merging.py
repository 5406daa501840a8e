"""Bank accounts, changes that wait, and mandates of customers that are merged.

Merging is no way around the second user (ADR 4): an IBAN that comes from another customer waits like any other change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor

from .. import merging as registry
from ..choices import AccountKind, ChangeState
from ..merging import Belonging, Choice, Merging, Option, choice
from ..models import Customer
from ..permissions import CUSTOMERS
from . import changes
from .models import BankAccount, IbanChange, Mandate

_DETAILS = ("holder", "bank_name", "bank_address")
_GROUP = gettext_lazy("Bank")


def _iban(text: str) -> str:
    return checks.format_iban(text) if text and checks.check_iban(text).ok else text


def _accounts(customers: Sequence[Customer], kind: str) -> dict[int, BankAccount]:
    keys = [customer.pk for customer in customers]
    return {one.customer_id: one for one in BankAccount.objects.filter(customer_id__in=keys, kind=kind)}


def lines(actor: Actor, customers: Sequence[Customer]) -> list[Choice]:
    """Give whose first and whose second account stays."""
    second = _accounts(customers, AccountKind.SECOND)
    first = choice(
        "iban",
        gettext_lazy("IBAN"),
        [Option(one.pk, _iban(one.iban), one.iban) for one in customers],
        group=_GROUP,
    )
    found = [first]
    if second:
        options = [
            Option(one.pk, _account_text(second[one.pk]) if one.pk in second else "") for one in customers
        ]
        found.append(choice("second.iban", gettext_lazy("Second account"), options, group=_GROUP))
    return found


def _account_text(account: BankAccount) -> str:
    return ", ".join(
        filter(None, (_iban(account.iban), account.bic, *(getattr(account, key) for key in _DETAILS)))
    )


def _details(account: BankAccount | None) -> dict[str, str]:
    return {key: getattr(account, key) for key in _DETAILS} if account else {}


def move(merging: Merging) -> None:
    """Give the survivor the chosen accounts, at once or waiting for a second user."""
    asked = {line.name: line for line in lines(merging.actor, merging.everybody)}
    _first(merging, asked["iban"])
    if "second.iban" in asked:
        _second(merging, asked["second.iban"])


def _give(account: BankAccount, customer_id: int) -> None:
    account.customer_id = customer_id
    account.version += 1
    write([account], new=False)


def _drop(merging: Merging, accounts: Sequence[BankAccount], *, said: bool = False) -> None:
    for account in accounts:
        text = ", ".join(filter(None, (getattr(account, key) for key in _DETAILS)))
        if text and not said:
            merging.lose(account.customer_id, account.get_kind_display(), text)
        remove([account])


def _first(merging: Merging, line: Choice) -> None:
    survivor, held = merging.survivor, _accounts(merging.everybody, AccountKind.FIRST)
    source = next(one for one in merging.everybody if one.pk == merging.pick(line))
    own = held.pop(survivor.pk, None)
    if source.pk == survivor.pk or source.iban == survivor.iban:
        # Holder and bank of the same number fill what the survivor lacks.
        fitting = next(
            (held[one.pk] for one in merging.others if one.pk in held and one.iban == survivor.iban), None
        )
        if own is None and fitting is not None:
            _give(held.pop(fitting.customer_id), survivor.pk)
        _drop(merging, list(held.values()))
        return
    theirs = held.pop(source.pk, None)
    values: dict[str, Any] = {"iban": source.iban, "bic": source.bic}
    if changes.divert(merging.actor, survivor, values, _details(theirs)):
        # The survivor's own stays in force for now, so it is not lost.
        merging.lost = [
            one for one in merging.lost if (one.customer_id, one.label) != (survivor.pk, str(line.label))
        ]
        _drop(merging, [*held.values(), *([theirs] if theirs else [])], said=theirs is not None and not held)
        return
    survivor.iban, survivor.bic = source.iban, source.bic
    survivor.flags = {k: code for k, code in survivor.flags.items() if k not in ("iban", "bic")} | {
        key: source.flags[key] for key in ("iban", "bic") if key in source.flags
    }
    if theirs is not None:
        _drop(merging, [own] if own else [])
        _give(theirs, survivor.pk)
    _drop(merging, list(held.values()))


def _second(merging: Merging, line: Choice) -> None:
    survivor, held = merging.survivor, _accounts(merging.everybody, AccountKind.SECOND)
    taken = merging.pick(line)
    own, theirs = held.pop(survivor.pk, None), held.get(taken)
    if theirs is not None:
        held.pop(taken)
        blank = BankAccount(customer_id=survivor.pk, kind=AccountKind.SECOND)
        if changes.needs_confirmation(own or blank, theirs.iban):
            changes.propose(
                merging.actor, survivor.pk, AccountKind.SECOND, old_iban=own.iban if own else "",
                new_iban=theirs.iban, new_bic=theirs.bic, details=_details(theirs),
            )  # fmt: skip
            remove([theirs])
        else:
            if own is not None:
                remove([own])
            _give(theirs, survivor.pk)
    for account in held.values():
        remove([account])


def move_changes(merging: Merging) -> None:
    """Take changes along; of two that wait for one account the survivor's goes on waiting, the other is withdrawn."""
    survivor = merging.survivor
    waiting = set(
        IbanChange.objects.filter(customer=survivor, state=ChangeState.PENDING).values_list(
            "account", flat=True
        )
    )
    rest = []
    for change in IbanChange.objects.filter(customer_id__in=merging.keys).order_by("pk"):
        if change.state == ChangeState.PENDING and change.account in waiting:
            text = f"{_iban(change.old_iban)} → {_iban(change.new_iban)}"
            merging.lose(change.customer_id, _("Changed IBAN"), text)
            change.state, change.decided_at = ChangeState.WITHDRAWN, timezone.now()
            change.decided_by_id, change.remark = (
                merging.actor.user_id,
                _("withdrawn by merging customers")[:200],
            )
        elif change.state == ChangeState.PENDING:
            waiting.add(change.account)
        change.customer_id = survivor.pk
        change.version += 1
        rest.append(change)
    write(rest, new=False)


def mandate_lines(actor: Actor, customers: Sequence[Customer]) -> list[Choice]:
    """Give whose mandate stays: a customer has one."""
    held = _mandates(customers)
    options = [
        Option(one.pk, f"{held[one.pk].reference}, {held[one.pk].signed_on:%d-%m-%Y}")
        for one in customers
        if one.pk in held
    ]
    return [choice("mandate", gettext_lazy("SEPA mandate"), options, group=_GROUP)] if options else []


def _mandates(customers: Sequence[Customer]) -> dict[int, Mandate]:
    keys = [customer.pk for customer in customers]
    return {one.customer_id: one for one in Mandate.objects.filter(customer_id__in=keys)}


def move_mandate(merging: Merging) -> None:
    """Keep the chosen mandate; a mandate is signed as a whole, so nothing of two is mixed."""
    held = _mandates(merging.everybody)
    for line in mandate_lines(merging.actor, merging.everybody):
        taken = merging.pick(line)
        remove([mandate for key, mandate in held.items() if key != taken])
        if taken != merging.survivor.pk:
            held[taken].customer_id = merging.survivor.pk
            held[taken].version += 1
            write([held[taken]], new=False)


def declare() -> None:
    """Say how these move."""
    registry.register(
        Belonging("customers.ibanchange", gettext_lazy("Changed IBANs"), CUSTOMERS, 10, move_changes)
    )
    registry.register(
        Belonging("customers.bankaccount", gettext_lazy("Bank accounts"), CUSTOMERS, 11, move, lines=lines)
    )
    registry.register(
        Belonging(
            "customers.mandate",
            gettext_lazy("SEPA mandates"),
            CUSTOMERS,
            12,
            move_mandate,
            lines=mandate_lines,
        )
    )

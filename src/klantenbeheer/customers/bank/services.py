"""Writing a customer's bank details. Guarded by the customer's version, so one save covers accounts and mandate."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, remove, write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean

from ..choices import AccountKind, ChangeState, Channel, MandateScheme, MandateSequence, MandateState
from ..models import Customer
from ..permissions import BANK_CONFIRM
from ..refreshing import refresh_derived
from ..services import locked_customer, require_edit
from ..validation import too_long
from . import changes
from .models import BankAccount, BicCheck, IbanChange, Mandate

ACCOUNT_FIELDS = ("holder", "iban", "bic", "bank_name", "bank_address")
MANDATE_FIELDS = ("reference", "signed_on", "scheme", "sequence", "state")
DECIDE = "customer.bank.decide"
# The characters of SEPA (EPC217-08); a reference neither begins nor ends with a slash nor holds two in a row.
_REFERENCE = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+ ]{1,35}(?<!/)")
# Answers whether a BIC is registered (None: no answer) and under which name.
BicProvider = Callable[[str], tuple[bool | None, str]]


def require_confirm(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor is a user who may confirm changed bank accounts."""
    if actor.user_id is None or not actor.may(BANK_CONFIRM, Level.EDIT):
        raise NotAllowed(_("You may not confirm a changed bank account."), right=BANK_CONFIRM)


def _clean_account(kind: str, typed: Mapping[str, Any], problems: dict[str, list[str]]) -> dict[str, str]:
    values = {key: clean(str(typed.get(key) or "")) for key in ACCOUNT_FIELDS}
    for key, check in (("iban", checks.check_iban), ("bic", checks.check_bic)):
        checked = check(values[key])
        if checked.ok:
            values[key] = checked.value
        else:
            problems[f"{kind}.{key}"] = [str(problem) for problem in checked.problems]
    for key, value in values.items():
        refusal = too_long(BankAccount, key, value)
        if refusal:
            problems.setdefault(f"{kind}.{key}", []).append(refusal)
    if f"{kind}.iban" in problems or f"{kind}.bic" in problems:
        return values
    iban, bic = values["iban"], values["bic"]
    if iban and bic and not _same_country(iban, bic):
        text = _("BIC “%(bic)s” is of another country than IBAN “%(iban)s”.")
        problems[f"{kind}.bic"] = [text % {"bic": bic, "iban": checks.format_iban(iban)}]
    if iban:
        found_bic, found_name = checks.bank_of(iban)
        values["bic"] = bic or found_bic
        values["bank_name"] = values["bank_name"] or found_name[:140]
    return values


def _same_country(iban: str, bic: str) -> bool:
    # Some territories share the banks of the country they belong to.
    shared = {"GB": {"JE", "GG", "IM", "GI"}, "FR": {"MC", "GF", "GP", "MQ", "RE", "YT", "PM", "PF", "NC"}}
    ours, theirs = iban[:2], bic[4:6]
    return ours == theirs or theirs in shared.get(ours, ()) or ours in shared.get(theirs, ())


def _clean_mandate(
    customer: Customer, typed: Mapping[str, Any], problems: dict[str, list[str]]
) -> dict[str, Any] | None:
    """Give the mandate's values; ``None`` when there is none (the reference is empty)."""
    reference = clean(str(typed.get("reference") or ""))
    day_text = str(typed.get("signed_on") or "").strip()
    if not reference:
        if day_text:
            problems["mandate.reference"] = [_("A mandate needs a reference.")]
        return None
    if not _REFERENCE.fullmatch(reference):
        text = _("“%(value)s” is no mandate reference: up to 35 letters, digits and / - ? : ( ) . , ' +.")
        problems["mandate.reference"] = [text % {"value": reference[:60]}]
    elif Mandate.objects.filter(reference=reference).exclude(customer=customer).exists():
        text = _("The mandate reference “%(value)s” is another customer's.")
        problems["mandate.reference"] = [text % {"value": reference}]
    values: dict[str, Any] = {"reference": reference, "signed_on": None}
    try:
        values["signed_on"] = parse_date(day_text)
    except ValueError:
        problems["mandate.signed_on"] = [
            _("“%(value)s” is no date.") % {"value": day_text[:40]}
            if day_text
            else _("Fill in when it was signed.")
        ]
    else:
        _check_day(values["signed_on"], problems)
    for key, choices in (("scheme", MandateScheme), ("sequence", MandateSequence), ("state", MandateState)):
        values[key] = str(typed.get(key) or choices.values[0])
        if values[key] not in choices.values:
            problems[f"mandate.{key}"] = [
                _("“%(value)s” is none of the choices.") % {"value": values[key][:40]}
            ]
    return values


def _check_day(day: date, problems: dict[str, list[str]]) -> None:
    if day > timezone.localdate():
        text = _("A mandate cannot be signed on %(value)s: that is in the future.")
        problems["mandate.signed_on"] = [text % {"value": day.strftime("%d-%m-%Y")}]
    elif day.year < 1990:
        text = _("A mandate cannot be signed in %(value)s.")
        problems["mandate.signed_on"] = [text % {"value": day.year}]


def bank_save(
    *, actor: Actor, customer_id: int, version: int, accounts: Mapping[str, Mapping[str, Any]],
    mandate: Mapping[str, Any] | None = None,
) -> tuple[Customer, Action | None]:  # fmt: skip
    """Store accounts (by kind: holder, iban, bic, bank_name, bank_address) and the mandate (without reference: none).

    BIC and bank are found by the IBAN where they are empty. A changed IBAN waits for a second user and the one in
    force stays. Gives the customer and the action, or no action when nothing changed. Raises ``InvalidInput``
    (``first.iban``, ``mandate.reference``), ``StaleVersion``, ``NotAllowed``, ``NotFound``.
    """
    require_edit(actor)
    with acting(actor, "customer.bank.save") as action:
        customer = locked_customer(actor, customer_id)
        if customer.version != version:
            raise StaleVersion(current=customer, changes={"accounts": accounts, "mandate": mandate})
        problems: dict[str, list[str]] = {}
        cleaned = {
            AccountKind(kind): _clean_account(kind, _without_old_bank(customer, kind, typed), problems)
            for kind, typed in accounts.items()
        }
        wanted = _clean_mandate(customer, mandate, problems) if mandate is not None else None
        if problems:
            raise InvalidInput(problems)
        changed = [_save_account(actor, customer, kind, values) for kind, values in cleaned.items()]
        if mandate is not None:
            changed.append(_save_mandate(customer, wanted))
        if not any(changed):
            return customer, None
        _store(actor, customer)
    return customer, action


def _store(actor: Actor, customer: Customer) -> None:
    customer.version += 1
    write([customer], new=False)
    refresh_derived(customer, actor=actor)


def _without_old_bank(customer: Customer, kind: str, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """Drop BIC and bank of the number in force from what came with another number: they were only left standing."""
    account = BankAccount.objects.filter(customer=customer, kind=kind).first()
    source: Any = customer if kind == AccountKind.FIRST else account or BankAccount()
    iban = checks.check_iban(str(typed.get("iban") or "")).value
    if not iban or iban == source.iban:
        return typed
    found_bic, found_name = checks.bank_of(source.iban) if source.iban else ("", "")
    old = {"bic": source.bic or found_bic, "bank_name": (account.bank_name if account else "") or found_name}
    return {key: "" if value and old.get(key) == value else value for key, value in typed.items()}


def _save_account(actor: Actor, customer: Customer, kind: AccountKind, values: dict[str, str]) -> bool:
    account = BankAccount.objects.filter(customer=customer, kind=kind).first()
    changed = False
    details = {key: values[key] for key in ("holder", "bank_name", "bank_address")}
    if kind == AccountKind.FIRST:
        own: dict[str, Any] = {"iban": values.pop("iban"), "bic": values.pop("bic")}
        if changes.divert(actor, customer, own, details):
            return True
        for key, value in own.items():
            changed = changed or getattr(customer, key) != value
            setattr(customer, key, value)
        customer.flags = {key: code for key, code in customer.flags.items() if key not in own}
    elif changes.needs_confirmation(account or BankAccount(), values["iban"]):
        old = account.iban if account else ""
        changes.propose(
            actor,
            customer.pk,
            kind,
            old_iban=old,
            new_iban=values["iban"],
            new_bic=values["bic"],
            details=details,
        )
        return True
    if account is None:
        if any(values.values()):
            write([BankAccount(customer=customer, kind=kind, **values)], new=True)
            return True
        return changed
    if all(getattr(account, key) == value for key, value in values.items()):
        return changed
    for key, value in values.items():
        setattr(account, key, value)
    account.version += 1
    write([account], new=False)
    return True


def _save_mandate(customer: Customer, values: dict[str, Any] | None) -> bool:
    stored = Mandate.objects.filter(customer=customer).first()
    if values is None:
        if stored is not None:
            remove([stored])
        return stored is not None
    if stored is None:
        write([Mandate(customer=customer, **values)], new=True)
        return True
    if all(getattr(stored, key) == value for key, value in values.items()):
        return False
    for key, value in values.items():
        setattr(stored, key, value)
    stored.version += 1
    write([stored], new=False)
    return True


def change_decide(
    *, actor: Actor, customer_id: int, change_id: int, decision: str, channel: str = "", remark: str = ""
) -> tuple[IbanChange, Action]:
    """Confirm, reject or withdraw a change that waits.

    Confirming puts the new IBAN in force; it needs the right, another user than who proposed it, and the channel by
    which he verified it. Rejecting needs the right, withdrawing the right to edit. Raises ``InvalidInput``,
    ``Refused`` (decided already, or by the same person), ``NotAllowed``, ``NotFound``.
    """
    state = ChangeState(decision)
    if state == ChangeState.WITHDRAWN:
        require_edit(actor)
    else:
        require_confirm(actor)
    remark = clean(remark)
    with acting(actor, DECIDE) as action:
        customer = locked_customer(actor, customer_id)
        change = IbanChange.objects.select_for_update().filter(pk=change_id, customer=customer).first()
        if change is None:
            raise NotFound(_("This change does not exist."))
        if change.state != ChangeState.PENDING:
            raise Refused(_("This change was decided already."), code="decided")
        refusal = too_long(IbanChange, "remark", remark)
        if refusal:
            raise InvalidInput({"remark": [refusal]})
        if state == ChangeState.CONFIRMED:
            _check_confirmation(actor, change, channel, remark)
            _put_in_force(customer, change)
        change.state, change.channel, change.remark = state, channel if state == "confirmed" else "", remark
        change.decided_by_id, change.decided_at = actor.user_id, timezone.now()
        change.version += 1
        write([change], new=False)
        _store(actor, customer)
    return change, action


def _check_confirmation(actor: Actor, change: IbanChange, channel: str, remark: str) -> None:
    if change.proposed_by_id is not None and change.proposed_by_id == actor.user_id:
        raise Refused(
            _("You proposed this IBAN yourself; a second user must confirm it."), code="same_person"
        )
    if channel not in Channel.values:
        raise InvalidInput({"channel": [_("Say how you verified it.")]})
    if channel == Channel.OTHER and not remark:
        raise InvalidInput({"remark": [_("Say how you verified it.")]})
    checked = checks.check_iban(change.new_iban)
    if not checked.ok:
        raise InvalidInput({"__all__": [str(problem) for problem in checked.problems]})


def _put_in_force(customer: Customer, change: IbanChange) -> None:
    account = BankAccount.objects.filter(customer=customer, kind=change.account).first()
    new = account is None
    account = account or BankAccount(customer=customer, kind=change.account)
    values = changes.new_values(change, account.holder)
    account.holder, account.bank_name = values["holder"], values["bank_name"]
    account.bank_address = values["bank_address"]
    if change.account == AccountKind.FIRST:
        customer.iban, customer.bic = values["iban"], values["bic"]
        customer.flags = {k: code for k, code in customer.flags.items() if k not in ("iban", "bic")}
    else:
        account.iban, account.bic = values["iban"], values["bic"]
    account.version += 0 if new else 1
    write([account], new=new)


def bic_check_store(
    *, actor: Actor, customer_id: int, bic: str, found: bool | None, source: str, answer: str = ""
) -> BicCheck:
    """Keep what an online register said about a BIC, with its time. Raises ``InvalidInput``, ``NotAllowed``."""
    require_edit(actor)
    checked = checks.check_bic(bic)
    if not checked.ok or not checked.value:
        raise InvalidInput({"bic": [str(problem) for problem in checked.problems] or [_("There is no BIC.")]})
    with acting(actor, "customer.bank.bic"):
        customer = locked_customer(actor, customer_id)
        check = BicCheck(
            customer=customer, bic=checked.value, found=found, source=clean(source)[:100],
            answer=clean(answer)[:300], checked_label=actor.label[:120],
        )  # fmt: skip
        write([check], new=True)
    return check


def bic_ask(*, actor: Actor, customer_id: int, bic: str) -> BicCheck:
    """Ask the provider of the settings about a BIC and keep its answer; a provider that fails gave no answer.

    Raises ``Refused`` when there is none, and as :func:`bic_check_store`.
    """
    require_edit(actor)
    if not settings.BIC_PROVIDER:
        raise Refused(_("No provider for checking a BIC is set up."), code="no_provider")
    checked = checks.check_bic(bic)
    if not checked.ok or not checked.value:
        return bic_check_store(actor=actor, customer_id=customer_id, bic=bic, found=None, source="")
    provider: BicProvider = import_string(settings.BIC_PROVIDER)
    found: bool | None
    try:
        found, answer = provider(checked.value)
    except Exception as error:  # noqa: BLE001 - a provider is somebody else's code, and saving must never hang on it
        found, answer = None, type(error).__name__
    return bic_check_store(
        actor=actor,
        customer_id=customer_id,
        bic=bic,
        found=found,
        source=settings.BIC_PROVIDER,
        answer=answer,
    )

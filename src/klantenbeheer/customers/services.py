"""Writing customers: each function checks the right and the values, and writes in one action."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.foundation.audit.sets import batches
from klantenbeheer.foundation.paper.services import take_numbers
from klantenbeheer.foundation.search import words
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion

from . import derive, extra, former, reach, validation, vat
from .bank import changes as bank
from .choices import AccountKind, AddressKind, Status
from .fields import FIELD_BY_KEY
from .models import GENERAL_GROUP, Address, ConditionGroup, Customer, CustomerMailingCode, CustomerMark
from .permissions import BLOCKS, CREDIT, CUSTOMERS, DELETE
from .refreshing import refresh_derived
from .selectors import Duplicate, duplicates_of

FIRST_NUMBER = 10001


class LooksLikeExisting(InvalidInput):
    """The new customer looks like some that exist; ``duplicates`` says which and why. Nothing was written."""

    def __init__(self, duplicates: list[Duplicate]) -> None:
        super().__init__({"__all__": [_("This customer looks like one that exists already.")]})
        self.code = "duplicate"
        self.duplicates = duplicates


def require_edit(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may edit customers."""
    if not actor.may(CUSTOMERS, Level.EDIT):
        raise NotAllowed(_("You may not change customers."), right=CUSTOMERS)


def free_numbers(count: int, *, but: Collection[str] = ()) -> list[str]:
    """Take the next numbers of the series that nobody typed before, and that are not among ``but``."""
    found: list[str] = []
    while len(found) < count:
        numbers = take_numbers("customer", min(count - len(found), 900), start=FIRST_NUMBER)
        typed = Customer.objects.with_numbers(numbers).values_list("number", flat=True)
        used = {*(one.upper() for one in (*typed, *but)), *former.leading_to(numbers)}
        found += [number for number in numbers if number.upper() not in used]
    return found


def locked_customer(actor: Actor, customer_id: int) -> Customer:
    """Give the customer for writing, locked till the transaction ends; raises ``NotFound``."""
    customer = Customer.objects.visible_to(actor).select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(_("This customer does not exist."))
    require_not_erased(customer)
    return customer


def require_not_erased(customer: Customer) -> None:
    """Raise ``Refused`` for a customer whose personal data were erased: what is left is kept as it is."""
    if customer.erased_on is not None:
        raise Refused(erased_text(customer), code="erased")


def erased_text(customer: Customer) -> str:
    """Say why nothing of a customer may change whose personal data were erased."""
    day = customer.erased_on.strftime("%d-%m-%Y") if customer.erased_on else ""
    text = _("The personal data of this customer were erased on %(day)s; what is left is locked.")
    return text % {"day": day}


def customer_create(
    *,
    actor: Actor,
    values: Mapping[str, Any],
    addresses: Mapping[str, Mapping[str, Any]] | None = None,
    number: str = "",
    accept_duplicates: bool = False,
) -> Customer:
    """Make a customer. An empty ``number`` takes the next of the series.

    ``addresses`` maps a kind to its parts. Raises ``InvalidInput`` (fields of an address as ``visiting.postcode``),
    ``LooksLikeExisting`` unless ``accept_duplicates``, ``NotAllowed``.
    """
    require_edit(actor)
    problems: dict[str, list[str]] = {}
    cleaned_addresses: dict[str, validation.Cleaned] = {}
    for kind, typed in (addresses or {}).items():
        AddressKind(kind)
        if any(str(value or "").strip() for key, value in typed.items() if key != "country"):
            cleaned_addresses[kind] = cleaned = validation.clean_address(typed, keep=False)
            problems |= {f"{kind}.{key}": reasons for key, reasons in cleaned.problems.items()}
    visiting = cleaned_addresses.get("visiting")
    country, postcode = (visiting.values["country"], visiting.values["postcode"]) if visiting else ("", "")
    basic = validation.clean_values({"name": "", **values}, country=country or "NL", keep=False)
    problems |= basic.problems
    if number:
        try:
            number = validation.clean_number(number)
        except ValueError as error:
            problems["number"] = [str(error)]
        else:
            if Customer.objects.with_numbers([number]).exists():
                problems["number"] = [_("The number “%(value)s” is in use.") % {"value": number}]
            elif former.leading_to([number]):
                text = _(
                    "The number “%(value)s” was that of a customer who was merged; it is not given out again."
                )
                problems["number"] = [text % {"value": number}]
    given = {
        key: basic.values[key]
        for key in ("credit_limit", "condition_group", "status")
        if not _as_new(basic.values.get(key))
    }
    problems |= not_allowed(actor, given)
    settled, refusal = reach.settle(actor, basic.values)
    if refusal:
        problems.setdefault("territory", []).append(refusal)
    problems |= {key: reasons for key, reasons in extra.missing(basic.values).items() if key not in problems}
    lacks_vat = "vat_number" not in problems and not basic.values.get("vat_number")
    if lacks_vat and vat.is_required(country, postcode, basic.values.get("status", Status.ACTIVE)):
        problems["vat_number"] = [vat_required_text()]
    if problems:
        raise InvalidInput(problems)
    codes = basic.values.pop("mailing_codes", [])
    refusal = validation.retired_codes(codes, ())
    if refusal:
        raise InvalidInput({"mailing_codes": [refusal]})
    if not accept_duplicates:
        found = duplicates_of(actor, basic.values, place=visiting.values if visiting else None)
        if found:
            raise LooksLikeExisting(found)
    held_back = _held_back(basic.values)
    with acting(actor, "customer.create"):
        customer = Customer(number=number or free_numbers(1)[0], modified_by_id=actor.user_id, **basic.values)
        customer.salesperson_id = customer.salesperson_id or settled.get("salesperson_id")
        records = [Address(customer=customer, kind=kind, **c.values) for kind, c in cleaned_addresses.items()]
        derive.derive(customer, records)
        try:
            write([customer], new=True)
        except IntegrityError as error:
            raise InvalidInput(
                {"number": [_("The number “%(value)s” is in use.") % {"value": customer.number}]}
            ) from error
        for record in records:
            record.customer_id = customer.pk
        write(records, new=True)
        write([CustomerMailingCode(customer=customer, code=code) for code in codes], new=True)
        if held_back:
            hold_back_first_iban(actor, customer, *held_back)
            refresh_derived(customer, actor=actor)
        words.learn([customer.name_norm, customer.city_norm])
    return customer


def _as_new(value: Any) -> bool:
    """Say whether this is what a new customer has anyway: nothing, or the general condition group."""
    return value is None or (isinstance(value, ConditionGroup) and value.pk == GENERAL_GROUP)


def not_allowed(actor: Actor, changes: Mapping[str, Any], customer: Any = None) -> dict[str, list[str]]:
    """Give the refusals of changed values that ask a right of their own, or would take a customer out of sight.

    ``customer`` is as he is stored (or anything with his status, territory and salesperson); none for a new one.
    """
    problems = {}
    for key in changes:
        field = FIELD_BY_KEY.get(key)
        right = field.right if field else ""
        if right and not actor.may(right, Level.EDIT):
            problems[key] = [
                _("You may not set a credit limit.")
                if right == CREDIT
                else _("You may not change the condition group.")
            ]
    statuses = (changes.get("status"), customer.status if customer else None)
    if "status" in changes and Status.BLOCKED in statuses and not actor.may(BLOCKS, Level.EDIT):
        problems["status"] = [_("You may not block customers, nor lift a block.")]
    if customer is not None and {"territory", "salesperson"} & set(changes):
        after = {
            key: changes[key].pk
            if changes.get(key)
            else None
            if key in changes
            else getattr(customer, f"{key}_id")
            for key in ("territory", "salesperson")
        }
        if not reach.within(actor).holds(after["territory"], after["salesperson"]):
            problems["territory" if "territory" in changes else "salesperson"] = [reach.lost_text()]
    return problems


def vat_required_text() -> str:
    """Give the refusal of a customer in another EU country without VAT number."""
    return _(
        "A customer in another EU country needs a VAT number; for who may become a customer, choose “prospect”."
    )


def _held_back(values: dict[str, Any]) -> tuple[str, str] | None:
    """Take IBAN and BIC out of a new customer's values where a first IBAN waits for confirmation too."""
    if not values.get("iban") or not bank.first_waits():
        return None
    return values.pop("iban"), values.pop("bic", "")


def hold_back_first_iban(actor: Actor, customer: Customer, iban: str, bic: str) -> None:
    """Let a new customer's IBAN wait for confirmation, inside the action at hand."""
    bank.propose(actor, customer.pk, AccountKind.FIRST, old_iban="", new_iban=iban, new_bic=bic)


def _changes(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if getattr(customer, key) != value}


def customer_update(*, actor: Actor, customer_id: int, version: int, values: Mapping[str, Any]) -> Customer:
    """Change basic data. Raises ``StaleVersion`` when somebody saved since ``version``, and writes nothing then.

    Also ``InvalidInput``, ``NotAllowed``, ``NotFound``. Values equal to what is stored make no version. A changed
    IBAN is not written but waits for a second user (``iban_pending`` says so), with the BIC that came with it.
    """
    require_edit(actor)
    with acting(actor, "customer.update"):
        customer = locked_customer(actor, customer_id)
        if customer.version != version:
            raise StaleVersion(current=customer, changes=values)
        typed = extra.without_unchanged(customer, values)
        cleaned = validation.clean_values(typed, country=customer.country or "NL", keep=False)
        problems = cleaned.problems | extra.emptied(customer, cleaned.values)
        if problems:
            raise InvalidInput(problems)
        codes = cleaned.values.pop("mailing_codes", None)
        changes = _changes(customer, cleaned.values)
        forbidden = not_allowed(actor, changes, customer)
        if forbidden:
            raise InvalidInput(forbidden)
        if not vat.is_missing(customer) and _would_lack_vat(customer, changes):
            key = "vat_number" if "vat_number" in changes else "status"
            raise InvalidInput({key: [vat_required_text()]})
        waits = bank.divert(actor, customer, changes)
        codes_changed = codes is not None and _set_codes(customer, codes)
        flags = {key: code for key, code in customer.flags.items() if key not in cleaned.values}
        if not changes and not codes_changed and not waits and flags == customer.flags:
            return customer
        for key, value in changes.items():
            setattr(customer, key, value)
        customer.flags = flags
        customer.version += 1
        write([customer], new=False)
        refresh_derived(customer, actor=actor)
    return customer


def _would_lack_vat(customer: Customer, changes: Mapping[str, Any]) -> bool:
    """Say whether a change takes away a number that is required, or makes a customer of who has none."""
    number = changes.get("vat_number", customer.vat_number)
    status = changes.get("status", customer.status)
    return not number and vat.is_required(customer.country, customer.postcode, status)


def _set_codes(customer: Customer, codes: Sequence[Any]) -> bool:
    stored = {assignment.code_id: assignment for assignment in customer.mailing_codes.all()}
    refusal = validation.retired_codes(codes, stored)
    if refusal:
        raise InvalidInput({"mailing_codes": [refusal]})
    wanted = {code.pk for code in codes}
    write([CustomerMailingCode(customer=customer, code=c) for c in codes if c.pk not in stored], new=True)
    remove([assignment for code_id, assignment in stored.items() if code_id not in wanted])
    return set(stored) != wanted


def address_save(
    *, actor: Actor, customer_id: int, version: int, addresses: Mapping[str, Mapping[str, Any]]
) -> Customer:
    """Store addresses by kind (all parts of each); an address without contents is removed.

    Guarded by the customer's ``version``. Raises as :func:`customer_update`; problems as ``visiting.postcode``.
    """
    require_edit(actor)
    with acting(actor, "customer.addresses"):
        customer = locked_customer(actor, customer_id)
        if customer.version != version:
            raise StaleVersion(current=customer, changes={"addresses": addresses})
        stored = {address.kind: address for address in customer.addresses.filter(further=False)}
        problems: dict[str, list[str]] = {}
        flags = dict(customer.flags)
        changed = False
        for kind, typed in addresses.items():
            AddressKind(kind)
            empty = not any(str(value or "").strip() for key, value in typed.items() if key != "country")
            address = stored.get(kind)
            if empty:
                if address is not None:
                    if not actor.may(DELETE, Level.EDIT):
                        problems[f"{kind}.street"] = [_("You may not delete records.")]
                        continue
                    remove([address])
                    changed = True
                continue
            cleaned = validation.clean_address(typed, keep=False)
            problems |= {f"{kind}.{key}": reasons for key, reasons in cleaned.problems.items()}
            if problems:
                continue
            flags = {key: code for key, code in flags.items() if not key.startswith(f"{kind}.")}
            if address is None:
                write([Address(customer=customer, kind=kind, **cleaned.values)], new=True)
                changed = True
            elif any(getattr(address, key) != value for key, value in cleaned.values.items()):
                for key, value in cleaned.values.items():
                    setattr(address, key, value)
                address.version += 1
                write([address], new=False)
                changed = True
        if problems:
            raise InvalidInput(problems)
        if changed or flags != customer.flags:
            customer.flags = flags
            customer.version += 1
            write([customer], new=False)
            customer = Customer.objects.get(pk=customer.pk)
            refresh_derived(customer, actor=actor)
    return customer


def marks_set(*, actor: Actor, customer_ids: Iterable[int], marked: bool) -> int:
    """Set or lift the actor's own mark on customers he may see; gives how many were there to be marked.

    Raises ``NotAllowed`` for who is no user: a mark belongs to somebody.
    """
    if actor.user_id is None:
        raise NotAllowed(_("Only a user can mark customers."))
    visible = Customer.objects.visible_to(actor)
    count = 0
    for part in batches(sorted(set(customer_ids))):
        keys = list(visible.filter(pk__in=part).values_list("pk", flat=True))
        count += len(keys)
        if marked:
            CustomerMark.objects.bulk_create(
                [CustomerMark(customer_id=key, user_id=actor.user_id) for key in keys], ignore_conflicts=True
            )
        else:
            CustomerMark.objects.filter(customer_id__in=keys, user_id=actor.user_id).delete()
    return count


def mark_set(*, actor: Actor, customer_id: int, marked: bool) -> None:
    """Set or lift the actor's own mark on a customer he may see. Raises ``NotFound``, ``NotAllowed``."""
    if not marks_set(actor=actor, customer_ids=[customer_id], marked=marked):
        raise NotFound(_("This customer does not exist."))


def editable_fields(actor: Actor) -> set[str]:
    """Give the keys of the basic data that this actor may change."""
    if not actor.may(CUSTOMERS, Level.EDIT):
        return set()
    return {
        field.key for field in extra.basic_fields() if not field.right or actor.may(field.right, Level.EDIT)
    }

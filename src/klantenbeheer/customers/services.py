"""Writing customers: each function checks the right and the values, and writes in one action."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.foundation.paper.services import take_numbers
from klantenbeheer.foundation.search import words
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, StaleVersion

from . import derive, validation
from .choices import AddressKind
from .fields import FIELD_BY_KEY
from .models import Address, Customer, CustomerMailingCode, CustomerMark
from .permissions import CREDIT, CUSTOMERS
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
        keyed = Customer.objects.annotate(key=Upper("number")).filter(key__in=[n.upper() for n in numbers])
        used = {*keyed.values_list("key", flat=True), *(number.upper() for number in but)}
        found += [number for number in numbers if number.upper() not in used]
    return found


def locked_customer(actor: Actor, customer_id: int) -> Customer:
    """Give the customer for writing, locked till the transaction ends; raises ``NotFound``."""
    customer = Customer.objects.visible_to(actor).select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(_("This customer does not exist."))
    return customer


def refresh_derived(customer: Customer, *, actor: Actor | None) -> None:
    """Recompute what follows from the customer's data; with an actor also note the change of the basic data."""
    addresses = list(customer.addresses.all())
    derive.derive(customer, addresses, derive.contributions([customer.pk]).get(customer.pk, ()))
    values = {
        name: getattr(customer, name)
        for name in (
            "name_norm",
            "phone_norm",
            "city",
            "city_norm",
            "postcode",
            "country",
            "flagged",
            "search_text",
        )
    }
    if actor is not None:
        customer.modified_at, customer.modified_by_id = timezone.now(), actor.user_id
        values |= {"modified_at": customer.modified_at, "modified_by_id": actor.user_id}
    Customer.objects.filter(pk=customer.pk).update_unversioned(**values)
    words.learn([customer.name_norm, customer.city_norm])


def reindex(customer_ids: Iterable[int]) -> None:
    """Recompute the search text after something that belongs to the customers changed. No version, no history."""
    for customer in Customer.objects.filter(pk__in=list(customer_ids)):
        refresh_derived(customer, actor=None)


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
    country = visiting.values["country"] if visiting else ""
    basic = validation.clean_values({"name": "", **values}, country=country or "NL", keep=False)
    problems |= basic.problems
    if number:
        try:
            number = validation.clean_number(number)
        except ValueError as error:
            problems["number"] = [str(error)]
        else:
            if Customer.objects.annotate(key=Upper("number")).filter(key=number.upper()).exists():
                problems["number"] = [_("The number “%(value)s” is in use.") % {"value": number}]
    if basic.values.get("credit_limit") is not None and not actor.may(CREDIT, Level.EDIT):
        problems["credit_limit"] = [_("You may not set a credit limit.")]
    if problems:
        raise InvalidInput(problems)
    codes = basic.values.pop("mailing_codes", [])
    if not accept_duplicates:
        city = visiting.values["city"] if visiting else ""
        found = duplicates_of(actor, {**basic.values, "city": city})
        if found:
            raise LooksLikeExisting(found)
    with acting(actor, "customer.create"):
        customer = Customer(number=number or free_numbers(1)[0], modified_by_id=actor.user_id, **basic.values)
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
        words.learn([customer.name_norm, customer.city_norm])
    return customer


def _changes(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if getattr(customer, key) != value}


def customer_update(*, actor: Actor, customer_id: int, version: int, values: Mapping[str, Any]) -> Customer:
    """Change basic data. Raises ``StaleVersion`` when somebody saved since ``version``, and writes nothing then.

    Also ``InvalidInput``, ``NotAllowed``, ``NotFound``. Values equal to what is stored make no version.
    """
    require_edit(actor)
    with acting(actor, "customer.update"):
        customer = locked_customer(actor, customer_id)
        if customer.version != version:
            raise StaleVersion(current=customer, changes=values)
        cleaned = validation.clean_values(values, country=customer.country or "NL", keep=False)
        if cleaned.problems:
            raise InvalidInput(cleaned.problems)
        codes = cleaned.values.pop("mailing_codes", None)
        changes = _changes(customer, cleaned.values)
        if "credit_limit" in changes and not actor.may(CREDIT, Level.EDIT):
            raise InvalidInput({"credit_limit": [_("You may not set a credit limit.")]})
        codes_changed = codes is not None and _set_codes(customer, codes)
        flags = {key: code for key, code in customer.flags.items() if key not in cleaned.values}
        if not changes and not codes_changed and flags == customer.flags:
            return customer
        for key, value in changes.items():
            setattr(customer, key, value)
        customer.flags = flags
        customer.version += 1
        write([customer], new=False)
        refresh_derived(customer, actor=actor)
    return customer


def _set_codes(customer: Customer, codes: Sequence[Any]) -> bool:
    stored = {assignment.code_id: assignment for assignment in customer.mailing_codes.all()}
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
        stored = {address.kind: address for address in customer.addresses.all()}
        problems: dict[str, list[str]] = {}
        flags = dict(customer.flags)
        changed = False
        for kind, typed in addresses.items():
            AddressKind(kind)
            empty = not any(str(value or "").strip() for key, value in typed.items() if key != "country")
            address = stored.get(kind)
            if empty:
                if address is not None:
                    remove([address])
                    changed = True
                continue
            cleaned = validation.clean_address(typed, keep=False)
            problems |= {f"{kind}.{key}": reasons for key, reasons in cleaned.problems.items()}
            if problems:
                continue
            for key in ("country", "postcode"):
                flags.pop(f"{kind}.{key}", None)
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


def mark_set(*, actor: Actor, customer_id: int, marked: bool) -> None:
    """Set or lift the actor's own mark on a customer he may see. Raises ``NotFound``, ``NotAllowed``."""
    if actor.user_id is None:
        raise NotAllowed(_("Only a user can mark customers."))
    if not Customer.objects.visible_to(actor).filter(pk=customer_id).exists():
        raise NotFound(_("This customer does not exist."))
    if marked:
        CustomerMark.objects.get_or_create(customer_id=customer_id, user_id=actor.user_id)
    else:
        CustomerMark.objects.filter(customer_id=customer_id, user_id=actor.user_id).delete()


def editable_fields(actor: Actor) -> set[str]:
    """Give the keys of the basic data that this actor may change."""
    if not actor.may(CUSTOMERS, Level.EDIT):
        return set()
    return {
        key for key, field in FIELD_BY_KEY.items() if not field.right or actor.may(field.right, Level.EDIT)
    }

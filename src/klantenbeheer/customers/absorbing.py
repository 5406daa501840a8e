"""What the customer floor does when customers are merged: basic data, addresses, mailing codes, marks, old numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput

from . import display, extra, vat
from .bank import merging as bank
from .choices import STANDING_KINDS, AddressKind
from .display import address_line
from .fields import ADDRESS_PARTS
from .former import FormerNumber
from .further import overlaps
from .merging import (
    Belonging,
    Choice,
    Merging,
    Option,
    Unmerging,
    choice,
    move_unique,
    register,
    rows,
)
from .models import Address, Customer, CustomerMailingCode, CustomerMark
from .permissions import CUSTOMERS
from .refreshing import refresh_derived
from .services import not_allowed, vat_required_text

# Chosen otherwise: codes are joined, and an IBAN comes with its BIC and its bank.
_NOT_HERE = ("mailing_codes", "iban", "bic")
# Nobody loses a limit, a price or a block because another customer was empty there.
_SURVIVORS_OWN = ("credit_limit", "condition_group", "status", "language")
_FOLLOWING = ("vat_asked_number", "vat_verdict", "vat_checked_at", "vat_remark", "vat_name")
_GROUP = gettext_lazy("Basic data")


@dataclass(frozen=True, slots=True)
class Box:
    """An address that can come along as a further one."""

    name: str
    label: str
    text: str


# -- basic data -----------------------------------------------------------------------------------------------------


def basic_lines(actor: Actor, customers: Sequence[Customer]) -> list[Choice]:
    """Give what there is to choose of the basic data, the survivor first."""
    found = []
    for field in extra.basic_fields():
        if field.key in _NOT_HERE:
            continue
        options = [Option(one.pk, display.text_of(field.key, getattr(one, field.key))) for one in customers]
        line = choice(field.key, field.label, options, right=field.right or CUSTOMERS, group=_GROUP)
        if field.key in _SURVIVORS_OWN:
            line = Choice(field.key, field.label, line.options, customers[0].pk, line.right, _GROUP)
        found.append(line)
    hours = [Option(one.pk, told_hours(one)) for one in customers]
    found.append(choice("opening_hours", gettext_lazy("Opening hours"), hours, group=_GROUP))
    pictures = [Option(one.pk, _("picture of %(name)s") % {"name": one.name} if one.picture else "", one.picture)
                for one in customers]  # fmt: skip
    found.append(choice("picture", gettext_lazy("Picture"), pictures, group=_GROUP))
    return found


def told_hours(customer: Customer) -> str:
    """Give the opening hours as the history tells them."""
    field: Any = Customer._meta.get_field("opening_hours")
    return str(field.told(customer.opening_hours)) if customer.opening_hours else ""


def absorb(merging: Merging) -> None:
    """Give the survivor the chosen basic data and store him; the others are untouched. Raises ``InvalidInput``."""
    survivor = merging.survivor
    by_key = {customer.pk: customer for customer in merging.everybody}
    flags = dict(survivor.flags)
    changes: dict[str, Any] = {}
    for line in basic_lines(merging.actor, merging.everybody):
        taken = merging.pick(line)
        if taken != survivor.pk:
            source = by_key[taken]
            changes[line.name] = getattr(source, line.name)
            flags.pop(line.name, None)
            if line.name in source.flags:
                flags[line.name] = source.flags[line.name]
    problems = extra.emptied(survivor, changes) | not_allowed(merging.actor, changes, survivor)
    if problems:
        raise InvalidInput(problems)
    if "vat_number" in changes:
        asked = next(one for one in merging.everybody if one.vat_number == changes["vat_number"])
        for name in _FOLLOWING:
            setattr(survivor, name, getattr(asked, name))
        values = {name: getattr(asked, name) for name in _FOLLOWING}
        Customer.objects.filter(pk=survivor.pk).update_unversioned(**values)
    for key, value in changes.items():
        setattr(survivor, key, value)
    survivor.flags = flags
    survivor.version += 1
    write([survivor], new=False)


def settle(merging: Merging, *, lacked_vat: bool) -> None:
    """Let everything that follows from the survivor's data follow. Raises ``InvalidInput`` when VAT is missing now."""
    merging.survivor = Customer.objects.get(pk=merging.survivor.pk)
    refresh_derived(merging.survivor, actor=merging.actor)
    if vat.is_missing(merging.survivor) and not lacked_vat:
        raise InvalidInput({"vat_number": [vat_required_text()]})


def following_of(customer: Customer) -> dict[str, Any]:
    """Give what VIES said, which has no history, as JSON keeps it."""
    values = {name: getattr(customer, name) for name in _FOLLOWING}
    return values | {"vat_checked_at": customer.vat_checked_at and customer.vat_checked_at.isoformat()}


def following_put(customer: Customer, kept: dict[str, Any]) -> None:
    """Put back what :func:`following_of` gave."""
    field: Any = Customer._meta.get_field("vat_checked_at")
    values = {name: kept.get(name) or "" for name in _FOLLOWING}
    values["vat_checked_at"] = field.to_python(kept.get("vat_checked_at"))
    Customer.objects.filter(pk=customer.pk).update_unversioned(**values)


# -- addresses ------------------------------------------------------------------------------------------------------


def _standing(customers: Sequence[Customer]) -> dict[str, dict[int, Address]]:
    found: dict[str, dict[int, Address]] = {str(kind): {} for kind in STANDING_KINDS}
    order = {customer.pk: place for place, customer in enumerate(customers)}
    rows = Address.objects.filter(customer_id__in=list(order), further=False)
    for address in sorted(rows, key=lambda one: order[one.customer_id]):
        found[address.kind][address.customer_id] = address
    return found


def _same(address: Address) -> str:
    return "|".join(str(getattr(address, part)) for part in (*ADDRESS_PARTS, "country_text"))


def _shown(address: Address) -> str:
    return " ".join(part for part in (address_line(address), address.country_text) if part) or "–"


def address_lines(actor: Actor, customers: Sequence[Customer]) -> list[Choice]:
    """Give of each kind whose address stands."""
    labels = dict(AddressKind.choices)
    return [
        choice(
            f"address.{kind}", labels[AddressKind(kind)],
            [Option(key, _shown(address), _same(address)) for key, address in held.items()],
            group=gettext_lazy("Addresses"),
        )
        for kind, held in _standing(customers).items()
        if held
    ]  # fmt: skip


def address_boxes(customers: Sequence[Customer]) -> list[Box]:
    """Give the addresses that do not stand if another is chosen, and the further ones of those who go."""
    labels, found = dict(AddressKind.choices), []
    numbers = {customer.pk: customer.number for customer in customers}
    for kind, held in _standing(customers).items():
        if len({_same(address) for address in held.values()}) > 1:
            found += [(address, str(labels[AddressKind(kind)])) for address in held.values()]
    others = [customer.pk for customer in customers[1:]]
    for address in Address.objects.filter(customer_id__in=others, further=True).order_by("pk"):
        found.append((address, ": ".join(filter(None, (str(address.get_kind_display()), address.label)))))
    return [
        Box(f"keep.{address.pk}", f"{label} ({numbers[address.customer_id]})", _shown(address))
        for address, label in found
    ]


def _keeps(merging: Merging, address: Address) -> bool:
    return merging.chosen.get(f"keep.{address.pk}", "1") == "1"


def _store(address: Address, **values: Any) -> None:
    for name, value in values.items():
        setattr(address, name, value)
    address.version += 1
    write([address], new=False)


def move_addresses(merging: Merging) -> None:
    """Let the chosen address of each kind stand; the rest comes along as further addresses, or goes as chosen."""
    survivor = merging.survivor
    numbers = {customer.pk: customer for customer in merging.everybody}
    flags = dict(survivor.flags)
    further = list(Address.objects.filter(customer_id__in=merging.keys, further=True).order_by("pk"))
    lines = {line.name: line for line in address_lines(merging.actor, merging.everybody)}
    for kind, held in _standing(merging.everybody).items():
        if not held:
            continue
        line = lines[f"address.{kind}"]
        typed = merging.chosen.get(line.name, "")
        taken = int(typed) if typed.isdecimal() and int(typed) in held else line.proposed
        stands = held[taken]
        for key, address in held.items():
            if address is stands:
                continue
            if _same(address) == _same(stands):
                remove([address])
            elif _keeps(merging, address):
                label = _("from %(number)s") % {"number": numbers[key].number}
                _store(address, customer_id=survivor.pk, further=True, label=label[:60])
            else:
                merging.lose(key, line.label, _shown(address))
                remove([address])
        if taken != survivor.pk:
            _store(stands, customer_id=survivor.pk)
            prefix = f"{kind}."
            flags = {key: code for key, code in flags.items() if not key.startswith(prefix)}
            flags |= {k: code for k, code in numbers[taken].flags.items() if k.startswith(prefix)}
    survivor.flags = flags
    for address in further:
        _move_further(merging, address)


def _move_further(merging: Merging, address: Address) -> None:
    if not _keeps(merging, address):
        merging.lose(address.customer_id, address.get_kind_display(), _shown(address))
        remove([address])
        return
    values: dict[str, Any] = {"customer_id": merging.survivor.pk}
    here = Address.objects.filter(customer_id=merging.survivor.pk, kind=address.kind, further=True)
    if address.is_dated and overlaps(address, list(here)):
        # Two cannot hold at once: it comes along as a place, with its period in words.
        period = "–".join(
            day.strftime("%d-%m-%Y") if day else "…" for day in (address.valid_from, address.valid_until)
        )
        label = " ".join(part for part in (period, address.label) if part)
        values |= {"valid_from": None, "valid_until": None, "label": label[:60]}
    _store(address, **values)


# -- marks and old numbers ------------------------------------------------------------------------------------------


def move_marks(merging: Merging) -> None:
    """Give the survivor everybody's marks, each user's once. Nobody is told of another's."""
    own = set(CustomerMark.objects.filter(customer=merging.survivor).values_list("user_id", flat=True))
    moved, doubles = [], []
    for mark in CustomerMark.objects.filter(customer_id__in=merging.keys).order_by("pk"):
        if mark.user_id in own:
            doubles.append([mark.pk, mark.user_id, mark.customer_id])
            CustomerMark.objects.filter(pk=mark.pk).delete()
        else:
            own.add(mark.user_id)
            moved.append([mark.pk, mark.customer_id])
            CustomerMark.objects.filter(pk=mark.pk).update(customer=merging.survivor)
    merging.kept["marks"] = {"moved": moved, "doubles": doubles}


def undo_marks(undoing: Unmerging) -> None:
    """Give the marks back; a mark that its user lifted since stays lifted."""
    kept = undoing.kept.get("marks", {})
    still = set(CustomerMark.objects.filter(customer=undoing.survivor).values_list("user_id", flat=True))
    for key, customer_id in kept.get("moved", ()):
        CustomerMark.objects.filter(pk=key, customer=undoing.survivor).update(customer_id=customer_id)
    for key, user_id, customer_id in kept.get("doubles", ()):
        if user_id in still:
            CustomerMark.objects.create(pk=key, user_id=user_id, customer_id=customer_id)


def move_former(merging: Merging) -> None:
    """Let the numbers that led to those who go lead to the survivor."""
    earlier = FormerNumber.objects.filter(customer_id__in=merging.keys)
    merging.kept["former"] = [list(pair) for pair in earlier.order_by("pk").values_list("pk", "customer_id")]
    earlier.update(customer=merging.survivor)


def undo_former(undoing: Unmerging) -> None:
    """Let them lead to where they led before."""
    for key, customer_id in undoing.kept.get("former", ()):
        FormerNumber.objects.filter(pk=key).update(customer_id=customer_id)


def declare() -> None:
    """Say how everything on this floor moves. Called from ``apps.py``."""
    register(
        Belonging(
            "customers.address", gettext_lazy("Addresses"), CUSTOMERS, 20, move_addresses, lines=address_lines
        )
    )
    register(
        Belonging(
            "customers.customermailingcode", gettext_lazy("Mailing codes"), CUSTOMERS, 25,
            lambda merging: move_unique(CustomerMailingCode, merging, lambda one: one.code_id),
        )
    )  # fmt: skip
    register(
        Belonging(
            "customers.customermark", gettext_lazy("Marks"), CUSTOMERS, 26, move_marks, undo=undo_marks, counted=False
        )
    )  # fmt: skip
    register(
        Belonging(
            "customers.formernumber",
            gettext_lazy("Earlier numbers"),
            CUSTOMERS,
            27,
            move_former,
            undo=undo_former,
        )
    )
    bank.declare()
    rows("customers.biccheck", gettext_lazy("BIC checks"), CUSTOMERS, 15)

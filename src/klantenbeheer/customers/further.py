"""Further addresses: other places, and addresses that hold for a time; a job lets these take over on their day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

from . import owned, validation
from .choices import AddressKind
from .models import Address, Customer
from .permissions import CUSTOMERS
from .refreshing import refresh_derived
from .services import locked_customer

# How far the daily job looks back: a server that stood still catches up.
LOOK_BACK = timedelta(days=31)


def _day(value: date) -> str:
    return value.strftime("%d-%m-%Y")


def overlapping(address: Address, others: list[Address]) -> Address | None:
    """Give one of the others that holds in the period of this address."""
    return _overlap({"valid_from": address.valid_from, "valid_until": address.valid_until}, others)


def _overlap(values: Mapping[str, Any], others: list[Address]) -> Address | None:
    since, until = values["valid_from"] or date.min, values["valid_until"] or date.max
    for one in others:
        if one.is_dated and since <= (one.valid_until or date.max) and (one.valid_from or date.min) <= until:
            return one
    return None


def overlaps(address: Address, others: list[Address]) -> bool:
    """Say whether the period of this address shares a day with that of one of the others."""
    period = {"valid_from": address.valid_from, "valid_until": address.valid_until}
    return _overlap(period, [one for one in others if one.pk != address.pk]) is not None


def _clean(customer: Customer, typed: Mapping[str, Any], but: int) -> dict[str, Any]:
    cleaned = validation.clean_address(typed, keep=False)
    problems = dict(cleaned.problems)
    kind = str(typed.get("kind") or "")
    values: dict[str, Any] = cleaned.values | {
        "kind": kind, "further": True, "valid_from": typed.get("valid_from"), "valid_until": typed.get("valid_until"),
    }  # fmt: skip
    for key in ("label", "attention"):
        values[key] = clean(str(typed.get(key) or ""))
        refusal = validation.too_long(Address, key, values[key])
        if refusal:
            problems[key] = [refusal]
    if kind not in AddressKind.values:
        problems["kind"] = [_("“%(value)s” is none of the choices.") % {"value": kind[:20]}]
    if not values["city"] and not values["street"] and not values["postcode"]:
        problems.setdefault("street", []).append(_("Give a street, a postcode or a city."))
    since, until = values["valid_from"], values["valid_until"]
    dated = since is not None or until is not None
    if since and until and until < since:
        problems["valid_until"] = [
            _("%(until)s is before %(since)s.") % {"until": _day(until), "since": _day(since)}
        ]
    elif dated and kind in AddressKind.values and kind != AddressKind.OTHER:
        others = list(Address.objects.filter(customer=customer, kind=kind, further=True).exclude(pk=but))
        found = _overlap(values, others)
        if found is not None:
            problems["valid_from"] = [
                _("In this period another address of this kind holds already: %(address)s.")
                % {"address": found}
            ]
    if not dated and not values["label"]:
        problems["label"] = [_("Give a description, or a period: otherwise nobody knows what it is for.")]
    if problems:
        raise InvalidInput(problems)
    return values


@transaction.atomic
def further_create(*, actor: Actor, customer: Customer, values: Mapping[str, Any]) -> Address:
    """Add an address. Raises ``InvalidInput`` (an overlapping period too), ``NotAllowed``, ``NotFound``."""
    owned.require(actor, CUSTOMERS)
    held = locked_customer(actor, customer.pk)
    cleaned = _clean(held, values, 0)
    made = owned.create(Address, actor=actor, right=CUSTOMERS, customer_id=held.pk, values=cleaned)
    refresh_derived(held, actor=actor)
    return made


@transaction.atomic
def further_update(*, actor: Actor, record: Address, version: int, values: Mapping[str, Any]) -> Address:
    """Change an address; raises ``StaleVersion`` when somebody saved since ``version``, else as above."""
    owned.require(actor, CUSTOMERS)
    held = locked_customer(actor, record.customer_id)
    cleaned = _clean(held, values, record.pk)
    saved = owned.update(
        Address, actor=actor, right=CUSTOMERS, record_id=record.pk, version=version, values=cleaned
    )
    refresh_derived(held, actor=actor)
    return saved


@transaction.atomic
def further_delete(*, actor: Actor, record: Address) -> None:
    """Delete an address; can be put back."""
    owned.delete(Address, actor=actor, right=CUSTOMERS, record_id=record.pk)
    refresh_derived(locked_customer(actor, record.customer_id), actor=actor)


def take_over(run: Run) -> None:
    """Let addresses whose period began or ended take their place in list, search and territory."""
    today = timezone.localdate()
    since = today - LOOK_BACK
    begun = Q(valid_from__gt=since, valid_from__lte=today)
    ended = Q(valid_until__gte=since, valid_until__lt=today)
    touched = Address.objects.filter(begun | ended, further=True).values_list("customer_id", flat=True)
    changed = 0
    for done, customer_id in enumerate(touched.distinct().order_by("customer_id")):
        run.step(done)
        with transaction.atomic():
            customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
            if customer is None:
                continue
            before = (customer.country, customer.postcode, customer.city)
            refresh_derived(customer, actor=None)
            changed += before != (customer.country, customer.postcode, customer.city)
    run.result["changed"] = changed


def register() -> None:
    """Make the daily job known."""
    KINDS.register(
        Kind("addresses.tidy", gettext_lazy("Addresses that take over"), take_over, every=timedelta(hours=6))
    )

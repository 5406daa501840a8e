"""The timeline of one customer with very many entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.bulk import refresh_statistics
from klantenbeheer.foundation.audit.models import Action, FieldTouch, Touch

from . import samples
from .measure import Row, compare, queries

SECTION = "Timeline, whole request"
MOST = 100_000
_CHUNK = 1_000
_PEOPLE = ("Anna", "Bram", "Chris", "Dirk")


def _fill(customer: Customer, entries: int) -> list[int]:
    """Give the customer so many changes of his telephone number, an hour apart; gives the actions' keys."""
    historical: Any = Customer.history.model
    tracked = {field.attname: getattr(customer, field.attname) for field in historical.tracked_fields}
    keys: list[int] = []
    begin = timezone.now() - timedelta(hours=entries)
    for start in range(0, entries, _CHUNK):
        turns = range(start, min(start + _CHUNK, entries))
        with transaction.atomic():
            actions = Action.objects.bulk_create(
                Action(
                    at=begin + timedelta(hours=turn), actor_label=_PEOPLE[turn % 4], kind="customer.update"
                )
                for turn in turns
            )
            historical.objects.bulk_create(
                historical(
                    **{**tracked, "phone": f"+31 30 {turn:07}", "version": turn + 2},
                    history_date=action.at, history_type="~", action=action,
                )
                for turn, action in zip(turns, actions, strict=True)
            )  # fmt: skip
            own = {"subject_id": customer.pk}
            Touch.objects.bulk_create(
                Touch(action=one, kinds="customer", who=one.actor_label, **own) for one in actions
            )
            FieldTouch.objects.bulk_create(
                FieldTouch(action=one, name="customer.phone", who=one.actor_label, **own) for one in actions
            )
        keys += [action.pk for action in actions]
    refresh_statistics()
    return keys


def measure(size: int) -> Iterator[Row]:
    """Give the newest page, one in the middle, and each filter, of a customer with up to 100,000 entries."""
    browser = samples.client()
    customer = samples.customers(2)[1]
    entries = min(MOST, 10 * size)
    keys = _fill(customer, entries)
    since = timezone.localdate() - timedelta(days=entries // 48)

    def ask(values: dict[str, str]) -> None:
        url = f"/customers/{customer.number}/history/?{urlencode(values)}"
        samples.get(browser, url, **{"HX-Request": "true", "HX-Target": "tab"})

    for name, values in (
        ("newest", {}),
        ("in the middle", {"before": str(keys[len(keys) // 2])}),
        ("by kind", {"kind": "customer"}),
        ("by kind that is not there", {"kind": "note"}),
        ("by tab", {"tab": "contacts"}),
        ("by person", {"person": _PEOPLE[1]}),
        ("by field", {"field": "customer.phone"}),
        ("by field that never changed", {"field": "customer.fax"}),
        ("until halfway", {"until": since.isoformat()}),
        ("person and field until halfway", {
            "person": _PEOPLE[1], "field": "customer.phone", "until": since.isoformat(),
        }),
    ):  # fmt: skip
        timed, _nothing = compare(ask, None, [values] * 4)
        count = queries(lambda values=values: ask(values))  # type: ignore[misc]
        yield Row(SECTION, f"{entries:,} entries: {name}", size, timed, None, count)

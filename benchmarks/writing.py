"""Making and changing one customer through the services, committed to disk."""

from __future__ import annotations

from collections.abc import Iterator

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_create, customer_update

from . import samples
from .copying import Copier
from .measure import ROUNDS, Row, queries, timing, took

SECTION = "Writing one customer"
_TIMES = 8 * ROUNDS


def measure(size: int) -> Iterator[Row]:
    """Give creating (with its look for doubles) and changing; the floor inserts the same rows by hand."""
    actor = samples.user()
    actor.may("customers")
    made: list[Customer] = []

    def create() -> None:
        index = len(made)
        made.append(
            customer_create(
                actor=actor,
                values={
                    "name": f"Meting {'abcdefghij'[index % 10]}{index} Handel B.V.",
                    "phone": f"+47 22 00 {index // 100:02} {index % 100:02}",
                    "email": f"info@meting-{index}.example",
                },
                addresses={
                    "visiting": {
                        "street": "Industrieweg",
                        "house_number": str(index + 1),
                        "postcode": "3542 AD",
                        "city": "Utrecht",
                        "country": "NL",
                    }
                },
                accept_duplicates=False,
            )
        )

    def update(customer: Customer, turn: int) -> None:
        changed = customer_update(
            actor=actor,
            customer_id=customer.pk,
            version=customer.version,
            values={"name": f"{customer.name} {turn}"},
        )
        customer.version = changed.version

    chosen = samples.customers(_TIMES)
    count = queries(lambda: update(chosen[0], 0))
    mine = [took(lambda c=customer: update(c, 1)) for customer in chosen[1:]]  # type: ignore[misc]
    yield Row(SECTION, "change the name", size, timing(mine), None, count)

    create()
    count = queries(create)
    mine, least = [], []
    copier = Copier([made[0].pk])
    for _turn in range(_TIMES):
        mine.append(took(create))
        least.append(copier.insert(1))
    yield Row(SECTION, "create, with duplicate check", size, timing(mine), timing(least), count)

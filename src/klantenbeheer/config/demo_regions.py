"""Regions and condition groups for the demonstration, made through the services that a manager uses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.domains.conditions.services import group_create
from klantenbeheer.domains.territories import moving
from klantenbeheer.domains.territories.services import rule_create, staff_create, territory_create
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.sets import change_many
from klantenbeheer.kernel.actors import SystemActor

DEMO = SystemActor("demogegevens")
# Code, name, what it is part of, and where it lies. Limburg and Brabant are left to the whole country on purpose.
_REGIONS = (
    ("NL", "Nederland", "", (("NL", "", ""),)),
    ("NL-N", "Noord-Nederland", "NL", (("NL", "77", "79"), ("NL", "83", "99"))),
    ("NL-W", "Randstad", "NL", (("NL", "10", "32"),)),
    ("NL-M", "Midden-Nederland", "NL", (("NL", "33", "41"), ("NL", "65", "76"), ("NL", "80", "82"))),
    ("BE", "België en Luxemburg", "", (("BE", "", ""), ("LU", "", ""))),
    ("DE-W", "Duitsland west", "", (("DE", "4", "5"),)),
)
_GROUPS = (
    ("Installateurs A", "Vaste installateurs met jaarafspraak", Decimal("12.5"), Decimal(0), 9),
    ("Wederverkopers", "Groothandel en webwinkels", Decimal(20), Decimal(0), 14),
    ("Kleine bestellingen", "Toeslag voor wie zelden bestelt", Decimal(0), Decimal("2.5"), 23),
)


def load_regions() -> None:
    """Make regions and groups and put the customers in them. Only in an installation that has none."""
    if Territory.objects.exists():
        return
    made: dict[str, Territory] = {}
    seller = User.objects.filter(is_salesperson=True).order_by("pk").first()
    for code, name, parent, rules in _REGIONS:
        values = {"code": code, "name": name, "parent": made.get(parent)}
        made[code] = territory_create(actor=DEMO, values=values)
        for country, low, high in rules:
            place = {"country": country, "low_text": low, "high_text": high}
            rule_create(actor=DEMO, territory_id=made[code].pk, values=place)
    if seller is not None:
        staff = {"salesperson": seller, "since": date(2024, 1, 1)}
        staff_create(actor=DEMO, territory_id=made["NL"].pk, values=staff)
    moving.assign(actor=DEMO, move=moving.Move())
    for name, description, discount, surcharge, every in _GROUPS:
        given = {"name": name, "description": description, "discount": discount, "surcharge": surcharge}
        group = group_create(actor=DEMO, values=given)
        keys = [key for key in Customer.objects.values_list("pk", flat=True) if key % every == 0]
        with acting(DEMO, "customer.demo"):
            change_many(Customer, keys, {"condition_group_id": group.pk})

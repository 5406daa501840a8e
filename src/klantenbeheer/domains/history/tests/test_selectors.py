"""The timeline: what stands on it, for whom, and before what."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.functional import Promise

from klantenbeheer.customers.choices import SLOTS
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.services import customer_create, customer_update
from klantenbeheer.domains.contacts import services as contacts
from klantenbeheer.domains.customer_settings.models import CustomerSettings
from klantenbeheer.domains.history.selectors import Asked, models, timeline
from klantenbeheer.domains.history.telling import UNTOLD
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import Level, SystemActor

pytestmark = pytest.mark.django_db


class Narrow(SystemActor):
    """May see customers only, none of the tabs."""

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        return right == "customers"


def test_each_version_stands_beside_the_one_before_it() -> None:
    actor = SystemActor("test")
    customer = customer_create(actor=actor, values={"name": "Een"})
    with acting(actor, "territory.create"):
        regions = [Territory(code=code, name=code) for code in ("N", "Z")]
        write(regions, new=True)
    contact = contacts.contact_create(actor=actor, customer=customer, values={"last_name": "Aa"})
    steps: list[dict[str, Any]] = [{"name": "Twee"}, {"territory": regions[0]}, {"territory": regions[1]}]
    for step in steps:
        customer = customer_update(
            actor=actor, customer_id=customer.pk, version=customer.version, values=step
        )
    contacts.contact_update(actor=actor, record=contact, version=1, values={"last_name": "Bb"})
    found = timeline(actor, Customer.objects.get(pk=customer.pk))
    told = [
        (c.before, c.after) for moment in found.moments for entry in moment.entries for c in entry.changes
    ]
    assert told[:4] == [("Aa", "Bb"), ("N N", "Z Z"), ("", "N N"), ("Een", "Twee")]
    assert found.following is None


def test_a_kind_is_a_word_not_a_part_of_one() -> None:
    customer = customer_create(actor=SystemActor("maker"), values={"name": "Een"})
    with acting(SystemActor("settler"), "customer_settings.update"):
        write([CustomerSettings(customer=customer)], new=True)
    narrow = Narrow("narrow")
    assert timeline(narrow, customer).people == ["maker"]
    found = timeline(SystemActor("all"), customer, Asked(kind="customer"))
    assert [moment.action.actor_label for moment in found.moments] == ["maker"]


def test_every_field_on_the_timeline_has_a_word_for_people() -> None:
    """Not the name that the column has in the code: that is English on a Dutch screen."""
    for model in models(SystemActor("all")).values():
        for field in model.history.model.tracked_fields:
            if field.name not in UNTOLD and field.name not in SLOTS and not hasattr(field, "parts"):
                assert isinstance(model.audit_field_label(field.name), Promise), (
                    f"{model.__name__}.{field.name}"
                )

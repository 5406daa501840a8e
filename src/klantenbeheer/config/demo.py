"""Putting demonstration customers into the database, through the door that imports use."""

from __future__ import annotations

from itertools import islice

from django.db import transaction

from klantenbeheer.customers.demo.generator import FIRST_NUMBER, DemoCustomer, generate
from klantenbeheer.customers.importing.pipeline import Importer, Pace, Plan
from klantenbeheer.customers.importing.rows import PreparedRow
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.paper.models import NumberSeries
from klantenbeheer.kernel.actors import SystemActor

DEMO = SystemActor("demogegevens")


def load(count: int, seed: int) -> int:
    """Make ``count`` customers; goes on after those that earlier calls made. Gives how many were made."""
    importer, pace = Importer(DEMO), Pace(500)
    start = (
        NumberSeries.objects.filter(kind="customer").values_list("next_value", flat=True).first()
        or FIRST_NUMBER
    )
    customers = generate(count, seed, start - FIRST_NUMBER)
    action = Action.objects.create(actor_label=DEMO.label, kind="customer.demo")
    made = 0
    while batch := list(islice(customers, pace.size)):
        plan = Plan()
        for item in batch:
            row = PreparedRow(0, [], number=item.number, values=item.values, addresses=item.addresses)
            if item.contact:
                row.parts["contact"] = item.contact
            plan.create.append(row)
        with pace, transaction.atomic():
            importer.store(plan, action)
            _notes(batch, action)
            made += len(batch)
            NumberSeries.objects.update_or_create(kind="customer", defaults={"next_value": start + made})
    return made


def _notes(batch: list[DemoCustomer], action: Action) -> None:
    texts = {item.number: item.notes for item in batch if item.notes}
    keys = dict(Customer.objects.filter(number__in=list(texts)).values_list("number", "pk"))
    with acting(DEMO, action.kind, action=action):
        write(
            [
                Note(customer_id=keys[number], text=text, important=important, author_label=DEMO.label)
                for number, notes in texts.items()
                for text, important in notes
            ],
            new=True,
        )

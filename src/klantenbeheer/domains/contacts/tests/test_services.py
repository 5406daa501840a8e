"""Deleting branches and people, and taking that back."""

from __future__ import annotations

import pytest

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_create
from klantenbeheer.domains.contacts import services
from klantenbeheer.domains.contacts.models import Branch, Contact
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_record
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import Refused
from tests.cast import undo_last

SYSTEM = SystemActor("test")

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> tuple[Customer, Branch, list[Contact]]:
    """A customer with a branch in which two people work."""
    customer = customer_create(actor=SYSTEM, values={"name": "Bakker Bart"})
    branch = services.branch_create(actor=SYSTEM, customer=customer, values={"name": "Zuid"})
    people = [
        services.contact_create(actor=SYSTEM, customer=customer, values={"last_name": name, "branch": branch})
        for name in ("Ader", "Beks")
    ]
    return customer, branch, people


def test_a_branch_comes_back_with_its_people(place: tuple[Customer, Branch, list[Contact]]) -> None:
    _customer, branch, (first, second) = place
    services.branch_delete(actor=SYSTEM, record=branch)
    undo_last("branch.delete")
    assert set(Contact.objects.filter(branch=branch)) == {first, second}


def test_a_branch_whose_people_went_elsewhere_comes_back_alone(
    place: tuple[Customer, Branch, list[Contact]],
) -> None:
    customer, branch, (first, second) = place
    other = services.branch_create(actor=SYSTEM, customer=customer, values={"name": "Noord"})
    services.branch_delete(actor=SYSTEM, record=branch)
    assert not Contact.objects.filter(branch__isnull=False).exists()
    moved = Contact.objects.get(pk=second.pk)
    services.contact_update(
        actor=SYSTEM, record=moved, version=moved.version, values={"last_name": "Beks", "branch": other}
    )
    with pytest.raises(Refused, match="Beks"):
        undo_last("branch.delete")
    deletion = Action.objects.get(kind="branch.delete")
    undo_record(SYSTEM, deletion, "branch", branch.pk)
    undo_record(SYSTEM, deletion, "contact", first.pk)
    assert Contact.objects.get(pk=first.pk).branch_id == branch.pk
    assert Contact.objects.get(pk=second.pk).branch_id == other.pk


def test_deleting_a_branch_is_one_action(place: tuple[Customer, Branch, list[Contact]]) -> None:
    _customer, branch, (first, _second) = place
    services.branch_delete(actor=SYSTEM, record=branch)
    assert Branch.history.latest("history_id").action_id == first.history.latest("history_id").action_id


@pytest.mark.django_db(transaction=True)
def test_a_person_comes_back_after_the_branch_that_is_gone(
    place: tuple[Customer, Branch, list[Contact]],
) -> None:
    _customer, branch, (first, _second) = place
    services.contact_delete(actor=SYSTEM, record=first)
    services.branch_delete(actor=SYSTEM, record=branch)
    with pytest.raises(Refused, match=branch.name):
        undo_last("contact.delete")
    undo_last("branch.delete")
    undo_last("contact.delete")
    assert Contact.objects.get(pk=first.pk).branch_id == branch.pk

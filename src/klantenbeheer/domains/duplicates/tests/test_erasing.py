"""Who was merged into another goes with him when he is erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.duplicates.merging import customers_merge
from klantenbeheer.domains.duplicates.models import Pair
from klantenbeheer.domains.duplicates.services import score_pairs
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.privacy.models import Hold
from klantenbeheer.domains.privacy.services import archive_start, erasing_start, hold_create
from klantenbeheer.domains.privacy.tests.traces import MAIL, NAME, OLD, erase, scan
from klantenbeheer.domains.territories.models import TerritoryOffer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.kernel.errors import KlantenbeheerError, Refused
from tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.FILES = tmp_path


def merged(make_customer: Callable[..., Customer], user: User) -> tuple[Customer, Any]:
    """Give who stayed, and a person who came to him with the other."""
    stays = make_customer("Blijver B.V.", number="K1", status="prospect")
    goes = make_customer(f"{OLD} Advies", number="K2", status="prospect", email="info@quastenbrock.example")
    person = contact_create(
        actor=SYSTEM, customer=goes, values={"first_name": "Xaveria", "last_name": NAME, "email": MAIL}
    )
    note_create(actor=SYSTEM, customer=goes, values={"text": f"{NAME} belt terug"})
    customers_merge(actor=user, keys=[stays.pk, goes.pk], survivor=stays.pk)
    person.refresh_from_db()
    return Customer.objects.get(pk=stays.pk), person


def test_a_person_who_came_with_another_customer(
    make_customer: Callable[..., Customer], people: dict[str, User]
) -> None:
    user = people["beheer"]
    customer, person = merged(make_customer, user)
    erase(user, customer, person)
    left = {place: texts for place, texts in scan().items() if OLD.casefold() not in str(texts).casefold()}
    assert left == {}


def test_a_customer_with_whom_was_merged_into_him(
    make_customer: Callable[..., Customer], people: dict[str, User]
) -> None:
    user = people["beheer"]
    customer, _person = merged(make_customer, user)
    merge = Action.objects.filter(kind__contains="merge").latest("pk")
    erase(user, customer, None)
    assert scan() == {}
    with pytest.raises(KlantenbeheerError):
        undo_action(user, merge)
    assert scan() == {}


def test_who_was_erased_looks_like_nobody(
    make_customer: Callable[..., Customer], people: dict[str, User]
) -> None:
    """Also while the books keep his name: the pair goes, is not found again, and no territory is offered."""
    user = people["beheer"]
    gone = make_customer("Bakkerij Zonneschijn B.V.", number="K1")
    twin = make_customer("Bakkerij Zonneschijn B.V.", number="K2")
    assert score_pairs([(gone.pk, twin.pk)]) == 1
    first, second = (Territory(code=code, name=code) for code in "AB")
    with acting(SYSTEM, "territory.create"):
        write([first], new=True)
        write([second], new=True)
    TerritoryOffer.objects.create(customer=gone, territory=first, instead_of=second)
    erase(user, gone, None)
    assert Customer.objects.get(pk=gone.pk).name == twin.name
    assert not Pair.objects.exists()
    assert score_pairs([(gone.pk, twin.pk)]) == 0
    assert not TerritoryOffer.objects.exists()


def test_who_was_erased_merges_with_nobody_and_a_legal_hold_moves_along(
    make_customer: Callable[..., Customer], people: dict[str, User]
) -> None:
    user = people["beheer"]
    gone = make_customer("Gewist B.V.", number="K3", status="prospect")
    held = make_customer("Vast B.V.", number="K4", status="prospect")
    stays = make_customer("Blijver B.V.", number="K1", status="prospect")
    erase(user, gone, None)
    with pytest.raises(Refused, match="gewist"):
        customers_merge(actor=user, keys=[stays.pk, gone.pk], survivor=stays.pk)
    hold_create(actor=user, customer=held, values={"reason": "Rechtszaak"})
    archive = archive_start(actor=user, customer=held)
    customers_merge(actor=user, keys=[stays.pk, held.pk], survivor=stays.pk)
    with pytest.raises(Refused, match="Rechtszaak"):
        erasing_start(actor=user, customer=stays, person=None, reason="x")
    archive.refresh_from_db()
    assert archive.customer_id == stays.pk
    undo_action(user, Action.objects.filter(kind__contains="merge").latest("pk"))
    archive.refresh_from_db()
    assert archive.customer_id == held.pk
    assert Hold.objects.get().customer_id == held.pk

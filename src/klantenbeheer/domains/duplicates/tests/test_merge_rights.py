"""Who reaches only some customers learns of no duplicate outside them, and a merge is no way around a right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.domains.characteristics import defining
from klantenbeheer.domains.characteristics.models import Characteristic
from klantenbeheer.domains.characteristics.services import characteristics_of, characteristics_update
from klantenbeheer.domains.territories.models import TerritoryStaff
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.kernel.actors import Level, Reach, SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound

from .. import selectors
from ..merging import customers_merge
from ..models import Decision, Merge, Pair
from ..services import decide, decision_revoke, find_start, score_pairs
from ..undoing import merge_undo

SYSTEM = SystemActor("test")
ALL_RIGHTS = {right.key: Level.EDIT for right in RIGHTS}


class Give(Protocol):
    def __call__(self, username: str, levels: dict[str, Level], reach: Reach = Reach.ALL) -> Any: ...


@dataclass
class World:
    """Two alike within reach of the seller, and two just as alike outside it."""

    seller: User
    near: Customer
    near2: Customer
    far: Customer
    far2: Customer
    mine: Territory
    other: Territory

    def everything(self) -> tuple[Any, ...]:
        """What a refusal leaves as it is."""
        models: tuple[Any, ...] = (Customer, Decision, Pair, Merge, FormerNumber, Action)
        return tuple(list(model.objects.order_by("pk").values()) for model in models)


@pytest.fixture
def world(people: dict[str, User], make_customer: Callable[..., Customer], give: Give) -> World:
    today = timezone.localdate()
    with acting(SYSTEM, "territory.create"):
        mine, other = Territory(code="MIJN", name="Mijn"), Territory(code="ANDER", name="Ander")
        write([mine, other], new=True)
        User.objects.filter(pk=people["verkoop"].pk).update(is_salesperson=True)
        since = today - timedelta(days=9)
        write([TerritoryStaff(territory=mine, salesperson=people["verkoop"], since=since)], new=True)
    give("verkoop", ALL_RIGHTS, Reach.TERRITORIES)
    mail: dict[str, Any] = {"email": "info@zon.example"}
    made = World(
        User.objects.get(pk=people["verkoop"].pk),
        make_customer("Zonnebloem Tuinen", number="NEAR", territory=mine, **mail),
        make_customer("Zonnebloem Tuin", number="NEAR2", territory=mine, **mail),
        make_customer("Zonnebloem Tuinen B.V.", number="FAR", territory=other, **mail),
        make_customer("Zonnebloem Tuiners", number="FAR2", territory=other, **mail),
        mine, other,
    )  # fmt: skip
    keys = sorted(one.pk for one in (made.near, made.near2, made.far, made.far2))
    with acting(SYSTEM, "test"):
        score_pairs((low, high) for low in keys for high in keys if low < high)
    assert Pair.objects.count() == 6
    return made


def plain(page: str) -> str:
    """Leave out what differs from one answer to the next by itself: the token of the form, the address."""
    return re.sub(r'"[A-Za-z0-9]{64}"|/\d+/(revoke|undo)/', "", page)


def test_no_pair_outside_reach_shows_nor_counts(world: World, as_user: Callable[[str], Client]) -> None:
    decide(actor=SYSTEM, one=world.near.pk, other=world.far.pk, verdict="different")
    decide(actor=SYSTEM, one=world.far.pk, other=world.far2.pk, verdict="same")
    assert selectors.counts(world.seller) == {"open": 1, "same": 0, "different": 0}
    listing = selectors.open_pairs(world.seller)
    assert [(row.low["number"], row.high["number"], row.more) for row in listing.rows] == [
        ("NEAR", "NEAR2", 0)
    ]
    assert selectors.decided(world.seller).rows == []
    client = as_user("verkoop")
    for show in ("open", "same", "different", "merges"):
        assert "FAR" not in client.get(f"/duplicates/?show={show}").text


def test_guessing_identifiers_tells_nothing_and_changes_nothing(
    world: World, as_user: Callable[[str], Client]
) -> None:
    client = as_user("verkoop")
    decision = decide(actor=SYSTEM, one=world.near.pk, other=world.far.pk, verdict="different")
    done = customers_merge(actor=SYSTEM, keys=[world.far.pk, world.far2.pk], survivor=world.far.pk)
    before = world.everything()
    pairs = [
        (f"/duplicates/decisions/{decision.pk}/revoke/", "/duplicates/decisions/99999/revoke/"),
        (f"/duplicates/merges/{done.pk}/undo/", "/duplicates/merges/99999/undo/"),
    ]
    for known, unknown in pairs:
        answers = [client.post(url) for url in (known, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert plain(answers[0].text) == plain(answers[1].text)
    assert client.get(f"/duplicates/merges/{done.pk}/").status_code == 404
    for number in ("FAR", "FAR2", "NONE"):
        answer = client.post("/duplicates/decide/", {"customer": ["NEAR", number], "verdict": "different"})
        assert answer.status_code == 404
        answer = client.post("/duplicates/merge/", {"customer": ["NEAR", number], "confirmed": "1"})
        assert answer.status_code == 422
        assert "Zonnebloem Tuinen B.V." not in answer.text
        assert (
            "Zonnebloem Tuiners" not in client.get(f"/duplicates/merge/?customer=NEAR&customer={number}").text
        )
    assert world.everything() == before


def test_services_refuse_what_is_outside_reach(world: World) -> None:
    before = world.everything()
    with pytest.raises(NotFound):
        decide(actor=world.seller, one=world.near.pk, other=world.far.pk, verdict="same")
    for survivor in (world.near, world.far):
        with pytest.raises(NotFound):
            customers_merge(actor=world.seller, keys=[world.near.pk, world.far.pk], survivor=survivor.pk)
    with pytest.raises(NotFound):
        decision_revoke(actor=world.seller, decision_id=1)
    assert world.everything() == before


def test_a_merge_further_outside_reach_is_not_told_of(world: World) -> None:
    first = customers_merge(actor=SYSTEM, keys=[world.near.pk, world.near2.pk], survivor=world.near.pk)
    customers_merge(actor=SYSTEM, keys=[world.near.pk, world.far.pk], survivor=world.far.pk)
    with pytest.raises(NotFound) as refused:
        merge_undo(actor=world.seller, merge_id=first.pk)
    with pytest.raises(NotFound) as absent:
        merge_undo(actor=world.seller, merge_id=99999)
    assert str(refused.value) == str(absent.value)
    with pytest.raises(NotFound):
        customers_merge(actor=world.seller, keys=[world.near.pk, world.near2.pk], survivor=world.near.pk)


def test_an_undone_merge_shows_to_who_reaches_everybody_in_it(
    world: World, as_user: Callable[[str], Client]
) -> None:
    done = customers_merge(actor=SYSTEM, keys=[world.near.pk, world.far.pk], survivor=world.near.pk)
    client = as_user("verkoop")
    # As long as he is merged, what was his is the survivor's.
    assert "FAR" in client.get("/duplicates/?show=merges").text
    with pytest.raises(NotFound):  # and going back he would come to lie out of sight
        merge_undo(actor=world.seller, merge_id=done.pk)
    assert Customer.objects.filter(pk=world.far.pk).count() == 0
    merge_undo(actor=SYSTEM, merge_id=done.pk)
    assert "FAR" not in client.get("/duplicates/?show=merges").text
    assert client.get(f"/duplicates/merges/{done.pk}/").status_code == 404
    assert "FAR" in as_user("beheer").get(f"/duplicates/merges/{done.pk}/").text


def test_the_search_through_the_whole_file_is_for_who_reaches_it(
    world: World, as_user: Callable[[str], Client], people: dict[str, User]
) -> None:
    with pytest.raises(NotAllowed):
        find_start(actor=world.seller)
    client = as_user("verkoop")
    assert client.post("/duplicates/find/").status_code == 403
    assert "/duplicates/find/" not in client.get("/duplicates/").text
    job = find_start(actor=people["beheer"])
    Job.objects.filter(pk=job.pk).update(total=987_654)
    assert "987" not in client.get("/duplicates/").text
    assert "987" in as_user("beheer").get("/duplicates/").text


def test_a_merge_sets_no_credit_limit_group_or_block_without_the_right(
    world: World, people: dict[str, User], give: Give
) -> None:
    give(
        "lezer",
        {
            key: level
            for key, level in ALL_RIGHTS.items()
            if key not in ("customers.credit", "customers.blocks")
        },
    )
    limited = User.objects.get(pk=people["lezer"].pk)
    with acting(SYSTEM, "test"):
        record = Customer.objects.get(pk=world.near2.pk)
        record.credit_limit, record.status = 500, "blocked"
        record.version += 1
        write([record], new=False)
    keys, chosen = (
        [world.near.pk, world.near2.pk],
        {"credit_limit": str(world.near2.pk), "status": str(world.near2.pk)},
    )
    with pytest.raises(InvalidInput):
        customers_merge(actor=limited, keys=keys, survivor=world.near.pk, chosen=chosen)
    assert Customer.objects.count() == 4
    # Without a word about the block his own stands; the limit is not his to choose.
    done = customers_merge(
        actor=limited, keys=keys, survivor=world.near.pk, chosen={"credit_limit": str(world.near2.pk)}
    )
    kept = Customer.objects.get(pk=world.near.pk)
    assert (kept.credit_limit, kept.status) == (world.near.credit_limit, world.near.status)
    merge_undo(actor=limited, merge_id=done.pk)
    again = customers_merge(actor=SYSTEM, keys=keys, survivor=world.near.pk, chosen=chosen)
    assert Customer.objects.get(pk=world.near.pk).status == "blocked"
    with pytest.raises(NotAllowed):
        merge_undo(actor=limited, merge_id=again.pk)
    merge_undo(actor=SYSTEM, merge_id=again.pk)


def test_values_of_a_tab_are_chosen_by_who_may_change_and_told_to_who_may_see(
    world: World, people: dict[str, User], give: Give, as_user: Callable[[str], Client]
) -> None:
    defining.definition_create(actor=SYSTEM, values={"name_nl": "Ketel", "kind": "text"})
    key = f"c{Characteristic.objects.get().pk}"
    for customer, text in ((world.near, "Nefit-A"), (world.near2, "Remeha-B")):
        version = characteristics_of(customer).version
        characteristics_update(actor=SYSTEM, customer=customer, version=version, values={key: text})
    key = next(iter(characteristics_of(world.near).values))
    url = "/duplicates/merge/?customer=NEAR&customer=NEAR2"
    for level, seen, radio in (("NONE", False, False), ("VIEW", True, False), ("EDIT", True, True)):
        give("lezer", ALL_RIGHTS | {"tab.characteristics": Level[level]})
        text = as_user("lezer").get(url).text
        assert ("Remeha-B" in text) is seen
        assert (f'name="choose.characteristic.{key}"' in text) is radio
    give("lezer", ALL_RIGHTS | {"tab.characteristics": Level.VIEW})
    chosen = {f"characteristic.{key}": str(world.near2.pk)}
    done = customers_merge(
        actor=User.objects.get(pk=people["lezer"].pk), keys=[world.near.pk, world.near2.pk], survivor=world.near.pk,
        chosen=chosen,
    )  # fmt: skip
    assert characteristics_of(world.near).values[key] == "Nefit-A"
    give("lezer", ALL_RIGHTS | {"tab.characteristics": Level.NONE})
    assert "Remeha-B" not in as_user("lezer").get(f"/duplicates/merges/{done.pk}/").text
    assert "Remeha-B" in as_user("beheer").get(f"/duplicates/merges/{done.pk}/").text

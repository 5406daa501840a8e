"""Territories: the tree, what a postcode range takes in, who belongs where and why, and moving many with undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.services import address_save, customer_update
from klantenbeheer.domains.territories import jobs, moving, selectors, services
from klantenbeheer.domains.territories.models import TerritoryOffer, TerritoryRule
from klantenbeheer.domains.territories.moving import Move
from klantenbeheer.domains.territories.report import report
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.jobs import running
from klantenbeheer.kernel.errors import InvalidInput, Refused, StaleVersion

from .conftest import SYSTEM


def region(code: str, *rules: tuple[str, str, str], parent: Territory | None = None) -> Territory:
    made = services.territory_create(
        actor=SYSTEM, values={"code": code, "name": f"Rayon {code}", "parent": parent}
    )
    for country, low, high in rules:
        values = {"country": country, "low_text": low, "high_text": high}
        services.rule_create(actor=SYSTEM, territory_id=made.pk, values=values)
    return made


@pytest.fixture
def at(make_customer: Callable[..., Customer]) -> Callable[..., Customer]:
    """Make a customer at a postcode."""

    def make(number: str, postcode: str, country: str = "NL", **values: Any) -> Customer:
        visiting = {"city": "Stad", "postcode": postcode, "country": country}
        return make_customer(f"Klant {number}", number=number, addresses={"visiting": visiting}, **values)

    return make


def territory_of(number: str) -> str:
    territory = Customer.objects.select_related("territory").get(number=number).territory
    return territory.code if territory else ""


# -- the tree and bad input ---------------------------------------------------------------------------------------


def test_a_territory_never_lies_within_itself(db: None) -> None:
    north = region("N")
    middle = region("N1", parent=north)
    small = region("N11", parent=middle)
    for parent in (north, middle, small):
        with translation.override("nl"), pytest.raises(InvalidInput) as caught:
            services.territory_update(
                actor=SYSTEM, territory_id=north.pk, version=north.version,
                values={"code": "N", "name": "Noord", "parent": parent},
            )  # fmt: skip
        assert list(caught.value.problems) == ["parent"]
        assert parent.code in caught.value.problems["parent"][0]
    assert Territory.objects.get(pk=north.pk).parent is None
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(Territory).filter(pk=north.pk).update(parent_id=north.pk)


def test_a_code_is_given_once(db: None) -> None:
    region("N")
    with pytest.raises(InvalidInput) as caught:
        region("n")
    assert list(caught.value.problems) == ["code"]


@pytest.mark.parametrize(
    ("country", "low", "high", "field"),
    [
        ("NL", "2000", "1999", "high_text"),
        ("NL", "12345", "", "low_text"),
        ("NL", "AB", "", "low_text"),
        ("DE", "80331", "8O339", "high_text"),
        ("GB", "1", "", "low_text"),
        ("ZZ", "", "", "country"),
        ("", "", "", "country"),
    ],
)
def test_a_range_that_cannot_be_is_told_at_its_field(
    db: None, country: str, low: str, high: str, field: str
) -> None:
    made = region("X")
    values = {"country": country, "low_text": low, "high_text": high}
    with pytest.raises(InvalidInput) as caught:
        services.rule_create(actor=SYSTEM, territory_id=made.pk, values=values)
    assert list(caught.value.problems) == [field]
    assert not TerritoryRule.objects.exists()


def test_the_database_refuses_a_range_upside_down(db: None) -> None:
    made = region("X")
    rules: Any = QuerySet(TerritoryRule)
    with pytest.raises(IntegrityError), transaction.atomic():
        rules.bulk_create([TerritoryRule(territory=made, country="NL", low=2, high=1)])


def test_what_was_typed_is_still_there(as_user: Callable[[str], Client]) -> None:
    made = region("X")
    form = {"country": "NL", "low_text": "2000", "high_text": "1000"}
    with translation.override("nl"):
        response = as_user("beheer").post(f"/territories/{made.pk}/rules/new/", form)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="2000"' in text
    assert 'value="1000"' in text
    assert "ondersteboven" in text


def test_a_territory_with_customers_or_regions_does_not_vanish(at: Callable[..., Customer]) -> None:
    north = region("N")
    small = region("N1", parent=north)
    at("K1", "1234 AB", territory=small.code)
    for one in (north, small):
        with pytest.raises(Refused):
            services.territory_delete(actor=SYSTEM, territory_id=one.pk)
    assert Territory.objects.count() == 2


def test_a_deleted_territory_comes_back_with_all_that_went(db: None, people: dict[str, Any]) -> None:
    made = region("N", ("NL", "1000", "1999"), ("BE", "", ""))
    services.staff_create(
        actor=SYSTEM,
        territory_id=made.pk,
        values={"salesperson": people["verkoop"], "since": date(2026, 1, 1)},
    )
    services.territory_delete(actor=SYSTEM, territory_id=made.pk)
    assert not TerritoryRule.objects.exists()
    back = services.territory_restore(actor=SYSTEM, territory_id=made.pk)
    assert {str(rule.country) for rule in back.rules.all()} == {"NL", "BE"}
    assert back.staff.get().salesperson == people["verkoop"]
    with pytest.raises(Refused):
        services.territory_restore(actor=SYSTEM, territory_id=made.pk)


# -- who sells there ----------------------------------------------------------------------------------------------


def test_nobody_stands_in_for_himself_and_times_do_not_overlap(db: None, people: dict[str, Any]) -> None:
    made = region("N")
    seller, other = people["verkoop"], people["beheer"]

    def add(**values: Any) -> None:
        services.staff_create(actor=SYSTEM, territory_id=made.pk, values=values)

    for values, field in (
        ({"salesperson": seller, "deputy": seller, "since": date(2026, 1, 1)}, "deputy"),
        ({"salesperson": seller, "since": date(2026, 2, 1), "until": date(2026, 1, 31)}, "until"),
        ({"since": date(2026, 2, 1)}, "salesperson"),
    ):
        with pytest.raises(InvalidInput) as caught:
            add(**values)
        assert list(caught.value.problems) == [field]
    add(salesperson=seller, since=date(2026, 1, 1), until=date(2026, 6, 30))
    with pytest.raises(InvalidInput):
        add(salesperson=other, since=date(2026, 6, 30))
    add(salesperson=other, since=date(2026, 7, 1))
    assert selectors.salesperson_of(made.pk, date(2026, 6, 30)) == seller
    assert selectors.salesperson_of(made.pk, date(2026, 7, 1)) == other
    assert selectors.salesperson_of(made.pk, date(2025, 12, 31)) is None
    # A region without its own has the one of the region around it.
    assert selectors.salesperson_of(region("N1", parent=made).pk, date(2026, 7, 1)) == other


# -- deciding -----------------------------------------------------------------------------------------------------


def test_the_deepest_region_and_then_the_narrowest_rule_decides(at: Callable[..., Customer]) -> None:
    country = region("NL", ("NL", "", ""))
    middle = region("MID", ("NL", "3000", "3999"), parent=country)
    region("UTR", ("NL", "35", ""), parent=middle)
    region("ELDERS", ("NL", "3500", "3511"))
    for postcode, code in (("1011 AB", "NL"), ("3012 AB", "MID"), ("3521 AB", "UTR"), ("3511 ZZ", "UTR")):
        customer = at(f"K{postcode[:4]}", postcode)
        offered = selectors.offer_for(customer)
        assert offered is not None
        assert offered.territory.code == code
    with translation.override("nl"):
        reasons = " ".join(
            selectors.decision_for("NL", Customer.objects.get(number="K3511").postcode_key).reasons
        )
    for code in ("UTR", "MID", "NL", "ELDERS"):
        assert code in reasons


def test_without_a_readable_postcode_only_a_whole_country_fits(at: Callable[..., Customer]) -> None:
    region("DE-Z", ("DE", "8", "9"))
    customer = at("K1", "", "DE")
    assert selectors.offer_for(customer) is None
    region("DE", ("DE", "", ""))
    offered = selectors.offer_for(customer)
    assert offered is not None
    assert offered.territory.code == "DE"


# -- on the card --------------------------------------------------------------------------------------------------


def test_a_new_customer_is_offered_his_territory_and_one_click_takes_it(
    at: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    made = region("MID", ("NL", "35", ""))
    services.staff_create(
        actor=SYSTEM,
        territory_id=made.pk,
        values={"salesperson": people["verkoop"], "since": date(2020, 1, 1)},
    )
    customer = at("K1", "3511 AB")
    client = as_user("verkoop")
    assert "/territories/offers/K1/take/" in client.get("/customers/K1/notes/").content.decode()
    assert "/offers/" not in as_user("lezer").get("/customers/K1/notes/").content.decode()
    stale = client.post("/territories/offers/K1/take/", {"version": customer.version + 1})
    assert stale.status_code == 422
    assert territory_of("K1") == ""
    client.post("/territories/offers/K1/take/", {"version": customer.version})
    assert territory_of("K1") == "MID"
    assert Customer.objects.get(number="K1").salesperson == people["verkoop"]
    assert "/offers/" not in client.get("/customers/K1/notes/").content.decode()


def test_who_moves_is_offered_another_territory_and_may_leave_it(
    at: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    region("MID", ("NL", "35", ""))
    region("ZUID", ("NL", "5", "6"))
    customer = at("K1", "3511 AB", territory="MID")
    moved = {"visiting": {"city": "Breda", "postcode": "4811 AB", "country": "NL"}}
    customer = address_save(actor=SYSTEM, customer_id=customer.pk, version=customer.version, addresses=moved)
    assert not TerritoryOffer.objects.exists()  # no rule there
    moved = {"visiting": {"city": "Eindhoven", "postcode": "5611 AB", "country": "NL"}}
    address_save(actor=SYSTEM, customer_id=customer.pk, version=customer.version, addresses=moved)
    client = as_user("verkoop")
    assert "ZUID" in client.get("/customers/K1/notes/").content.decode()
    client.post("/territories/offers/K1/leave/")
    assert territory_of("K1") == "MID"
    assert "/offers/" not in client.get("/customers/K1/notes/").content.decode()


def test_an_offer_is_out_of_date_when_somebody_chose_meanwhile(at: Callable[..., Customer]) -> None:
    region("MID", ("NL", "35", ""))
    region("ZUID", ("NL", "5", ""))
    region("OOST")
    customer = at("K1", "3511 AB", territory="MID")
    moved = {"visiting": {"city": "Eindhoven", "postcode": "5611 AB", "country": "NL"}}
    customer = address_save(actor=SYSTEM, customer_id=customer.pk, version=customer.version, addresses=moved)
    assert selectors.offer_for(Customer.objects.get(pk=customer.pk)) is not None
    customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, values={"territory": "OOST"}
    )
    assert selectors.offer_for(Customer.objects.get(pk=customer.pk)) is None


# -- moving many --------------------------------------------------------------------------------------------------


def test_the_preview_changes_nothing_and_the_move_does_what_it_said(at: Callable[..., Customer]) -> None:
    region("MID", ("NL", "35", ""))
    region("ZUID", ("NL", "5", "6"))
    for number, postcode in (("K1", "3511 AB"), ("K2", "5611 AB"), ("K3", "6211 AB"), ("K4", "9711 AB")):
        at(number, postcode)
    at("K5", "3512 AB", territory="ZUID")
    actions = Action.objects.count()
    found = moving.preview(SYSTEM, Move())
    assert found.total == 3
    assert [(one.code, count) for one, count in found.by_territory] == [("MID", 1), ("ZUID", 2)]
    assert [customer.number for customer, _target in found.sample] == ["K1", "K2", "K3"]
    assert Action.objects.count() == actions
    _action, moved = moving.assign(actor=SYSTEM, move=Move())
    assert moved == 3
    assert [territory_of(f"K{n}") for n in range(1, 6)] == ["MID", "ZUID", "ZUID", "", "ZUID"]
    _action, moved = moving.assign(actor=SYSTEM, move=Move(everybody=True))
    assert moved == 1
    assert territory_of("K5") == "MID"


def test_undo_brings_back_who_was_not_moved_again(
    at: Callable[..., Customer], people: dict[str, Any]
) -> None:
    a, b, c = region("A"), region("B"), region("C")
    services.staff_create(
        actor=SYSTEM, territory_id=b.pk, values={"salesperson": people["verkoop"], "since": date(2020, 1, 1)}
    )
    for number in ("K1", "K2"):
        at(number, "3511 AB", territory="A")
    at("K3", "1011 AB", territory="A")
    move = Move(source=a.pk, target=b.pk, country="NL", low="35", people=True)
    action, moved = moving.assign(actor=SYSTEM, move=move)
    assert moved == 2
    assert territory_of("K3") == "A"
    assert Customer.objects.get(number="K1").salesperson == people["verkoop"]
    k2 = Customer.objects.get(number="K2")
    customer_update(actor=SYSTEM, customer_id=k2.pk, version=k2.version, values={"territory": c})
    assert moving.assign_undo(actor=SYSTEM, action_id=action.pk) == (1, 1)
    assert [territory_of(f"K{n}") for n in (1, 2, 3)] == ["A", "C", "A"]
    assert Customer.objects.get(number="K1").salesperson is None
    with pytest.raises(Refused):
        moving.assign_undo(actor=SYSTEM, action_id=action.pk)


def test_many_are_moved_by_a_job_that_goes_on_after_a_stop(
    at: Callable[..., Customer], as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    monkeypatch.setattr(moving, "BATCH", 2)
    monkeypatch.setattr(jobs, "BATCH", 2)
    region("MID", ("NL", "", ""))
    for index in range(5):
        at(f"K{index}", "3511 AB")
    client = as_user("beheer")
    form = {"everybody": "", "confirmed": "1"}
    assert client.post("/territories/assign/", form)["Location"].startswith("/jobs/")
    first = running.claim("w")
    assert first is not None
    stopping = running.Run(first)
    step = stopping.step

    def stop_at_the_second(done: int | None = None, total: int | None = None) -> None:
        if done == 4:
            raise running.Stopped
        step(done, total)

    monkeypatch.setattr(stopping, "step", stop_at_the_second)
    with pytest.raises(running.Stopped):
        jobs.assign(stopping)
    assert Customer.objects.filter(territory__isnull=False).count() == 2
    first.refresh_from_db()
    running.perform(first)
    assert Customer.objects.filter(territory__code="MID").count() == 5
    action = Action.objects.get(kind=moving.ASSIGN)
    assert client.post(f"/territories/moves/{action.pk}/undo/")["Location"].startswith("/jobs/")
    second = running.claim("w")
    assert second is not None
    running.perform(second)
    assert not Customer.objects.filter(territory__isnull=False).exists()


def test_a_move_to_itself_or_to_a_wrong_range_is_told_at_the_field(db: None) -> None:
    a, b = region("A"), region("B")
    for move, field in (
        (Move(source=a.pk, target=a.pk), "target"),
        (Move(source=a.pk, target=b.pk, low="1000"), "country"),
        (Move(source=a.pk, target=b.pk, country="NL", low="2000", high="1000"), "high"),
    ):
        with pytest.raises(InvalidInput) as caught:
            moving.preview(SYSTEM, move)
        assert list(caught.value.problems) == [field]


# -- report and figures -------------------------------------------------------------------------------------------


def test_the_report_names_overlaps_gaps_and_who_is_in_them(at: Callable[..., Customer]) -> None:
    north = region("N", ("NL", "7000", "9999"))
    region("N1", ("NL", "9700", "9799"), parent=north)  # within: no overlap
    region("W", ("NL", "1000", "2999"))
    region("M", ("NL", "2900", "3999"))
    at("K1", "2950 AB")
    at("K2", "5000 AB")
    at("K3", "9711 AB")
    at("K4", "1000", "BE")
    at("K5", "")
    found = report(SYSTEM)
    assert [(o.country, o.low, o.high, o.customers) for o in found.overlaps] == [("NL", "2900", "2999", 1)]
    assert {one.code for one in found.overlaps[0].territories} == {"W", "M"}
    assert [(g.low, g.high, g.customers) for g in found.gaps] == [("4000", "6999", 1)]
    assert found.countries == [("BE", 1)]
    assert found.unread == [("NL", 1)]


def test_figures_count_what_lies_within(at: Callable[..., Customer]) -> None:
    north = region("N")
    small = region("N1", parent=north)
    at("K1", "1234 AB", territory="N", credit_limit="1000,50")
    at("K2", "1234 AB", territory="N1", credit_limit="2000")
    at("K3", "1234 AB", territory="N1", status="prospect")
    figures = selectors.figures(SYSTEM, selectors.tree())
    assert (figures[north.pk].customers, figures[north.pk].prospects) == (2, 1)
    assert str(figures[north.pk].credit) == "3000.50"
    assert figures[small.pk].customers == 1


def test_pages_cost_the_same_with_few_and_many(
    at: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    client = as_user("lezer")

    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(path).status_code == 200
        return len(context)

    first = region("R0", ("NL", "1000", "1010"))
    at("K0", "1000 AB", territory="R0")
    paths = ("/territories/", f"/territories/{first.pk}/", "/territories/report/")
    few = [count(path) for path in paths]
    for index in range(1, 12):
        region(f"R{index}", ("NL", str(1000 + 20 * index), str(1010 + 20 * index)), parent=first)
        at(f"K{index}", "1000 AB", territory=f"R{index}")
    assert [count(path) for path in paths] == few


def test_a_stale_save_writes_nothing(db: None) -> None:
    made = region("N")
    services.territory_update(
        actor=SYSTEM, territory_id=made.pk, version=1, values={"code": "N", "name": "Een"}
    )
    with pytest.raises(StaleVersion):
        services.territory_update(
            actor=SYSTEM, territory_id=made.pk, version=1, values={"code": "N", "name": "Twee"}
        )
    assert Territory.objects.get(pk=made.pk).name == "Een"

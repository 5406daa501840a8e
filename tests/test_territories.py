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

from klantenbeheer.customers import list_query, listing
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.services import address_save, customer_update
from klantenbeheer.domains.territories import selectors, services
from klantenbeheer.domains.territories.models import TerritoryOffer, TerritoryRule, TerritoryStaff
from klantenbeheer.kernel.errors import InvalidInput, Refused, StaleVersion

from .conftest import SYSTEM, undo_last


def region(code: str, *rules: tuple[str, str, str], parent: Territory | None = None) -> Territory:
    made = services.territory_create(
        actor=SYSTEM, values={"code": code, "name": f"Rayon {code}", "parent": parent}
    )
    for country, low, high in rules:
        values = {"country": country, "low_text": low, "high_text": high}
        services.rule_create(actor=SYSTEM, territory_id=made.pk, values=values)
    return made


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
    undo_last("territory.delete")
    back = Territory.objects.get(pk=made.pk)
    assert {str(rule.country) for rule in back.rules.all()} == {"NL", "BE"}
    assert back.staff.get().salesperson == people["verkoop"]
    with pytest.raises(Refused):
        undo_last("territory.delete")


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
    customer = at("K1", "", "DE", status="prospect")
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


# -- who sells ----------------------------------------------------------------------------------------------------


def sells(territory: Territory, person: Any, since: date = date(2020, 1, 1), **values: Any) -> TerritoryStaff:
    given = {"salesperson": person, "since": since, **values}
    return services.staff_create(actor=SYSTEM, territory_id=territory.pk, values=given)


def test_a_region_without_salesperson_shows_that_of_the_region_around_it(
    as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    around = region("NL")
    sells(around, people["verkoop"])
    within = region("NL-N", parent=around)
    client = as_user("lezer")
    assert "Verkoop (NL)" in client.get("/territories/").content.decode()
    assert "Verkoop verkoopt hier, net als in NL" in client.get(f"/territories/{within.pk}/").content.decode()


def test_the_deputy_gets_the_customers_of_who_left_and_his_time_can_be_ended(
    at: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    made = region("MID", ("NL", "35", ""))
    staff = sells(made, people["verkoop"], deputy=people["beheer"])
    people["verkoop"].is_active = False
    people["verkoop"].save()
    assert selectors.salesperson_of(made.pk) == people["beheer"]
    customer = at("K1", "3511 AB")
    services.offer_take(actor=SYSTEM, customer=customer, version=customer.version)
    assert Customer.objects.get(number="K1").salesperson == people["beheer"]
    client = as_user("beheer")
    assert "Beheer vervangt" in client.get(f"/territories/{made.pk}/").content.decode()
    form = client.get(f"/territories/staff/{staff.pk}/").content.decode()
    assert f'<option value="{people["verkoop"].pk}" selected>' in form
    sent = {
        "version": "1", "salesperson": people["verkoop"].pk, "deputy": people["beheer"].pk, "since": "2020-01-01",
        "until": "2020-12-31",
    }  # fmt: skip
    assert client.post(f"/territories/staff/{staff.pk}/", sent).status_code == 302
    assert selectors.salesperson_of(made.pk) is None


def test_the_card_says_who_sells_there_and_who_stands_in(
    at: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    made = region("MID")
    at("K1", "3511 AB", territory="MID")
    client = as_user("lezer")

    def card() -> tuple[str, int]:
        client.get("/customers/K1/notes/")
        with CaptureQueriesContext(connection) as context:
            text = client.get("/customers/K1/notes/").content.decode()
        return text, len(context)

    before, cost = card()
    assert "in dit rayon" not in before
    sells(made, people["verkoop"], deputy=people["beheer"])
    text, after = card()
    assert "in dit rayon: Verkoop, vervanger: Beheer" in text
    assert after == cost
    customer = Customer.objects.get(number="K1")
    values = {"salesperson": people["verkoop"]}
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=customer.version, values=values)
    text, _cost = card()
    assert "in dit rayon" not in text
    assert "vervanger: Beheer" in text


def test_saving_the_card_keeps_a_salesperson_who_left(
    at: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    customer = at("K1", "3511 AB", salesperson="beheer")  # not called a salesperson
    client = as_user("verkoop")
    for active in (True, False):
        people["beheer"].is_active = active
        people["beheer"].save()
        assert '<option value="beheer" selected>' in client.get("/customers/K1/edit").content.decode()
        assert (
            '<option value="beheer" selected>'
            in client.get("/customers/K1/field/salesperson").content.decode()
        )
    assert customer.salesperson == people["beheer"]


def test_the_list_of_a_region_has_what_lies_within(
    at: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    around = region("NL")
    region("NL-N", parent=around)
    region("DE")
    at("K1", "9711 AB", territory="NL-N")
    at("K2", "1011 AB", territory="NL")
    at("K3", "10115", "DE", territory="DE", status="prospect")
    at("K4", "1011 AB")
    for asked, expected in (({"territory": "NL"}, ["K1", "K2"]), ({"territory": "NL-N"}, ["K1"])):
        for sort in ("name", "city"):
            rows = listing.page(SYSTEM, list_query.ListQuery.parse({**asked, "sort": sort})).rows
            assert [row["number"] for row in rows] == expected
            query = list_query.ListQuery.parse({**asked, "sort": sort})
            walked = listing.filtered(SYSTEM, query, in_order=list_query.SORTS[sort][0])
            assert sorted(walked.values_list("number", flat=True)) == expected
    assert listing.page(SYSTEM, list_query.ListQuery.parse({"territory": "onzin"})).rows == []
    page = as_user("lezer").get(f"/territories/{around.pk}/").content.decode()
    assert "/customers/?territory=NL" in page

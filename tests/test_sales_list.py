"""The list by salesperson, and customers that have none or no territory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from klantenbeheer.customers import listing
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.errors import InvalidInput

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]


def names(actor: Any, **asked: str) -> list[str]:
    return [row["name"] for row in listing.page(actor, listing.ListQuery.parse(asked)).rows]


@pytest.fixture
def north(make_customer: Make, people: Any) -> Territory:
    people["verkoop"].is_salesperson = True
    people["verkoop"].save()
    with acting(SYSTEM, "territory.create"):
        region = Territory.objects.create(code="N", name="Noord")
    make_customer("Allebei", salesperson="verkoop", territory="N")
    make_customer("Geen verkoper", territory="N")
    make_customer("Geen rayon", salesperson="verkoop")
    make_customer("Niets")
    return region


@pytest.mark.parametrize("sort", ["name", "city"])
def test_the_list_by_who_sells_and_by_what_is_missing(
    north: Territory, people: Any, sort: str, monkeypatch: Any
) -> None:
    actor = people["lezer"]
    assert names(actor, salesperson="verkoop") == ["Allebei", "Geen rayon"]
    assert names(actor, salesperson="niemand") == []
    for most in (1_000, 0):  # few enough to sort, and walking along the order
        monkeypatch.setattr(listing, "COUNT_MOST", most)
        assert sorted(names(actor, salesperson="Verkoop", sort=sort)) == ["Allebei", "Geen rayon"]
        assert sorted(names(actor, without="territory", sort=sort)) == ["Geen rayon", "Niets"]
        assert sorted(names(actor, without="salesperson", sort=sort)) == ["Geen verkoper", "Niets"]
        assert names(actor, without="territory", q="geen") == ["Geen rayon"]
        assert names(actor, without="territory", salesperson="verkoop", sort=sort) == ["Geen rayon"]


def test_an_unknown_choice_is_refused(people: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        listing.ListQuery.parse({"without": "name"})
    assert list(caught.value.problems) == ["without"]


def test_the_page_offers_them_and_shows_the_column(north: Territory, as_user: Any) -> None:
    page = as_user("lezer").get("/customers/?without=territory").text
    assert '<option value="territory" selected>Zonder rayon</option>' in page
    assert '<option value="verkoop">' in page
    assert ">Verkoper</th>" in page
    assert "Allebei" not in page


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"salesperson": "verkoop"}, "customers_by_salesperson"),
        ({"without": "territory"}, "customers_without_territory"),
        ({"without": "salesperson"}, "customers_without_seller"),
    ],
)
def test_an_index_answers_in_the_order_of_names(
    north: Territory, people: Any, asked: dict[str, str], index: str
) -> None:
    rows = listing.filtered(people["lezer"], listing.ListQuery.parse(asked)).order_by("name_norm", "id")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = rows.values("id")[:50].explain()
    # SQLite walks along the nulls of the whole index in order too; PostgreSQL needs the one that has only those.
    whole = {
        "customers_without_territory": "customers_by_territory",
        "customers_without_seller": "customers_by_salesperson",
    }
    assert index in plan or (connection.vendor == "sqlite" and whole[index] in plan)
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan

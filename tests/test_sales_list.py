"""The list by salesperson, and customers that have none or no territory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from klantenbeheer.customers import list_kind, listing
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.errors import InvalidInput

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]


def names(actor: Any, where: str, **asked: str) -> list[str]:
    query = list_kind.query_of(actor, {"where": where, **asked})
    return [row["name"] for row in listing.page(actor, query).rows]


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
    assert names(actor, "salesperson is verkoop") == ["Allebei", "Geen rayon"]
    for most in (1_000, 0):  # few enough to sort, and walking along the order
        monkeypatch.setattr(listing, "COUNT_MOST", most)
        monkeypatch.setattr(listing, "SORT_MOST", most)
        assert sorted(names(actor, "salesperson is verkoop", sort=sort)) == ["Allebei", "Geen rayon"]
        assert sorted(names(actor, "territory empty", sort=sort)) == ["Geen rayon", "Niets"]
        assert sorted(names(actor, "salesperson empty", sort=sort)) == ["Geen verkoper", "Niets"]
        assert names(actor, "territory empty", q="geen") == ["Geen rayon"]
        assert names(actor, "territory empty and salesperson is verkoop", sort=sort) == ["Geen rayon"]


def test_an_unknown_choice_is_refused(people: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        names(people["lezer"], "salesperson is niemand")
    assert list(caught.value.problems) == ["where"]


def test_the_page_says_so_and_shows_the_column(north: Territory, as_user: Any) -> None:
    page = as_user("lezer").get("/customers/?where=territory+empty").text
    assert "Rayon is leeg" in page
    assert ">Verkoper</th>" in page
    assert "Allebei" not in page


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("salesperson is verkoop", "customers_by_salesperson"),
        ("territory empty", "customers_without_territory"),
        ("salesperson empty", "customers_without_seller"),
    ],
)
def test_an_index_answers_in_the_order_of_names(
    north: Territory, people: Any, asked: str, index: str
) -> None:
    rows = listing.filtered(people["lezer"], list_kind.query_of(people["lezer"], {"where": asked})).order_by(
        "name_norm", "id"
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Of four customers every index costs the same; the one of all names is no answer here.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP INDEX customers_by_name")
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

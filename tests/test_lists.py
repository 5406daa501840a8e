"""The list of customers as its users arrange it: columns, conditions, views, groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klantenbeheer.customers import list_groups, list_kind, listing
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.list_query import GROUPS, SORTS, ListQuery
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.services import marks_set
from klantenbeheer.domains.characteristics.defining import definition_create
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove
from klantenbeheer.foundation.lists import services
from klantenbeheer.foundation.lists.models import ListSettings, SavedView
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed

from .cast import Give
from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]


@pytest.fixture
def five(make_customer: Make, people: dict[str, User]) -> dict[str, Customer]:
    """Five customers that differ in what one filters by."""
    with acting(SYSTEM, "test"):
        region = Territory(code="N", name="Noord")
        region.save()
        Territory(code="N1", name="Drenthe", parent=region).save()
    people["verkoop"].is_salesperson = True
    people["verkoop"].save()
    where = {"visiting": {"city": "Assen", "postcode": "9401 AB", "country": "NL"}}
    return {
        "a": make_customer("Aannemer Alfa", number="A1", status="active", email="info@alfa.example"),
        "b": make_customer("Bakker Beta", number="B1", status="prospect", territory="N", language="en"),
        "c": make_customer("Cafe Gamma", number="C1", status="prospect", territory="N1", addresses=where),
        "d": make_customer("Drukkerij Delta", number="D1", status="archived", salesperson="verkoop"),
        "e": make_customer(
            "Elektro Alfa", number="E1", status="active", credit_limit="1000", phone="030 2345678"
        ),
    }


def numbers(actor: Any, where: str, **further: str) -> list[str]:
    query = list_kind.query_of(actor, {"where": where, **further})
    return [row["number"] for row in listing.page(actor, query).rows]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("status is active", "A1 E1"),
        ("status isnt active", "B1 C1 D1"),
        ("name contains alfa", "A1 E1"),
        ("name starts bak", "B1"),
        ('name is "cafe gamma"', "C1"),
        ("number starts a", "A1"),
        ("email empty", "B1 C1 D1 E1"),
        ("email filled", "A1"),
        ("email is INFO@alfa.example", "A1"),
        ("city is assen", "C1"),
        ("postcode starts 94", "C1"),
        ("territory is N", "B1 C1"),
        ("territory just N", "B1"),
        ("territory isnt N", "A1 D1 E1"),
        ("territory empty", "A1 D1 E1"),
        ("salesperson is verkoop", "D1"),
        ("salesperson isnt verkoop", "A1 B1 C1 E1"),
        ("credit_limit least 500", "E1"),
        ("credit_limit empty", "A1 B1 C1 D1"),
        ("phone contains 2345678", "E1"),
        ("marked yes", "B1"),
        ("marked no", "A1 C1 D1 E1"),
        ("changed last 30", "A1 B1 C1 D1 E1"),
        ("changed older 30", ""),
        ("created this year", "A1 B1 C1 D1 E1"),
        ("language is en or status is archived", "B1 D1"),
        ("status is prospect and (language is en or city is assen)", "B1 C1"),
        ("status is active and (marked yes or credit_limit filled)", "E1"),
    ],
)
def test_conditions_leave_who_fits(
    five: dict[str, Customer], people: dict[str, User], where: str, found: str
) -> None:
    actor = people["beheer"]
    marks_set(actor=actor, customer_ids=[five["b"].pk], marked=True)
    assert numbers(actor, where) == found.split()
    # The same in the other order, past the indexes, as a long list is read.
    query = list_kind.query_of(actor, {"where": where})
    along = listing.filtered(actor, query, in_order="modified_at").order_by("name_norm")
    assert list(along.values_list("number", flat=True)) == found.split()


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
@pytest.mark.parametrize(
    ("where", "count"), [("", 5), ("status isnt blocked", 5), ("status is active or status is prospect", 4)]
)
def test_pages_in_every_order_show_everybody_once(
    five: dict[str, Customer], people: dict[str, User], sort: str, where: str, count: int
) -> None:
    actor, seen, after = people["beheer"], [], ""
    while True:
        query = list_kind.query_of(actor, {"where": where, "sort": sort, "after": after})
        page = listing.page(actor, query, size=2)
        seen += [row["number"] for row in page.rows]
        after = page.after
        if not after:
            break
    whole = listing.page(actor, list_kind.query_of(actor, {"where": where, "sort": sort}))
    assert seen == [row["number"] for row in whole.rows]
    assert len(set(seen)) == count
    walked = [row["number"] for rows in listing.walk(actor, whole.query, [], size=2) for row in rows]
    assert walked == seen


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            ["where", "by", "sort", "view", "after", "before", "status", "q", "group", "territory"]
        ),
        st.text(max_size=60)
        | st.sampled_from(["name is a", "credit_limit least x", "changed last 99999999", "x is y"]),
        max_size=4,
    )
)
def test_an_address_that_was_tampered_with_is_an_answer_never_a_failure(
    as_reader: Client, parameters: dict[str, str]
) -> None:
    for path, sent in (
        ("/customers/", parameters),
        ("/lists/customers/filter", {**parameters, "back": urlencode(parameters)}),
    ):
        assert as_reader.get(path, sent).status_code in (200, 302, 400, 403, 422)


@pytest.fixture
def as_reader(as_user: Sign) -> Client:
    return as_user("lezer")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nothing is x", "nothing"),
        ("status contains x", "Status"),
        ("status is purple", "purple"),
        ("credit_limit least veel", "veel"),
        ("changed last 0", "“0”"),
        ("changed on 31-2-2026", "31-2-2026"),
        ("id is 1", "id"),
        ("modified_by__password is x", "modified_by__password"),
    ],
)
def test_a_condition_that_cannot_be_is_told(
    as_user: Sign, make_customer: Make, where: str, words: str
) -> None:
    make_customer("Geheim B.V.", number="K1")
    response = as_user("lezer").get("/customers/", {"where": where})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Geheim" not in response.content.decode()


def test_a_refused_address_offers_the_list_without_filters(
    as_user: Sign, make_customer: Make, people: dict[str, User]
) -> None:
    make_customer("Geheim B.V.", number="K1")
    boss = as_user("beheer")
    offer = "Deze pagina zonder filters openen"
    refused = boss.get("/customers/?where=id+is+1").content.decode()
    clean = re.search(rf'href="([^"]*)">{offer}', refused)
    # With an order in it, for the bare address opens the user's own view.
    assert clean is not None
    assert clean[1] == "/customers/?sort=name"
    assert "Geheim" in boss.get(clean[1]).content.decode()
    for page in ("/customers/K1/history/?kind=x", "/duplicates/?show=x"):
        answer = boss.get(page)
        assert answer.status_code == 422
        assert f'href="{page.partition("?")[0]}">{offer}' in answer.content.decode()
        assert boss.get(page.partition("?")[0]).status_code == 200
    # What is no list has no such page, and a link there would bring something else: a file of everybody.
    assert offer not in boss.get("/customers/export.csv?where=id+is+1").content.decode()
    assert offer not in boss.get("/customers/?where=id+is+1", headers={"HX-Request": "true"}).content.decode()


def test_characteristics_are_guarded_by_their_right(
    five: dict[str, Customer], give: Give, people: dict[str, User]
) -> None:
    values = {"name_nl": "Merk", "kind": "text", "in_list": False}
    one = definition_create(actor=SYSTEM, values=values)
    give("verkoop", {"customers": Level.VIEW})
    actor = User.objects.get(pk=people["verkoop"].pk)
    with pytest.raises(NotAllowed):
        numbers(actor, f"c{one.pk} filled")
    assert f"c{one.pk}" not in {column.key for column in list_kind.CUSTOMER_LIST.columns(actor)}
    assert f"c{one.pk}" in {column.key for column in list_kind.CUSTOMER_LIST.columns(people["beheer"])}
    assert numbers(people["beheer"], f"c{one.pk} empty") == ["A1", "B1", "C1", "D1", "E1"]
    client = Client()
    client.force_login(actor, backend="klantenbeheer.foundation.access.backend.AccountBackend")
    assert client.get("/customers/", {"where": f"c{one.pk} filled"}).status_code == 403
    assert f'value="c{one.pk}"' not in client.get("/lists/customers/filter").content.decode()


def test_columns_are_a_users_own(five: dict[str, Customer], as_user: Sign, people: dict[str, User]) -> None:
    boss, other = as_user("beheer"), as_user("lezer")
    data = {
        "order": ["name", "territory", "number"],
        "shown": ["territory", "number"],
        "width.territory": "220",
        "back": "sort=-name",
    }
    response = boss.post("/lists/customers/columns", data)
    assert (response.status_code, response["Location"]) == (302, "/customers/?sort=-name")
    page = boss.get("/customers/").content.decode()
    assert "N Noord" in page
    assert 'width="220"' in page
    assert "info@alfa.example" not in page.split("row-actions")[0]
    assert (
        page.index('data-column="name"')
        < page.index('data-column="territory"')
        < page.index('data-column="number"')
    )
    assert "N Noord" not in other.get("/customers/").content.decode().split("<tbody")[1]
    boss.post("/lists/customers/width", {"column": "number", "width": "9999"})
    assert ListSettings.objects.get(user=people["beheer"]).columns == [
        ["name", 0],
        ["territory", 220],
        ["number", 640],
    ]
    assert boss.post("/lists/customers/width", {"column": "nothing", "width": "90"}).status_code == 404
    assert boss.post("/lists/customers/columns", {"order": ["x"], "shown": ["x"]}).status_code == 422
    moved = boss.post("/lists/customers/columns", {**data, "move": "number:up"}).content.decode()
    assert moved.index('name="order" value="number"') < moved.index('name="order" value="territory"')
    boss.post("/lists/customers/columns", {**data, "reset": "1"})
    assert "N Noord" not in boss.get("/customers/").content.decode().split("<tbody")[1]


def test_a_view_keeps_all_of_it_and_is_shared_by_the_manager(
    five: dict[str, Customer], as_user: Sign, people: dict[str, User]
) -> None:
    kind, boss = list_kind.CUSTOMER_LIST, people["beheer"]
    role = Role.objects.get(key="reader")
    view = services.view_create(
        actor=boss, kind=kind, name="Kansen", parameters={"where": "status is prospect", "sort": "-city"},
        columns=[["name", 0], ["city", 90]], roles=[role.pk],
    )  # fmt: skip
    reader = as_user("lezer")
    response = reader.get("/customers/", {"view": view.pk})
    assert response["Location"] == f"/customers/?sort=-city&where=status+is+prospect&view={view.pk}"
    page = reader.get(response["Location"]).content.decode()
    assert page.count("data-look=") == 2
    assert 'data-column="phone"' not in page
    assert as_user("verkoop").get(f"/lists/customers/views/{view.pk}/").status_code == 404
    assert reader.post(f"/lists/customers/views/{view.pk}/delete").status_code == 403
    with pytest.raises(NotAllowed):
        services.view_create(actor=people["lezer"], kind=kind, name="X", parameters={}, roles=[role.pk])
    # Opened by itself, and left again.
    reader.post(f"/lists/customers/views/{view.pk}/", {"default": "on"})
    assert reader.get("/customers/")["Location"] == response["Location"]
    assert reader.get("/customers/?sort=name").status_code == 200
    # Whoever has it not sees what the address says, and is told.
    stranger = as_user("verkoop").get(response["Location"]).content.decode()
    assert stranger.count("data-look=") == 2
    assert "niet" in stranger
    SavedView.objects.all().delete()
    assert reader.get("/customers/").status_code == 200


def test_a_view_on_a_field_that_is_gone_says_so_and_works_without(
    five: dict[str, Customer], as_user: Sign, people: dict[str, User]
) -> None:
    values = {"active": True, "label_nl": "Kleur", "choices": "", "in_list": False}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    view = services.view_create(
        actor=people["beheer"], kind=list_kind.CUSTOMER_LIST, name="Rood", columns=[["name", 0], ["extra_text_1", 0]],
        parameters={"where": "status is active and extra_text_1 is rood"},
    )  # fmt: skip
    field = extra_field_save(actor=SYSTEM, slot="extra_text_1", version=1, values=values | {"active": False})
    assert not field.active
    boss = as_user("beheer")
    address = boss.get("/customers/", {"view": view.pk})["Location"]
    assert "extra_text_1" not in address
    page = boss.get(address).content.decode()
    assert "extra_text_1" in page
    assert "Rood" in page
    assert page.count("data-look=") == 2
    assert boss.get("/customers/", {"where": "extra_text_1 is rood"}).status_code == 422


def test_a_view_on_a_choice_or_a_filter_that_is_gone_says_so_and_works_without(
    five: dict[str, Customer], as_user: Sign, people: dict[str, User]
) -> None:
    values = {"active": True, "label_nl": "Kleur", "choices": "", "in_list": False}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    with acting(SYSTEM, "test"):
        spare = Territory(code="WEG", name="Weg")
        spare.save()
    view = services.view_create(
        actor=people["beheer"], kind=list_kind.CUSTOMER_LIST, name="Oud", default=True,
        parameters={"where": "status is active or territory is WEG", "extra_text_1": "rood", "sort": "-number"},
    )  # fmt: skip
    with acting(SYSTEM, "test"):
        remove([spare])
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=1, values=values | {"active": False})
    boss = as_user("beheer")
    address = boss.get("/customers/")["Location"]
    assert address == f"/customers/?sort=-number&where=status+is+active&view={view.pk}"
    page = boss.get(address).content.decode()
    assert "Rayon is WEG" in page
    assert "extra_text_1" in page
    assert page.count("data-look=") == 2


def test_a_shared_view_leaves_out_what_ones_role_may_not_see(
    five: dict[str, Customer], give: Give, people: dict[str, User]
) -> None:
    one = definition_create(actor=SYSTEM, values={"name_nl": "Merk", "kind": "text", "in_list": False})
    role = give("verkoop", {"customers": Level.VIEW})
    view = services.view_create(
        actor=people["beheer"], kind=list_kind.CUSTOMER_LIST, name="Merken", roles=[role.pk],
        parameters={"where": f"status is active and c{one.pk} empty"},
    )  # fmt: skip
    client = Client()
    client.force_login(people["verkoop"], backend="klantenbeheer.foundation.access.backend.AccountBackend")
    address = client.get("/customers/", {"view": view.pk})["Location"]
    assert f"c{one.pk}" not in address
    page = client.get(address).content.decode()
    assert page.count("data-look=") == 2
    assert "Merk " not in page


@pytest.mark.parametrize("by", GROUPS)
def test_groups_count_everybody_and_lead_to_them(
    five: dict[str, Customer], people: dict[str, User], by: str
) -> None:
    actor = people["beheer"]
    query = ListQuery.parse({"by": by, "where": "name filled" if False else "status isnt blocked"})
    groups = list_groups.grouped(actor, query)
    assert sum(group.count for group in groups) == 5
    for group in groups:
        where = str(query.where.plus(group.condition))
        assert len(numbers(actor, where)) == group.count


def test_the_quick_look(five: dict[str, Customer], as_user: Sign) -> None:
    page = as_user("lezer").get("/customers/A1/look").content.decode()
    assert "Aannemer Alfa" in page
    assert "info@alfa.example" in page
    assert as_user("niemand").get("/customers/A1/look").status_code == 403


# -- files ------------------------------------------------------------------------------------------------------------


def test_views_refuse_what_cannot_be(five: dict[str, Customer], people: dict[str, User]) -> None:
    kind, boss = list_kind.CUSTOMER_LIST, people["beheer"]
    for name, parameters in (
        ("", {}),
        ("x" * 61, {}),
        ("Goed", {"where": "nothing is x"}),
        ("Goed", {"by": "name"}),
    ):
        with pytest.raises(InvalidInput):
            services.view_create(actor=boss, kind=kind, name=name, parameters=parameters)
    services.view_create(actor=boss, kind=kind, name="Goed", parameters={})
    with pytest.raises(InvalidInput):
        services.view_create(actor=boss, kind=kind, name="Goed", parameters={})
    with pytest.raises(NotAllowed):
        services.view_create(actor=people["niemand"], kind=kind, name="Goed", parameters={})

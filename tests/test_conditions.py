"""Condition groups: one for every customer, moving all of them at once, and what bad input gets to hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from klantenbeheer.customers.list_query import ListQuery
from klantenbeheer.customers.listing import page
from klantenbeheer.customers.models import GENERAL_GROUP, ConditionGroup, Customer
from klantenbeheer.customers.services import customer_create, customer_update
from klantenbeheer.domains.conditions import services
from klantenbeheer.domains.conditions.selectors import conditions_of
from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.foundation.jobs import running
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused, StaleVersion

from .conftest import SYSTEM, undo_last


def make_group(name: str = "Installateurs A", **values: Any) -> ConditionGroup:
    return services.group_create(actor=SYSTEM, values={"name": name, **values})


def members(group_id: int) -> list[str]:
    rows = Customer.objects.filter(condition_group_id=group_id).order_by("number")
    return list(rows.values_list("number", flat=True))


def test_a_new_customer_is_in_the_general_group(make_customer: Callable[..., Customer]) -> None:
    assert make_customer().condition_group.name == "Algemeen"


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"name": "algemeen"}, "name", "algemeen"),
        ({"name": " "}, "name", "naam"),
        ({"name": "A", "discount": Decimal("100.0001")}, "discount", "100.0001"),
        ({"name": "A", "surcharge": Decimal("-1")}, "surcharge", "-1"),
        ({"name": "A", "valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}, "valid_until", "31-01-2026"),
        ({"name": "x" * 61}, "name", "61"),
    ],
)  # fmt: skip
def test_bad_values_are_told_at_their_field(db: None, values: dict[str, Any], field: str, told: str) -> None:
    with translation.override("nl"), pytest.raises(InvalidInput) as caught:
        services.group_create(actor=SYSTEM, values=values)
    assert list(caught.value.problems) == [field]
    assert told in caught.value.problems[field][0]
    assert ConditionGroup.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [{"discount": Decimal(101)}, {"surcharge": Decimal(-1)}, {"name": "ALGEMEEN"}, {"name": ""},
     {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}],
)  # fmt: skip
def test_the_database_refuses_it_too(db: None, values: dict[str, Any]) -> None:
    groups: Any = QuerySet(ConditionGroup)
    with pytest.raises(IntegrityError), transaction.atomic():
        groups.bulk_create([ConditionGroup(**{"name": "A", **values})])


def test_percentages_are_exact(db: None) -> None:
    group = make_group(discount=Decimal("12.3456"))
    assert ConditionGroup.objects.get(pk=group.pk).discount == Decimal("12.3456")


def test_outside_its_validity_a_group_gives_nothing_and_says_so(db: None) -> None:
    group = make_group(discount=Decimal(5), valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30))
    with translation.override("nl"):
        assert conditions_of(group, date(2026, 6, 30)).discount == 5
        for day in (date(2025, 12, 31), date(2026, 7, 1)):
            given = conditions_of(group, day)
            assert given.discount == 0
            assert "geldig" in given.reasons[0]


def test_the_general_group_stays(db: None) -> None:
    with pytest.raises(Refused):
        services.group_delete(actor=SYSTEM, group_id=GENERAL_GROUP)
    general = ConditionGroup.objects.get(pk=GENERAL_GROUP)
    with pytest.raises(InvalidInput):
        services.group_update(
            actor=SYSTEM, group_id=general.pk, version=general.version,
            values={"name": "Algemeen", "valid_until": date(2026, 1, 1)},
        )  # fmt: skip


def test_a_stale_save_writes_nothing(db: None) -> None:
    group = make_group()
    services.group_update(actor=SYSTEM, group_id=group.pk, version=1, values={"name": "B"})
    with pytest.raises(StaleVersion):
        services.group_update(actor=SYSTEM, group_id=group.pk, version=1, values={"name": "C"})
    assert ConditionGroup.objects.get(pk=group.pk).name == "B"


def test_deleting_moves_everybody_and_undo_brings_them_back(make_customer: Callable[..., Customer]) -> None:
    group, other = make_group(), make_group("Installateurs B")
    for number in ("K1", "K2", "K3"):
        make_customer(number=number, condition_group=group.name)
    make_customer(number="K4", condition_group=other.name)
    done = services.group_delete(actor=SYSTEM, group_id=group.pk)
    assert done.moved == 3
    assert members(GENERAL_GROUP) == ["K1", "K2", "K3"]
    assert members(other.pk) == ["K4"]
    # Somebody gives one of them another group meanwhile, and another one another telephone.
    k2, k3 = Customer.objects.get(number="K2"), Customer.objects.get(number="K3")
    customer_update(
        actor=SYSTEM, customer_id=k2.pk, version=k2.version, values={"condition_group": other.name}
    )
    customer_update(actor=SYSTEM, customer_id=k3.pk, version=k3.version, values={"phone": "030 2345678"})
    back = undo_last(services.DELETE)
    assert (back.restored, back.kept) == (2, 1)
    assert members(group.pk) == ["K1", "K3"]
    assert members(other.pk) == ["K2", "K4"]
    assert Customer.objects.get(number="K3").phone == "+31 30 234 5678"
    with pytest.raises(Refused):
        undo_last(services.DELETE)


def test_a_move_leaves_the_same_history_as_a_change(make_customer: Callable[..., Customer]) -> None:
    group = make_group()
    customer = make_customer(number="K1", condition_group=group.name)
    done = services.group_delete(actor=SYSTEM, group_id=group.pk)
    last = Customer.history.filter(id=customer.pk).order_by("-history_id").first()
    assert last.condition_group_id == GENERAL_GROUP
    assert last.version == Customer.objects.get(pk=customer.pk).version == customer.version + 1
    assert (last.history_type, last.action_id, last.history_date) == ("~", done.action.pk, done.action.at)
    assert (last.name, last.flags, last.credit_limit) == (customer.name, customer.flags, None)
    assert Touch.objects.get(action=done.action, subject_id=customer.pk).kinds == "customer"


def test_deleting_is_all_or_nothing(
    make_customer: Callable[..., Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    group = make_group()
    make_customer(number="K1", condition_group=group.name)
    actions = Action.objects.count()

    def fail(records: Any) -> None:
        raise RuntimeError("broken halfway")

    monkeypatch.setattr(services, "remove", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.group_delete(actor=SYSTEM, group_id=group.pk)
    assert members(group.pk) == ["K1"]
    assert Action.objects.count() == actions


def test_a_large_group_costs_statements_by_the_piece_not_by_the_customer(
    make_customer: Callable[..., Customer],
) -> None:
    group = make_group()
    for index in range(30):
        make_customer(number=f"K{index}", condition_group=group.name)
    with CaptureQueriesContext(connection) as context:
        services.group_delete(actor=SYSTEM, group_id=group.pk)
    assert len(context) < 25


def test_a_large_group_is_deleted_and_put_back_by_the_worker(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("klantenbeheer.domains.conditions.jobs.AT_ONCE", 0)
    group, client = make_group(), as_user("beheer")
    make_customer(number="K1", condition_group=group.name)
    response = client.post(f"/condition-groups/{group.pk}/delete/")
    assert response["Location"].startswith("/jobs/")
    for _attempt in range(2):  # the second finds it done
        job = running.claim("w")
        if job:
            running.perform(job)
    assert members(GENERAL_GROUP) == ["K1"]
    action = Action.objects.get(kind=services.DELETE)
    monkeypatch.setattr("klantenbeheer.domains.history.views.AT_ONCE", 0)
    assert client.post(f"/history/undo/{action.pk}/")["Location"].startswith("/jobs/")
    job = running.claim("w")
    assert job is not None
    running.perform(job)
    assert members(group.pk) == ["K1"]


def test_only_who_may_changes_a_customers_group(
    make_customer: Callable[..., Customer], people: dict[str, Any]
) -> None:
    make_group()
    customer = make_customer(number="K1")
    with pytest.raises(InvalidInput) as caught:
        customer_update(
            actor=people["verkoop"], customer_id=customer.pk, version=customer.version,
            values={"condition_group": "Installateurs A"},
        )  # fmt: skip
    assert list(caught.value.problems) == ["condition_group"]
    with pytest.raises(InvalidInput):
        customer_create(actor=people["verkoop"], values={"name": "N", "condition_group": "Installateurs A"})
    customer_create(actor=people["verkoop"], values={"name": "N", "condition_group": "Algemeen"})
    with pytest.raises(NotAllowed):
        services.group_create(actor=people["verkoop"], values={"name": "X"})


def test_the_status_bar_shows_the_group_and_lets_who_may_change_it(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    group = make_group(discount=Decimal("12.5"))
    make_customer(number="K1", condition_group=group.name)
    page_of = {
        name: as_user(name).get("/customers/K1/notes/").content.decode() for name in ("beheer", "lezer")
    }
    for text in page_of.values():
        assert f"/condition-groups/{group.pk}/" in text
        assert "12,5%" in text
    assert "/customers/K1/field/condition_group" in page_of["beheer"]
    assert "/customers/K1/field/condition_group" not in page_of["lezer"]


def test_the_list_filters_by_group(make_customer: Callable[..., Customer]) -> None:
    group = make_group()
    make_customer(number="K1", condition_group=group.name)
    make_customer(number="K2")
    found = page(SYSTEM, ListQuery.parse({"group": str(group.pk)}))
    assert [row["number"] for row in found.rows] == ["K1"]


def test_what_is_not_saved_is_still_there(as_user: Callable[[str], Client]) -> None:
    form = {"name": "Nieuw", "description": "Uitleg", "discount": "101", "surcharge": "twee"}
    response = as_user("beheer").post("/condition-groups/new/", form)
    text = response.content.decode()
    assert response.status_code == 422
    for typed in ('value="Nieuw"', 'value="Uitleg"', 'value="101"', 'value="twee"'):
        assert typed in text
    assert "“twee” is geen percentage" in text


def test_the_preview_says_how_many_and_which_and_changes_nothing(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    group = make_group()
    make_customer("Jansen", number="K1", condition_group=group.name)
    text = as_user("beheer").get(f"/condition-groups/{group.pk}/delete/").content.decode()
    assert "Jansen (K1)" in text
    assert members(group.pk) == ["K1"]

"""Changing many customers at once: looked at before, done in the background, one action, taken back whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from klantenbeheer.customers import listing
from klantenbeheer.customers.bulk_edit import jobs, plans, services
from klantenbeheer.customers.bulk_edit.models import BulkEdit
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.list_query import ListQuery
from klantenbeheer.customers.models import (
    ConditionGroup,
    Customer,
    CustomerMailingCode,
    CustomerMark,
    ExtraField,
    MailingCode,
    Territory,
)
from klantenbeheer.customers.services import customer_update
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused

from .cast import Give
from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]
# What a change of many may differ in once it is undone: that it was, and by whom.
ASIDE = {"version", "modified_at", "modified_by_id"}


@pytest.fixture
def four(make_customer: Make, people: dict[str, User]) -> list[Customer]:
    """Four customers, one of them from abroad without a VAT number, one archived."""
    with acting(SYSTEM, "test"):
        Territory(code="N", name="Noord").save()
        MailingCode(code="KERST", name="Kerstkaart").save()
        ConditionGroup(name="Groot").save()
    extra_field_save(
        actor=SYSTEM,
        slot="extra_text_1",
        version=0,
        values={"active": True, "label_nl": "Merk", "choices": "", "in_list": False},
    )
    abroad = {"visiting": {"city": "Gent", "postcode": "9000", "country": "BE"}}
    User.objects.filter(username="verkoop").update(is_salesperson=True)
    return [
        make_customer("Alfa", number="A1", status="active"),
        make_customer("Beta", number="B1", status="prospect"),
        make_customer("Gamma", number="C1", status="prospect", addresses=abroad),
        make_customer("Delta", number="D1", status="archived"),
    ]


def choose(actor: Any, where: str = "", numbers: tuple[str, ...] = ()) -> BulkEdit:
    return services.edit_create(
        actor=actor, parameters=None if numbers else {"where": where}, numbers=numbers
    )


def stored() -> list[dict[str, Any]]:
    rows = Customer.objects.order_by("pk").values()
    return [{key: value for key, value in row.items() if key not in ASIDE} for row in rows]


def statuses() -> dict[str, str]:
    return dict(Customer.objects.values_list("number", "status"))


def test_the_journey_of_a_change(four: list[Customer], as_user: Sign) -> None:
    boss, before = as_user("beheer"), stored()
    url = boss.post("/customers/bulk/new", {"all": "1", "back": "where=status+isnt+blocked"})["Location"]
    assert "Status is niet Geblokkeerd" in boss.get(url).text
    page = boss.get(url, {"field": "status", "value": "active", "preview": "1"}).text
    assert ">2 wijzigen<" in page
    assert ">1 zijn al zo<" in page
    assert ">1 geweigerd<" in page
    assert "btw-nummer" in page
    assert "Beta" in page
    assert "2 klanten wijzigen" in page
    assert stored() == before
    assert not Action.objects.filter(kind="customer.bulk").exists()
    answer = boss.post(f"{url}/start", {"field": "status", "value": "active"})
    assert answer.status_code == 302
    assert statuses() == {"A1": "active", "B1": "active", "C1": "prospect", "D1": "active"}
    action = Action.objects.get(kind="customer.bulk")
    assert Customer.history.filter(action=action).count() == 2
    assert "Ongedaan maken" in boss.get(url).text
    assert "Veel klanten gewijzigd (Status: Actief)" in boss.get("/customers/B1/history/").text
    assert boss.post(f"{url}/start", {"field": "status", "value": "prospect"}).status_code in (409, 422)
    assert boss.post(f"{url}/undo").status_code == 302
    assert stored() == before
    assert boss.post(f"{url}/undo").status_code in (409, 422)
    assert stored() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "archived"), ("language", "en"), ("territory", "N"), ("salesperson", "verkoop"),
        ("credit_limit", "2500"), ("extra_text_1", "Bosch"), ("codes_add", "KERST"), ("condition_group", "Groot"),
    ],
)  # fmt: skip
def test_each_field_goes_there_and_back(
    four: list[Customer], people: dict[str, User], field: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    actor, before = people["beheer"], stored()
    edit = choose(actor)
    plan = plans.plan_of(actor, field, value)
    seen = plans.preview(services.chosen(actor, edit), plan)
    edit = jobs.start(actor=actor, edit=edit, field=field, value=value)
    assert (edit.changed, edit.already, edit.refused) == (seen.changed, seen.already, dict(seen.refused))
    assert edit.changed
    assert Customer.objects.filter(plan.same).count() == edit.changed + edit.already
    assert Action.objects.filter(kind="customer.bulk").count() == 1
    if field == "extra_text_1":
        assert len(listing.page(actor, ListQuery(q="bosch")).rows) == 4
    jobs.undo(actor=actor, edit=edit)
    assert stored() == before
    assert not CustomerMailingCode.objects.exists()


def test_a_mailing_code_is_removed_and_comes_back(four: list[Customer], people: dict[str, User]) -> None:
    actor = people["beheer"]
    jobs.start(actor=actor, edit=choose(actor, numbers=("A1", "B1")), field="codes_add", value="KERST")
    edit = jobs.start(actor=actor, edit=choose(actor), field="codes_remove", value="KERST")
    assert (edit.changed, edit.already) == (2, 2)
    assert not CustomerMailingCode.objects.exists()
    jobs.undo(actor=actor, edit=edit)
    assert sorted(CustomerMailingCode.objects.values_list("customer__number", flat=True)) == ["A1", "B1"]


def test_a_long_one_is_work_that_goes_on_where_it_stopped(
    four: list[Customer], as_user: Sign, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    monkeypatch.setattr(jobs, "CHUNK", 1)
    before, boss = stored(), as_user("beheer")
    url = boss.post("/customers/bulk/new", {"all": "1", "back": ""})["Location"]
    boss.post(f"{url}/start", {"field": "language", "value": "de"})
    assert set(Customer.objects.values_list("language", flat=True)) == {"nl"}
    assert 'hx-trigger="every 1s"' in boss.get(url).text
    real, seen = services.change, []

    def dying(*args: Any) -> None:
        seen.append(args)
        if len(seen) == 3:
            raise SystemError("cut off")
        real(*args)

    monkeypatch.setattr(services, "change", dying)
    job = claim("first")
    assert job is not None
    perform(job)
    assert Customer.objects.filter(language="de").count() == 2
    Job.objects.filter(pk=job.pk).update(state=State.READY, lease_until=None, run_after=timezone.now())
    again = claim("second")
    assert again is not None
    perform(again)
    assert Job.objects.get(pk=job.pk).state == State.DONE
    edit = BulkEdit.objects.get()
    assert (edit.step, edit.changed) == (BulkEdit.Step.DONE, 4)
    assert Customer.history.filter(action=edit.action).count() == 4
    assert boss.post(f"{url}/undo")["Location"] == url
    undoing = claim("third")
    assert undoing is not None
    perform(undoing)
    assert stored() == before
    assert "Ongedaan gemaakt: 4." in boss.get(url).text


def test_only_who_was_there_and_who_is_reached_changes(
    four: list[Customer], make_customer: Make, people: dict[str, User], give: Give
) -> None:
    with acting(SYSTEM, "test"):
        mine = make_customer("Van mij", number="M1", salesperson="verkoop")
    rights = {"customers": Level.EDIT, "customers.bulk": Level.EDIT}
    give("verkoop", rights, Reach.OWN)
    actor = User.objects.get(username="verkoop")
    edit = choose(actor)
    make_customer("Later", number="L1", salesperson="verkoop")
    edit = jobs.start(actor=actor, edit=edit, field="language", value="fr")
    assert list(Customer.objects.filter(language="fr").values_list("number", flat=True)) == [mine.number]
    with pytest.raises(InvalidInput):
        choose(actor, numbers=("A1",))
    for other in ("beheer", "lezer"):
        with pytest.raises(NotFound):
            services.edit_of(people[other], edit.pk)


def test_a_right_that_is_gone_stops_it(four: list[Customer], people: dict[str, User], give: Give) -> None:
    rights = {"customers": Level.EDIT, "customers.bulk": Level.EDIT}
    give("verkoop", rights)
    edit = choose(User.objects.get(username="verkoop"))
    give("verkoop", {"customers": Level.EDIT})
    actor, before = User.objects.get(username="verkoop"), stored()
    with pytest.raises(NotAllowed):
        jobs.start(actor=actor, edit=edit, field="language", value="fr")
    assert stored() == before
    give("verkoop", rights)
    actor = User.objects.get(username="verkoop")
    assert {"credit_limit", "condition_group"} & {key for key, _label in plans.offered(actor)} == set()
    for field in ("credit_limit", "name", "number", "version", "pk", "salesperson_id"):
        with pytest.raises(InvalidInput):
            jobs.start(actor=actor, edit=edit, field=field, value="1")
    edit = jobs.start(actor=actor, edit=choose(actor), field="status", value="blocked")
    assert (edit.changed, sum(edit.refused.values())) == (0, 4)
    assert stored() == before
    with pytest.raises(Refused):
        jobs.undo(actor=actor, edit=edit)


def test_undoing_asks_no_more_for_many(make_customer: Make, people: dict[str, User]) -> None:
    for index in range(12):
        make_customer(f"Klant {index}", number=f"N{index:02}")
    actor, asked = people["beheer"], []
    for numbers in (("N00", "N01"), tuple(f"N{index:02}" for index in range(2, 12))):
        edit = jobs.start(actor=actor, edit=choose(actor, numbers=numbers), field="language", value="fr")
        with CaptureQueriesContext(connection) as context:
            jobs.undo(actor=actor, edit=edit)
        asked.append(len(context))
    assert set(Customer.objects.values_list("language", flat=True)) == {"nl"}
    assert asked[0] == asked[1]


def test_who_was_changed_since_stays_as_he_is(four: list[Customer], people: dict[str, User]) -> None:
    actor = people["beheer"]
    edit = jobs.start(actor=actor, edit=choose(actor), field="language", value="en")
    one = Customer.objects.get(number="A1")
    customer_update(actor=actor, customer_id=one.pk, version=one.version, values={"language": "de"})
    jobs.undo(actor=actor, edit=edit)
    assert dict(Customer.objects.values_list("number", "language")) == {
        "A1": "de", "B1": "nl", "C1": "nl", "D1": "nl",
    }  # fmt: skip


def test_all_that_fit_are_marked_and_the_mark_is_ones_own(four: list[Customer], as_user: Sign) -> None:
    reader = as_user("lezer")
    answer = reader.post("/customers/mark", {"all": "1", "marked": "1", "back": "where=status+is+prospect"})
    assert answer.status_code == 302
    marked = CustomerMark.objects.values_list("user__username", "customer__number")
    assert sorted(marked) == [("lezer", "B1"), ("lezer", "C1")]
    edit = BulkEdit.objects.get()
    assert as_user("beheer").post(f"/customers/bulk/{edit.pk}/undo").status_code == 404
    assert reader.post(f"/customers/bulk/{edit.pk}/undo").status_code == 302
    assert not CustomerMark.objects.exists()


@pytest.mark.parametrize(
    "back",
    ["where=x+is+y", "where=" + "+and+".join(["name+is+a"] * 10_000), "where=((((name+is+a))))", "status=\0"],
)
def test_a_selection_by_a_broken_filter_is_refused(four: list[Customer], as_user: Sign, back: str) -> None:
    answer = as_user("beheer").post("/customers/bulk/new", {"all": "1", "back": back})
    assert answer.status_code in (403, 422)
    assert not BulkEdit.objects.exists()


def test_a_filter_on_a_field_that_is_switched_off_meanwhile_changes_nobody(
    four: list[Customer], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    actor = people["beheer"]
    with acting(SYSTEM, "test"):
        customer_update(
            actor=SYSTEM, customer_id=four[0].pk, version=four[0].version, values={"extra_text_1": "Bosch"}
        )
    edit = services.edit_create(actor=actor, parameters={"extra_text_1": "Bosch"})
    jobs.start(actor=actor, edit=edit, field="language", value="de")
    definition = ExtraField.objects.get(slot="extra_text_1")
    extra_field_save(
        actor=SYSTEM, slot="extra_text_1", version=definition.version,
        values={"active": False, "label_nl": "Merk", "choices": "", "in_list": False},
    )  # fmt: skip
    job = claim("first")
    assert job is not None
    perform(job)
    assert Job.objects.get(pk=job.pk).state == State.FAILED
    assert not Customer.objects.filter(language="de").exists()

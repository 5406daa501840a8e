"""Changing many customers at once, at its edges: reasons, values that are emptied, stopping halfway, what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from klantenbeheer.customers.bulk_edit import jobs, plans, services
from klantenbeheer.customers.bulk_edit.models import BulkEdit
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.models import (
    Customer,
    CustomerMailingCode,
    CustomerMark,
    MailingCode,
    Territory,
)
from klantenbeheer.customers.selectors import search
from klantenbeheer.customers.services import customer_update
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.foundation.jobs.services import job_cancel, job_retry
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused

from .cast import Give
from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]


@pytest.fixture
def four(make_customer: Make, people: dict[str, User]) -> dict[str, Customer]:
    """Two prospects here, one in Belgium without a VAT number, and one who is active already."""
    abroad = {"visiting": {"city": "Gent", "postcode": "9000", "country": "BE"}}
    return {
        "a": make_customer("Alfa", number="A1", status="prospect"),
        "b": make_customer("Beta", number="B1", status="prospect"),
        "c": make_customer("Gamma", number="C1", status="prospect", addresses=abroad),
        "d": make_customer("Delta", number="D1", status="active"),
    }


def selection(actor: Any, **parameters: str) -> BulkEdit:
    return services.edit_create(actor=actor, parameters=parameters)


def change(actor: Any, field: str, value: str, **parameters: str) -> BulkEdit:
    return jobs.start(actor=actor, edit=selection(actor, **parameters), field=field, value=value)


def work() -> Job:
    job = claim("test")
    assert job is not None
    perform(job)
    return Job.objects.get(pk=job.pk)


def snapshot() -> list[Any]:
    """Everything that a change could touch, but for what counts and dates it."""
    rows: list[Any] = list(
        Customer.objects.order_by("pk").values_list(
            "pk",
            "status",
            "language",
            "territory",
            "salesperson",
            "credit_limit",
            "extra_text_1",
            "flags",
            "search_text",
        )
    )
    return [*rows, *CustomerMailingCode.objects.order_by("customer", "code").values_list("customer", "code")]


# -- the preview ------------------------------------------------------------------------------------------------------


def test_the_preview_says_how_many_which_and_who_is_refused_why(
    four: dict[str, Customer], people: dict[str, User]
) -> None:
    actor, before = people["beheer"], snapshot()
    plan = plans.plan_of(actor, "status", "active")
    seen = plans.preview(services.chosen(actor, selection(actor)), plan)
    assert (seen.total, seen.changed, seen.already) == (4, 2, 1)
    assert [(number, now) for number, _name, now in seen.examples] == [("A1", "Prospect"), ("B1", "Prospect")]
    ((reason, count),) = seen.refused.items()
    assert count == 1
    assert "btw" in reason.casefold()
    assert snapshot() == before


def test_what_the_preview_says_is_what_happens(four: dict[str, Customer], people: dict[str, User]) -> None:
    actor = people["beheer"]
    seen = plans.preview(services.chosen(actor, selection(actor)), plans.plan_of(actor, "status", "active"))
    edit = change(actor, "status", "active")
    assert (edit.changed, edit.already, edit.refused) == (seen.changed, seen.already, dict(seen.refused))
    statuses = dict(Customer.objects.values_list("number", "status"))
    assert statuses == {"A1": "active", "B1": "active", "C1": "prospect", "D1": "active"}


def test_the_page_shows_the_preview_and_writes_nothing(four: dict[str, Customer], as_user: Sign) -> None:
    boss, before = as_user("beheer"), snapshot()
    answer = boss.post("/customers/bulk/new", {"all": "1", "back": "where=status+is+prospect"})
    address = answer["Location"]
    page = boss.get(address).content.decode()
    assert "Status is Prospect" in page
    assert "<strong>3 klanten</strong>" in page
    shown = boss.get(address, {"field": "status", "value": "active", "preview": "1"}).content.decode()
    assert "Alfa" in shown
    assert "Gamma" not in shown.split("<tbody>")[1]
    assert snapshot() == before
    assert not Action.objects.filter(kind=services.ACTION).exists()


# -- the change and its history ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["N", ""])
def test_every_kind_of_value_comes_back(
    four: dict[str, Customer], people: dict[str, User], value: str
) -> None:
    actor = people["beheer"]
    people["verkoop"].is_salesperson = True
    people["verkoop"].save()
    with acting(SYSTEM, "test"):
        Territory(code="N", name="Noord").save()
        MailingCode(code="KERST", name="Kerst").save()
        MailingCode(code="BEURS", name="Beurs").save()
    values = {"active": True, "label_nl": "Kleur", "choices": "", "in_list": False}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    customer_update(
        actor=SYSTEM, customer_id=four["a"].pk, version=Customer.objects.get(pk=four["a"].pk).version,
        values={"territory": "N", "credit_limit": "50", "extra_text_1": "blauw", "salesperson": "verkoop",
                "mailing_codes": "KERST"},
    )  # fmt: skip
    asked = {
        "territory": value,
        "salesperson": "verkoop" if value else "",
        "credit_limit": "1.500,00" if value else "",
        "extra_text_1": "rood" if value else "",
        "language": "en",
        plans.ADD: "BEURS",
        plans.REMOVE: "KERST",
    }
    for field, text in asked.items():
        before = snapshot()
        edit = change(actor, field, text)
        assert edit.changed > 0, field
        assert snapshot() != before, field
        jobs.undo(actor=actor, edit=edit)
        assert snapshot() == before, field


def test_the_search_finds_them_by_what_they_got(four: dict[str, Customer], people: dict[str, User]) -> None:
    actor = people["beheer"]
    values = {"active": True, "label_nl": "Kleur", "choices": "", "in_list": False}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    edit = change(actor, "extra_text_1", "kastanjebruin", where="number is A1")
    assert [row["number"] for row in search(actor, "kastanjebruin").rows] == ["A1"]
    jobs.undo(actor=actor, edit=edit)
    assert search(actor, "kastanjebruin").rows == []


# -- as work in the background ----------------------------------------------------------------------------------------


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four customers be many, done one by one."""
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "FETCHED", 2)
    monkeypatch.setattr(jobs, "CHUNK", 1)


@pytest.mark.usefixtures("slowly")
def test_many_are_work_with_progress_and_so_is_taking_it_back(
    four: dict[str, Customer], people: dict[str, User], as_user: Sign
) -> None:
    actor, before = people["beheer"], snapshot()
    edit = change(actor, "language", "en")
    assert edit.job is not None
    assert (edit.job.total, edit.changed) == (4, 0)
    assert snapshot() == before
    page = as_user("beheer").get(f"/customers/bulk/{edit.pk}").content.decode()
    assert 'hx-trigger="every 1s"' in page
    with pytest.raises(Refused):
        jobs.undo(actor=actor, edit=edit)
    job = work()
    assert (job.state, job.done) == (State.DONE, 4)
    assert Action.objects.filter(kind=services.ACTION).count() == 1
    assert set(Customer.objects.values_list("language", flat=True)) == {"en"}
    edit = jobs.undo(actor=actor, edit=BulkEdit.objects.get(pk=edit.pk))
    assert edit.job is not None
    assert work().state == State.DONE
    assert snapshot() == before
    assert Action.objects.filter(undoes=edit.action).count() == 1


@pytest.mark.usefixtures("slowly")
def test_stopped_halfway_it_says_where_goes_on_and_is_taken_back(
    four: dict[str, Customer], people: dict[str, User], as_user: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, before, next_keys = people["beheer"], snapshot(), services.next_keys

    def stop_at_the_third(actor: Any, edit: BulkEdit, after: int, most: int) -> list[int]:
        if after:
            job_cancel(actor=actor, job_id=Job.objects.get().pk)
        return next_keys(actor, edit, after, most)

    edit = change(actor, "language", "en")
    with monkeypatch.context() as patched:
        patched.setattr(services, "next_keys", stop_at_the_third)
        assert work().state == State.CANCELLED
    assert Customer.objects.filter(language="en").count() == 2
    page = as_user("beheer").get(f"/customers/bulk/{edit.pk}").content.decode()
    assert "2 klanten" in page
    assert f"/customers/bulk/{edit.pk}/undo" in page
    job_retry(actor=actor, job_id=Job.objects.get().pk)
    assert work().state == State.DONE
    edit = BulkEdit.objects.get(pk=edit.pk)
    assert (edit.changed, edit.step) == (4, BulkEdit.Step.DONE)
    assert Action.objects.filter(kind=services.ACTION).count() == 1
    jobs.undo(actor=actor, edit=edit)
    assert work().state == State.DONE
    assert snapshot() == before


@pytest.mark.usefixtures("slowly")
def test_a_right_taken_away_meanwhile_changes_nothing(
    four: dict[str, Customer], people: dict[str, User], give: Give
) -> None:
    edit, before = change(people["beheer"], "language", "en"), snapshot()
    give("beheer", {"customers": Level.EDIT})
    assert work().state == State.FAILED
    assert snapshot() == before
    assert BulkEdit.objects.get(pk=edit.pk).changed == 0


# -- who may, and whom it reaches -------------------------------------------------------------------------------------


def test_only_who_may_change_many_does(
    four: dict[str, Customer], as_user: Sign, people: dict[str, User], give: Give
) -> None:
    edit = selection(people["beheer"])
    give("verkoop", {"customers": Level.EDIT})
    give("lezer", {"customers": Level.VIEW, "customers.bulk": Level.EDIT})
    before, count = snapshot(), BulkEdit.objects.count()
    for name in ("verkoop", "lezer", "niemand"):
        client = as_user(name)
        assert client.post("/customers/bulk/new", {"all": "1"}).status_code == 403
        assert client.get(f"/customers/bulk/{edit.pk}").status_code in (403, 404)
        for what in ("start", "undo"):
            answer = client.post(f"/customers/bulk/{edit.pk}/{what}", {"field": "language", "value": "en"})
            assert answer.status_code in (403, 404)
        assert "customers/bulk/new" not in client.get("/customers/").content.decode()
    assert as_user("beheer").get(f"/customers/bulk/{edit.pk}/start").status_code == 405
    assert (snapshot(), BulkEdit.objects.count()) == (before, count)
    with pytest.raises(NotFound):
        services.edit_of(people["verkoop"], edit.pk)
    with pytest.raises(NotAllowed):
        services.edit_create(actor=people["verkoop"], parameters={})


def test_it_stays_within_whom_one_reaches(
    four: dict[str, Customer], people: dict[str, User], give: Give
) -> None:
    people["verkoop"].is_salesperson = True
    people["verkoop"].save()
    now = Customer.objects.get(pk=four["a"].pk)
    customer_update(actor=SYSTEM, customer_id=now.pk, version=now.version, values={"salesperson": "verkoop"})
    give("verkoop", {"customers": Level.EDIT, "customers.bulk": Level.EDIT}, Reach.OWN)
    actor = User.objects.get(username="verkoop")
    edit = change(actor, "language", "en")
    assert (edit.changed, edit.already) == (1, 0)
    assert dict(Customer.objects.values_list("number", "language")) == {
        "A1": "en", "B1": "nl", "C1": "nl", "D1": "nl",
    }  # fmt: skip
    by_hand = services.edit_create(actor=actor, parameters=None, numbers=["A1", "B1"])
    assert by_hand.keys == [four["a"].pk]
    with pytest.raises(InvalidInput):
        services.edit_create(actor=actor, parameters=None, numbers=["B1"])


# -- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Iedereen"),
        ("id", "1"),
        ("version", "1"),
        ("salesperson__password", "x"),
        ("", ""),
        ("marked", "1"),
        ("status", "purple"),
        ("status", ""),
        ("language", "  "),
        ("credit_limit", "veel"),
        ("credit_limit", "-1"),
        ("territory", "BESTAATNIET"),
        ("salesperson", "niemand-heet-zo"),
        ("condition_group", "999999"),
        ("codes_add", "BESTAATNIET"),
        ("codes_add", ""),
        ("codes_remove", "x" * 500),
    ],
)
def test_what_cannot_be_is_refused_with_words(
    four: dict[str, Customer], as_user: Sign, people: dict[str, User], field: str, value: str
) -> None:
    with acting(SYSTEM, "test"):
        MailingCode(code="KERST", name="Kerst").save()
    boss, edit, before = as_user("beheer"), selection(people["beheer"]), snapshot()
    url = f"/customers/bulk/{edit.pk}"
    assert boss.post(f"{url}/start", {"field": field, "value": value}).status_code == 422
    if field:
        assert boss.get(url, {"field": field, "value": value, "preview": "1"}).status_code == 422
    assert snapshot() == before
    assert not CustomerMark.objects.exists()
    assert BulkEdit.objects.get(pk=edit.pk).step == BulkEdit.Step.CHOSEN


@pytest.mark.parametrize(
    "back",
    [
        urlencode({"where": "nothing is x"}),
        urlencode({"where": "status is purple"}),
        urlencode({"where": " and ".join(["name is a"] * 10_000)}),
        urlencode({"where": "(" * 300 + "name is a" + ")" * 300}),
        urlencode({"sort": "password"}),
        urlencode({"status": "x"}),
    ],
)
def test_a_choice_by_a_filter_that_cannot_be_chooses_nobody(
    four: dict[str, Customer], as_user: Sign, back: str
) -> None:
    for path in ("/customers/bulk/new", "/customers/mark?marked=1"):
        answer = as_user("beheer").post(path, {"all": "1", "marked": "1", "back": back})
        assert answer.status_code == 422
    assert not BulkEdit.objects.exists()
    assert not CustomerMark.objects.exists()


def test_nobody_chosen_is_told(four: dict[str, Customer], as_user: Sign) -> None:
    assert as_user("beheer").post("/customers/bulk/new", {"number": ["ZZ"]}).status_code == 422
    assert as_user("beheer").post("/customers/bulk/new", {}).status_code == 422


def test_it_begins_once(four: dict[str, Customer], as_user: Sign, people: dict[str, User]) -> None:
    boss, edit = as_user("beheer"), selection(people["beheer"])
    asked = {"field": "language", "value": "en"}
    assert boss.post(f"/customers/bulk/{edit.pk}/start", asked).status_code == 302
    assert boss.post(f"/customers/bulk/{edit.pk}/start", asked | {"value": "de"}).status_code == 422
    assert set(Customer.objects.values_list("language", flat=True)) == {"en"}

"""Moving many customers between territories with preview and undo; overlaps, gaps and figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from klantenbeheer.customers.importing.parts import follows
from klantenbeheer.customers.importing.pipeline import Importer
from klantenbeheer.customers.importing.rows import RowReader
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.territories import jobs, moving, selectors, services
from klantenbeheer.domains.territories.moving import Move
from klantenbeheer.domains.territories.report import report
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.foundation.jobs import running
from klantenbeheer.kernel.errors import InvalidInput, Refused

from .conftest import SYSTEM
from .test_territories import region, territory_of


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
    done = undo_action(SYSTEM, action)
    assert (done.restored, done.kept) == (1, 1)
    assert "C" in done.reasons[0] or "K2" in done.reasons[0]
    assert [territory_of(f"K{n}") for n in (1, 2, 3)] == ["A", "C", "A"]
    assert Customer.objects.get(number="K1").salesperson is None
    with pytest.raises(Refused):
        undo_action(SYSTEM, action)


def test_many_are_moved_by_a_job_that_goes_on_after_a_stop(
    at: Callable[..., Customer], as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    monkeypatch.setattr(moving, "BATCH", 2)
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
    monkeypatch.setattr("klantenbeheer.domains.history.views.AT_ONCE", 0)
    assert client.post(f"/history/undo/{action.pk}/")["Location"].startswith("/jobs/")
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


def test_the_report_names_overlaps_gaps_and_who_is_in_them(at: Callable[..., Customer]) -> None:
    north = region("N", ("NL", "7000", "9999"))
    region("N1", ("NL", "9700", "9799"), parent=north)  # within: no overlap
    region("W", ("NL", "1000", "2999"))
    region("M", ("NL", "2900", "3999"))
    at("K1", "2950 AB")
    at("K2", "5000 AB")
    at("K3", "9711 AB")
    at("K4", "1000", "BE", status="prospect")
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


def test_an_import_offers_territories_to_whom_it_brought(
    at: Callable[..., Customer], people: dict[str, Any]
) -> None:
    region("MID", ("NL", "35", ""))
    at("K1", "3511 AB")  # was there already: not the import's
    action = Action.objects.create(actor_label="test", kind="customer.import")
    reader = RowReader({0: "name", 1: "postcode", 2: "city"}, nameless="refuse", country="NL")
    importer = Importer(SYSTEM, on_duplicate="create")
    rows = [["Nieuw", "3512 AB", "Utrecht"], ["Elders", "9711 AB", "Groningen"]]
    block = importer.look([reader.prepare(i, row) for i, row in enumerate(rows)])
    importer.store(importer.plan(block), action)
    found = follows(people["beheer"], action)
    assert [follow.url for follow in found] == [f"/territories/assign/?imported={action.pk}"]
    assert "1" in found[0].text
    assert follows(people["verkoop"], action) == []  # who may not assign is offered nothing
    _action, moved = moving.assign(actor=SYSTEM, move=Move(imported=action.pk))
    assert moved == 1
    assert territory_of("K1") == ""
    assert Customer.objects.get(name="Nieuw").territory is not None
    assert follows(people["beheer"], action) == []


def test_customers_are_handed_over_to_who_sells_there_today_and_back(
    at: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    around = region("NL")
    north, empty = region("NL-N", parent=around), region("DE")
    for made, person in ((around, "verkoop"), (north, "lezer")):
        values = {"salesperson": people[person], "since": date(2020, 1, 1)}
        services.staff_create(actor=SYSTEM, territory_id=made.pk, values=values)
    at("K1", "1011 AB", territory="NL", salesperson="beheer")
    at("K2", "9711 AB", territory="NL-N")
    at("K3", "9711 AB", territory="NL-N", salesperson="lezer")
    at("K4", "10115", "DE", territory="DE", status="prospect")
    client = as_user("beheer")
    assert "hand-over" in client.get(f"/territories/{around.pk}/").content.decode()
    assert "hand-over" not in client.get(f"/territories/{empty.pk}/").content.decode()

    def sellers() -> list[str]:
        return list(Customer.objects.order_by("number").values_list("salesperson__username", flat=True))

    shown = client.get(f"/territories/{around.pk}/hand-over/").content.decode()
    assert "2 klanten krijgen een andere verkoper" in shown
    assert "Klant K1" in shown
    assert "Klant K3" not in shown
    assert sellers() == ["beheer", None, "lezer", None]  # looking changes nothing
    assert client.post(f"/territories/{around.pk}/hand-over/").status_code == 302
    assert sellers() == ["verkoop", "lezer", "lezer", None]
    assert "heeft al" in client.get(f"/territories/{around.pk}/hand-over/").content.decode()
    customer = Customer.objects.get(number="K2")
    values = {"salesperson": people["verkoop"]}
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=customer.version, values=values)
    done = undo_action(SYSTEM, moving_action())
    assert (done.restored, done.kept) == (1, 1)
    assert sellers() == ["beheer", "verkoop", "lezer", None]


def moving_action() -> Action:
    return Action.objects.filter(kind=moving.ASSIGN).latest("pk")

"""Mailing codes that the application manager keeps, and marks that nobody else sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from klantenbeheer.customers import codes, exporting
from klantenbeheer.customers.importing.pipeline import Importer
from klantenbeheer.customers.importing.rows import RowReader
from klantenbeheer.customers.list_query import ListQuery
from klantenbeheer.customers.listing import page
from klantenbeheer.customers.models import Customer, CustomerMark, MailingCode
from klantenbeheer.customers.services import customer_create, customer_update, marks_set
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused

from .cast import SYSTEM, undo_last


def make_code(code: str = "KERST", **values: Any) -> MailingCode:
    return codes.code_create(actor=SYSTEM, values={"code": code, **values})


def retire(code: MailingCode) -> None:
    values = {"code": code.code, "name": code.name, "retired": True}
    codes.code_update(actor=SYSTEM, code_id=code.pk, version=code.version, values=values)


def held(number: str) -> list[str]:
    rows = Customer.objects.get(number=number).mailing_codes.values_list("code__code", flat=True)
    return sorted(rows)


@pytest.mark.parametrize("code", ["", "kerst", "KERST MIS", "A,B", "x" * 21])
def test_a_code_that_cannot_be_is_told_at_the_field(db: None, code: str) -> None:
    make_code()
    with pytest.raises(InvalidInput) as caught:
        make_code(code)
    assert list(caught.value.problems) == ["code"]
    assert MailingCode.objects.count() == 1


def test_only_the_application_manager_keeps_them(people: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        codes.code_create(actor=people["verkoop"], values={"code": "X"})


def test_several_codes_for_one_customer_and_a_filter(make_customer: Callable[..., Customer]) -> None:
    make_code("KERST")
    make_code("PRIJS")
    make_customer(number="K1", mailing_codes="kerst, PRIJS")
    make_customer(number="K2", mailing_codes="PRIJS")
    assert held("K1") == ["KERST", "PRIJS"]
    rows = page(SYSTEM, ListQuery.parse({"code": "kerst"})).rows
    assert [row["number"] for row in rows] == ["K1"]


def test_a_renamed_code_keeps_its_customers(make_customer: Callable[..., Customer]) -> None:
    code = make_code()
    make_customer(number="K1", mailing_codes="KERST")
    codes.code_update(
        actor=SYSTEM, code_id=code.pk, version=1, values={"code": "WINTER", "name": "Winterkaart"}
    )
    assert held("K1") == ["WINTER"]


def test_a_code_in_use_does_not_vanish(make_customer: Callable[..., Customer]) -> None:
    code = make_code()
    make_customer(number="K1", mailing_codes="KERST")
    with translation.override("nl"), pytest.raises(Refused, match="1 klant"):
        codes.code_delete(actor=SYSTEM, code_id=code.pk)
    assert held("K1") == ["KERST"]


def test_an_unused_code_goes_and_comes_back(db: None) -> None:
    code = make_code(name="Kerstkaart")
    codes.code_delete(actor=SYSTEM, code_id=code.pk)
    assert not MailingCode.objects.exists()
    undo_last("mailing_code.delete")
    assert MailingCode.objects.get(pk=code.pk).name == "Kerstkaart"


def test_a_retired_code_stays_where_it_is_and_goes_nowhere_new(
    make_customer: Callable[..., Customer],
) -> None:
    code = make_code()
    make_code("PRIJS")
    customer = make_customer(number="K1", mailing_codes="KERST")
    other = make_customer(number="K2")
    retire(code)
    with pytest.raises(InvalidInput) as caught:
        customer_create(actor=SYSTEM, values={"name": "Nieuw", "mailing_codes": "KERST"})
    assert list(caught.value.problems) == ["mailing_codes"]
    with pytest.raises(InvalidInput):
        customer_update(
            actor=SYSTEM, customer_id=other.pk, version=other.version, values={"mailing_codes": "KERST"}
        )
    customer_update(
        actor=SYSTEM,
        customer_id=customer.pk,
        version=customer.version,
        values={"mailing_codes": "KERST PRIJS"},
    )
    assert held("K1") == ["KERST", "PRIJS"]
    assert held("K2") == []


def test_an_import_gives_a_retired_code_to_nobody_new(make_customer: Callable[..., Customer]) -> None:
    code = make_code()
    make_customer("Een", number="K1", mailing_codes="KERST")
    retire(code)
    reader = RowReader({0: "number", 1: "name", 2: "mailing_codes"}, nameless="refuse", country="NL")
    rows = [reader.prepare(1, ["K1", "Een", "KERST"]), reader.prepare(2, ["K9", "Negen", "KERST"])]
    importer = Importer(SYSTEM)
    plan = importer.plan(importer.look(rows))
    assert [row.number for row, _customer in plan.update] == ["K1"]
    assert not plan.create
    assert "KERST" in plan.issues[0].reasons[0]


def test_an_import_changes_a_condition_group_only_for_who_may(
    make_customer: Callable[..., Customer], people: dict[str, Any]
) -> None:
    from klantenbeheer.domains.conditions.services import group_create

    group_create(actor=SYSTEM, values={"name": "Dealers"})
    make_customer("Een", number="K1", condition_group="Dealers")
    reader = RowReader({0: "number", 1: "name", 2: "condition_group"}, nameless="refuse", country="NL")
    rows = [["K1", "Een", "Dealers"], ["K8", "Acht", "Algemeen"], ["K9", "Negen", "dealers"]]
    importer = Importer(people["verkoop"])
    plan = importer.plan(importer.look([reader.prepare(i, row) for i, row in enumerate(rows)]))
    assert [row.number for row, _customer in plan.update] == ["K1"]
    assert [row.number for row in plan.create] == ["K8"]
    assert [row.number for row in plan.issues] == ["K9"]
    importer = Importer(SYSTEM)
    plan = importer.plan(importer.look([reader.prepare(2, rows[2])]))
    assert plan.create[0].values["condition_group"].name == "Dealers"


def test_marks_are_personal(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    for number in ("K1", "K2", "K3"):
        make_customer(f"Klant {number}", number=number)
    verkoop, lezer = as_user("verkoop"), as_user("lezer")
    verkoop.post("/customers/mark", {"number": ["K1", "K2"], "marked": "1"})
    lezer.post("/customers/mark", {"number": ["K2", "K3"], "marked": "1"})
    lezer.post("/customers/mark", {"number": ["K1", "K2"], "marked": "0"})
    for client, marked in ((verkoop, {"K1", "K2"}), (lezer, {"K3"})):
        text = client.get("/customers/?marked=1").content.decode()
        assert {number for number in ("K1", "K2", "K3") if f"Klant {number}" in text} == marked
        found: Any = {"q": "klant", "marked": "1"}
        assert {
            number for number in ("K1", "K2", "K3") if number in client.get("/customers/", found).text
        } == marked
        for number in ("K1", "K2", "K3"):
            pressed = (
                'aria-pressed="true" data-focus-key="mark"' in client.get(f"/customers/{number}/notes/").text
            )
            assert pressed == (number in marked)
            assert "arkering" not in client.get(f"/customers/{number}/history/").text
    manager: Any = as_user("beheer").get("/customers/export.csv?marked=1")
    assert (
        len(b"".join(manager.streaming_content).decode().splitlines()) == 1
    )  # the headings: he marked nobody
    assert "emarkeerd" not in "".join(exporting.headers(people["beheer"], worded=True))


def test_marking_many_costs_the_same_as_marking_one(
    make_customer: Callable[..., Customer], people: dict[str, Any]
) -> None:
    keys = [make_customer(f"Klant {index}").pk for index in range(12)]

    def cost(wanted: list[int]) -> int:
        with CaptureQueriesContext(connection) as context:
            marks_set(actor=people["lezer"], customer_ids=wanted, marked=True)
        return len(context)

    people["lezer"].may("customers")  # reads his rights once
    assert cost(keys[:1]) == cost(keys)
    assert CustomerMark.objects.count() == 12
    with pytest.raises(NotAllowed):
        marks_set(actor=SYSTEM, customer_ids=keys, marked=True)

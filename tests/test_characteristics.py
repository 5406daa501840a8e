"""Characteristics (T7): defined by the application manager, told by users, selected by."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils.html import strip_tags

from klantenbeheer.customers import exporting, list_parts, list_query, listing
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.characteristics import defining
from klantenbeheer.domains.characteristics.models import (
    Characteristic,
    CharacteristicValue,
    CustomerCharacteristics,
)
from klantenbeheer.domains.characteristics.services import characteristics_of, characteristics_update
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused, StaleVersion

from .conftest import SYSTEM, undo_last

pytestmark = pytest.mark.django_db


def define(name: str, kind: str, **values: Any) -> Characteristic:
    return defining.definition_create(actor=SYSTEM, values={"name_nl": name, "kind": kind, **values})


@pytest.fixture
def six() -> dict[str, Characteristic]:
    """One of each kind."""
    return {
        "text": define("Inkoopgroep", "text", name_en="Buying group", group="Winkel"),
        "number": define("Vloeroppervlak", "number", unit="m²", group="Winkel", in_list=True),
        "date": define("Contract loopt tot", "date"),
        "yes_no": define("Eigen magazijn", "yes_no"),
        "choice": define("Formule", "choice", choices="Speciaalzaak\nBouwmarkt"),
        "choices": define("Merken", "choices", choices="Acme\nBolt\nCirca"),
    }


def filled(customer: Customer, six: dict[str, Characteristic], version: int = 0, **values: Any) -> Any:
    given = {
        "text": "Noord", "number": "1.250,5", "date": "31-12-2026", "yes_no": "yes", "choice": "bouwmarkt",
        "choices": ["Circa", "Acme"],
    } | values  # fmt: skip
    named = {f"c{six[kind].pk}": value for kind, value in given.items()}
    return characteristics_update(actor=SYSTEM, customer=customer, version=version, values=named)


def shown(**asked: str) -> list[str]:
    page = listing.page(SYSTEM, list_query.ListQuery.parse(asked))
    return [row["number"] for row in page.rows]


def test_every_kind_is_read_kept_and_shown(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], as_user: Any
) -> None:
    customer = make_customer(number="K1")
    record = filled(customer, six)
    assert {kind: record.values[str(row.pk)] for kind, row in six.items()} == {
        "text": "Noord", "number": "1250.5", "date": "2026-12-31", "yes_no": True, "choice": "Bouwmarkt",
        "choices": ["Acme", "Circa"],
    }  # fmt: skip
    page = as_user("lezer").get("/customers/K1/characteristics/").content.decode()
    for text in ("Winkel", "Noord", "1.250,5 m²", "31-12-2026", ">ja<", "Bouwmarkt", "Acme, Circa"):
        assert text in page
    assert "/characteristics/edit/" not in page  # a reader changes nothing
    timeline = as_user("verkoop").get("/customers/K1/history/").content.decode()
    assert "Vloeroppervlak" in timeline
    filled(customer, six, record.version, number="1300")
    timeline = as_user("verkoop").get("/customers/K1/history/").content.decode()
    # Words that are the same before and after stand outside the marks of what differs.
    assert "1.300 m²" in strip_tags(timeline)


def test_the_list_narrows_by_each_kind(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], as_user: Any
) -> None:
    first, second = make_customer("Een", number="K1"), make_customer("Twee", number="K2")
    filled(first, six)
    filled(
        second,
        six,
        number="90",
        date="1-1-2027",
        yes_no="no",
        choice="Speciaalzaak",
        choices=["Bolt"],
        text="Zuid",
    )
    key = {kind: f"c{row.pk}" for kind, row in six.items()}
    for asked in (
        {key["text"]: "Noord"}, {key["number"]: "1000.."}, {key["number"]: "1250,5"}, {key["date"]: "..31-12-2026"},
        {key["yes_no"]: "yes"}, {key["choice"]: "Bouwmarkt"}, {key["choices"]: "Circa"},
    ):  # fmt: skip
        assert shown(**asked) == ["K1"], asked
        assert shown(**asked, sort="-changed", status="active") == ["K1"], asked
    assert shown(**{key["choices"]: "Acme", key["yes_no"]: "no"}) == []
    page = as_user("verkoop").get("/customers/").content.decode()
    assert "1.250,5 m²" in page
    wrong = as_user("verkoop").get(f"/customers/?{key['date']}=gisteren")
    assert wrong.status_code == 422
    assert "gisteren" in wrong.content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "veel", "veel"), ("date", "31-02-2026", "31-02-2026"), ("choice", "Kiosk", "Kiosk"),
        ("choices", ["Acme", "Delta"], "Delta"), ("yes_no", "misschien", "misschien"), ("text", "x" * 201, "201"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_field(
    kind: str, value: Any, said: str, six: dict[str, Characteristic], make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(number="K1")
    with pytest.raises(InvalidInput) as refused:
        filled(customer, six, **{kind: value})
    assert list(refused.value.problems) == [f"c{six[kind].pk}"]
    assert said in str(refused.value)
    assert not CustomerCharacteristics.objects.exists()


def test_the_form_shows_both_versions_to_who_was_later(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], as_user: Any
) -> None:
    customer = make_customer(number="K1")
    filled(customer, six)
    filled(customer, six, 1, text="Oost")
    with pytest.raises(StaleVersion):
        filled(customer, six, 1, text="West")
    client: Client = as_user("verkoop")
    form = client.get("/customers/K1/characteristics/edit/").content.decode()
    assert 'value="1.250,5"' in form
    assert 'value="2026-12-31"' in form
    sent = {f"c{six['text'].pk}": "West", f"c{six['choices'].pk}": ["Acme", "Circa"], "version": "1"}
    answer = client.post("/customers/K1/characteristics/edit/", sent)
    assert answer.status_code == 409
    assert "Oost" in answer.content.decode()
    assert "West" in answer.content.decode()
    sent["version"] = "2"
    assert client.post("/customers/K1/characteristics/edit/", sent).status_code in (200, 302)
    assert characteristics_of(customer).values[str(six["text"].pk)] == "West"


def test_a_removed_choice_and_a_retired_characteristic_stay_with_who_has_them(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], as_user: Any
) -> None:
    customer, other = make_customer("Een", number="K1"), make_customer("Twee", number="K2")
    filled(customer, six)
    row = six["choices"]
    sent = {"name_nl": "Merken", "choices": "Bolt", "position": "0", "version": "1"}
    answer = as_user("beheer").post(f"/settings/characteristics/{row.pk}/", sent)
    told = unquote(str(answer.cookies))
    assert "Acme" in told
    assert "Circa" in told
    filled(customer, six, 1, text="Anders")  # the removed choices stay choosable for him
    assert characteristics_of(customer).values[str(row.pk)] == ["Acme", "Circa"]
    with pytest.raises(InvalidInput):
        filled(other, six)
    defining.definition_update(
        actor=SYSTEM, pk=six["text"].pk, version=1, values={"name_nl": "Inkoopgroep", "retired": True}
    )
    assert "Anders" in as_user("lezer").get("/customers/K1/characteristics/").content.decode()
    assert "Inkoopgroep" not in as_user("verkoop").get("/customers/K2/characteristics/edit/").content.decode()


def test_only_of_the_customers_that_it_is_for(make_customer: Callable[..., Customer]) -> None:
    row = define("Kans", "number", statuses=["prospect"], required=True)
    active = make_customer("Klant", number="K1")
    prospect = make_customer("Misschien", number="K2", status="prospect")
    characteristics_update(actor=SYSTEM, customer=active, version=0, values={f"c{row.pk}": ""})
    with pytest.raises(InvalidInput, match="Kans"):
        characteristics_update(actor=SYSTEM, customer=prospect, version=0, values={f"c{row.pk}": ""})


def test_in_use_is_not_deleted_and_deleted_comes_back(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], people: Any
) -> None:
    filled(make_customer(number="K1"), six)
    with pytest.raises(Refused):
        defining.definition_delete(actor=SYSTEM, pk=six["text"].pk)
    spare = define("Los", "yes_no")
    defining.definition_delete(actor=SYSTEM, pk=spare.pk)
    undo_last("characteristic.delete")
    assert defining.definition_by_id(spare.pk).name_nl == "Los"
    with pytest.raises(NotAllowed):
        defining.definition_delete(actor=people["verkoop"], pk=spare.pk)
    with pytest.raises(InvalidInput):
        define("Merken", "text")
    with pytest.raises(InvalidInput):
        define("Telefoon", "text")
    with pytest.raises(InvalidInput):
        define("Kleur", "choice")


def test_out_and_in_again(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], as_user: Any
) -> None:
    filled(make_customer("Een", number="K1"), six)
    answer: Any = as_user("beheer").get("/customers/export.csv")
    content = b"".join(answer.streaming_content)
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert (row["Vloeroppervlak"], row["Merken"], row["Eigen magazijn"]) == ("1.250,5", "Acme; Circa", "ja")
    lines = (
        "number;name;Vloeroppervlak;Merken;Buying group;Eigen magazijn\n"
        "K1;Een;1250,5;Acme|Circa;Noord;ja\nK2;Twee;70;Bolt;;nee\nK3;Drie;groot;;;\nK4;Vier;;;;\n"
    )
    run = importing.run_create(actor=SYSTEM, name="a.csv", chunks=iter([lines.encode()]))
    assert set(run.mapping.values()) == {
        "number",
        "name",
        *(f"c{six[k].pk}" for k in ("number", "choices", "text", "yes_no")),
    }
    importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="update", nameless="refuse", country="NL"
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert (run.created, run.unchanged, run.refused) == (2, 1, 1)
    second = Customer.objects.get(number="K2")
    assert characteristics_of(second).values[str(six["choices"].pk)] == ["Bolt"]
    assert shown(**{f"c{six['yes_no'].pk}": "no"}) == ["K2"]
    assert CharacteristicValue.objects.filter(customer=second).count() == 3


def test_a_removed_choice_is_found_and_comes_back_with_a_file(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer]
) -> None:
    for number in ("K1", "K2"):
        filled(make_customer(f"Klant {number}", number=number), six)
    for kind, choices in (("choice", "Speciaalzaak"), ("choices", "Bolt\nCirca")):
        row = six[kind]
        values = {"name_nl": row.name_nl, "choices": choices}
        defining.definition_update(actor=SYSTEM, pk=row.pk, version=row.version, values=values)
    part = {found.key: found for _part, found in list_parts.filters_for(SYSTEM)}[f"c{six['choice'].pk}"]
    assert ("Bouwmarkt", "Bouwmarkt (vervallen)") in part.choices
    assert shown(**{part.key: "Bouwmarkt"}) == ["K1", "K2"]
    lines = "number;name;Formule;Merken\nK1;Nieuwe naam;Bouwmarkt;Acme|Circa\nK3;Nieuw;Bouwmarkt;\n"
    run = importing.run_create(actor=SYSTEM, name="a.csv", chunks=iter([lines.encode()]))
    importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="update", nameless="refuse", country="NL"
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert (run.updated, run.created, run.refused) == (1, 0, 1)
    assert "Bouwmarkt" in run.issues.get().reasons[0]
    stored = characteristics_of(Customer.objects.get(name="Nieuwe naam"))
    assert (stored.values[str(six["choice"].pk)], stored.version) == ("Bouwmarkt", 1)


def test_who_may_not_see_the_tab_sees_no_characteristics_anywhere(
    six: dict[str, Characteristic],
    make_customer: Callable[..., Customer],
    as_user: Any,
    people: dict[str, Any],
) -> None:
    filled(make_customer("Een", number="K1"), six)
    right = people["verkoop"].roles.get().levels.filter(right="tab.characteristics")
    heading, asked = "Vloeroppervlak", {f"c{six['number'].pk}": "1..9999"}
    for level in (Level.NONE, Level.VIEW):
        right.update(level=level)
        client = as_user("verkoop")
        assert (heading in client.get("/customers/").content.decode()) == bool(level)
        assert client.get("/customers/", asked).status_code == (200 if level else 403)
        for form in ("csv", "xlsx"):
            assert client.get(f"/customers/export.{form}", asked).status_code == (200 if level else 403)
        seller = User.objects.get(username="verkoop")
        assert (heading in exporting.headers(seller, worded=True)) == bool(level)
        row = next(exporting.rows(Customer.objects.all(), actor=seller, worded=True))
        assert ("1.250,5" in row) == bool(level)


def test_who_may_not_change_the_tab_imports_nothing_into_it(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], people: dict[str, Any]
) -> None:
    filled(make_customer("Een", number="K1"), six)
    lines = "number;name;Vloeroppervlak;Contactpersoon\nK1;Een;70;Piet Jansen\n"
    started = importing.run_create(actor=SYSTEM, name="a.csv", chunks=iter([lines.encode()]))
    people["beheer"].roles.all().delete()
    role = Role.objects.create(key="typist", name="Typist")
    for right, level in (("customers", 2), ("customers.import", 2), ("tab.characteristics", 1)):
        role.levels.create(right=right, level=level)
    people["beheer"].roles.add(role)
    typist = User.objects.get(username="beheer")
    own = importing.run_create(actor=typist, name="a.csv", chunks=iter([lines.encode()]))
    assert set(own.mapping.values()) == {"number", "name"}
    options: Any = {"on_duplicate": "update", "nameless": "refuse", "country": "NL"}
    with pytest.raises(InvalidInput):
        importing.run_map(actor=typist, run=own, mapping=started.mapping, **options)
    # Whoever chose the columns: what is stored is decided by who stores it.
    importing.run_map(actor=SYSTEM, run=started, mapping=started.mapping, **options)
    importing.reset(started, dry_run=False)
    importing.perform(started, typist)
    assert (started.updated, started.refused) == (0, 1)
    reasons = " ".join(started.issues.get().reasons)
    assert "Kenmerken" in reasons
    assert "Contacten" in reasons
    assert characteristics_of(Customer.objects.get()).version == 1


def test_the_dialog_is_not_called_by_its_name_twice(
    six: dict[str, Characteristic], make_customer: Callable[..., Customer], as_user: Any
) -> None:
    filled(make_customer("Een", number="K1"), six)
    page = as_user("beheer").get("/customers/K1/characteristics/edit/").content.decode()
    assert 'id="page-dialog-title">Kenmerken</h2>' in page

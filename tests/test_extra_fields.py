"""Extra fields (X1): what the application manager names behaves as any other field."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from klantenbeheer.customers import list_parts, list_query, listing
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.importing.parts import all_fields
from klantenbeheer.customers.models import Customer, ExtraField
from klantenbeheer.customers.selectors import search
from klantenbeheer.customers.services import customer_update
from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


def define(slot: str = "extra_text_1", **values: Any) -> ExtraField:
    stored = ExtraField.objects.filter(slot=slot).first()
    given = {"label_nl": "Kleur", "label_en": "Colour", "active": True, "choices": "Rood\nBlauw"} | values
    return extra_field_save(actor=SYSTEM, slot=slot, version=stored.version if stored else 0, values=given)


def number(**values: Any) -> ExtraField:
    return define("extra_number", **({"label_nl": "Medewerkers", "label_en": "", "choices": ""} | values))


def names(found: listing.Page) -> list[str]:
    return [row["number"] for row in found.rows]


def shown(**asked: str) -> list[str]:
    return names(listing.page(SYSTEM, list_query.ListQuery.parse(asked)))


def test_a_field_is_nowhere_until_it_is_switched_on(
    make_customer: Callable[..., Customer], as_user: Any
) -> None:
    customer = make_customer(number="K1")
    client: Client = as_user("verkoop")
    assert client.get("/customers/K1/field/extra_text_1").status_code == 404
    define(active=False)
    assert client.get("/customers/K1/field/extra_text_1").status_code == 404
    assert "Kleur" not in client.get("/customers/K1/contacts/").content.decode()
    define()
    assert "Kleur" in client.get("/customers/K1/contacts/").content.decode()
    with pytest.raises(InvalidInput, match=r"none of the choices|geen van de keuzes"):
        customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"extra_text_1": "Paars"})


def test_changed_in_place_found_filtered_and_told(
    make_customer: Callable[..., Customer], as_user: Any
) -> None:
    define(in_list=True)
    number()
    customer, _other = make_customer("Een", number="K1"), make_customer("Twee", number="K2")
    client: Client = as_user("verkoop")
    answer = client.post("/customers/K1/field/extra_text_1", {"extra_text_1": "blauw", "version": 1})
    assert answer.status_code == 200
    client.post("/customers/K1/field/extra_number", {"extra_number": "1.250,5", "version": 2})
    customer.refresh_from_db()
    values: tuple[Any, Any] = customer.extra_text_1, customer.extra_number
    assert values == ("Blauw", Decimal("1250.5"))
    assert "1.250,5" in client.get("/customers/K1/contacts/").content.decode()
    assert shown(extra_text_1="Blauw") == ["K1"]
    assert shown(extra_text_1="Blauw", sort="changed") == ["K1"]
    assert shown(extra_number="1000..2000") == ["K1"]
    assert shown(extra_number="..1000") == []
    assert shown(extra_number="1250,5") == ["K1"]
    assert [row["number"] for row in search(SYSTEM, "blauw").rows] == ["K1"]
    page = client.get("/customers/").content.decode()
    assert ">Blauw</td>" in page
    timeline = client.get("/customers/K1/history/").content.decode()
    assert "Kleur" in timeline
    assert "Medewerkers" in timeline
    assert "1.250,5" in timeline


def test_the_name_follows_the_language(
    make_customer: Callable[..., Customer], people: Any, as_user: Any
) -> None:
    define()
    make_customer(number="K1")
    User.objects.filter(username="lezer").update(language="en")
    assert "Colour" in as_user("lezer").get("/customers/K1/contacts/").content.decode()
    assert "Kleur" in as_user("verkoop").get("/customers/K1/contacts/").content.decode()


def test_a_removed_choice_stays_with_who_has_it(make_customer: Callable[..., Customer], as_user: Any) -> None:
    define()
    customer = make_customer(number="K1", extra_text_1="Rood")
    answer = as_user("beheer").post(
        "/settings/extra-fields/extra_text_1/",
        {"label_nl": "Kleur", "active": "on", "position": "0", "choices": "Blauw", "version": "1"},
    )  # fmt: skip
    assert "Rood" in unquote(str(answer.cookies) + str(answer.headers))  # told how many keep it
    client: Client = as_user("verkoop")
    assert "Rood" in client.get("/customers/K1/contacts/").content.decode()
    assert "Rood" in client.get("/customers/K1/field/extra_text_1").content.decode()
    # The whole record saved with it stays; another customer cannot get it.
    customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=1, values={"name": "Anders", "extra_text_1": "Rood"}
    )
    other = make_customer("Nog een", number="K2")
    with pytest.raises(InvalidInput):
        customer_update(actor=SYSTEM, customer_id=other.pk, version=1, values={"extra_text_1": "Rood"})
    assert Customer.objects.get(pk=customer.pk).extra_text_1 == "Rood"


def test_a_removed_choice_is_found_and_comes_back_with_a_file(make_customer: Callable[..., Customer]) -> None:
    define()
    for key in ("K1", "K2"):
        make_customer(f"Klant {key}", number=key, extra_text_1="Rood")
    define(choices="Blauw")
    (part,) = (found for _part, found in list_parts.filters_for(SYSTEM) if found.key == "extra_text_1")
    assert list(part.choices) == [("Blauw", "Blauw"), ("Rood", "Rood (vervallen)")]
    assert shown(extra_text_1="Rood") == ["K1", "K2"]
    lines = "number;name;Kleur\nK1;Anders;Rood\n"
    run = importing.run_create(actor=SYSTEM, name="a.csv", chunks=iter([lines.encode()]))
    importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="update", nameless="refuse", country="NL"
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert (run.updated, run.flagged) == (1, 0)
    assert Customer.objects.get(name="Anders").flags == {}
    define(choices="Blauw\nRood")
    (part,) = (found for _part, found in list_parts.filters_for(SYSTEM) if found.key == "extra_text_1")
    assert list(part.choices) == [("Blauw", "Blauw"), ("Rood", "Rood")]


def test_required(make_customer: Callable[..., Customer]) -> None:
    old = make_customer(number="K1")
    define(required=True)
    with pytest.raises(InvalidInput) as refused:
        make_customer("Nieuw", number="K2")
    assert list(refused.value.problems) == ["extra_text_1"]
    # Who had none before may stay so; who has one keeps one.
    saved = customer_update(
        actor=SYSTEM, customer_id=old.pk, version=1, values={"name": "Oud", "extra_text_1": ""}
    )
    saved = customer_update(actor=SYSTEM, customer_id=old.pk, version=2, values={"extra_text_1": "Rood"})
    with pytest.raises(InvalidInput):
        customer_update(actor=SYSTEM, customer_id=old.pk, version=saved.version, values={"extra_text_1": ""})


def test_out_and_in_again(make_customer: Callable[..., Customer], as_user: Any, tmp_path: Any) -> None:
    define()
    number()
    make_customer("Een", number="K1", extra_text_1="Rood", extra_number="12,5")
    answer: Any = as_user("beheer").get("/customers/export.csv")
    content = b"".join(answer.streaming_content)
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert (row["Kleur"], row["Medewerkers"]) == ("Rood", "12,5")
    lines = "number;name;Colour;Medewerkers\nK1;Een;Blauw;13\nK2;Twee;Paars;veel\nK3;Drie;Paars;7\n"
    run = importing.run_create(actor=SYSTEM, name="a.csv", chunks=iter([lines.encode()]))
    assert run.mapping == {
        "number": "number", "name": "name", "Colour": "extra_text_1", "Medewerkers": "extra_number",
    }  # fmt: skip
    importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="update", nameless="refuse", country="NL"
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert (run.created, run.updated, run.refused) == (1, 1, 1)  # 'veel' is no number
    assert Customer.objects.get(number="K1").extra_text_1 == "Blauw"
    third = Customer.objects.get(number="K3")
    assert (third.extra_text_1, third.flags) == ("Paars", {"extra_text_1": "choice"})


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label_nl": ""}, "label_nl"), ({"label_nl": "x" * 41}, "label_nl"), ({"label_nl": "Telefoon"}, "label_nl"),
        ({"label_en": "E-mail"}, "label_en"), ({"choices": "Rood\nrood"}, "choices"),
        ({"choices": "y" * 101}, "choices"), ({"position": -1}, "position"),
    ],
)  # fmt: skip
def test_a_definition_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        define(**values)
    assert list(refused.value.problems) == [field]
    assert not ExtraField.objects.exists()


def test_two_fields_cannot_have_one_name() -> None:
    define()
    with pytest.raises(InvalidInput):
        define("extra_text_2")
    define("extra_text_2", label_nl="Maat", label_en="Size")


def test_fields_without_an_english_name_are_no_doubles_of_each_other() -> None:
    define(label_en="")
    define("extra_text_2", label_nl="Maat", label_en="")
    number()
    assert not any("" in field.all_names() for field in all_fields())


def test_only_the_manager_defines(people: Any) -> None:
    with pytest.raises(NotAllowed):
        extra_field_save(
            actor=people["verkoop"], slot="extra_text_1", version=0, values={"label_nl": "Kleur"}
        )
    define()
    with pytest.raises(StaleVersion):
        extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values={"label_nl": "Kleur"})


def test_a_wrong_filter_says_so(as_user: Any) -> None:
    number()
    answer = as_user("verkoop").get("/customers/?extra_number=veel")
    assert answer.status_code == 422
    assert "veel" in answer.content.decode()

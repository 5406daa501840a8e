"""Opening hours on the card (H7): typed, refused at their field, stored, told, in files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from klantenbeheer.customers import hours
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.services import branch_create
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion
from klantenbeheer.kernel.hours import DAYS

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEK = dict.fromkeys(("mo", "tu", "we", "th", "fr"), "8-12, 13-17:30") | {"sa": "", "su": ""}
CHRISTMAS = {
    "exception.0.first": "24-12-2026", "exception.0.last": "", "exception.0.hours": "8-12",
    "exception.0.reason": "Kerstavond",
}  # fmt: skip


def save(customer: Customer, version: int = 1, /, **typed: Any) -> Customer:
    return hours.hours_save(actor=SYSTEM, customer_id=customer.pk, version=version, typed=WEEK | typed)


def said(customer: Customer, *moment: int) -> str:
    found = hours.now_of(customer, datetime(*moment, tzinfo=AMSTERDAM))  # type: ignore[misc,arg-type]  # year to minute
    assert found is not None
    return found.text


def test_what_the_head_says(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer(addresses={"visiting": {"city": "Utrecht", "country": "NL"}})
    assert hours.now_of(customer) is None
    customer = save(customer, **CHRISTMAS)
    assert said(customer, 2026, 11, 23, 9, 0) == "open tot 12:00"
    assert said(customer, 2026, 11, 23, 12, 0) == "gesloten, opent 13:00"
    assert said(customer, 2026, 11, 27, 17, 30) == "gesloten, opent maandag 08:00"
    assert said(customer, 2026, 12, 24, 13, 0) == "gesloten (Kerstavond), opent maandag 08:00"
    assert said(customer, 2026, 12, 25, 13, 0) == "gesloten (Eerste kerstdag), opent maandag 08:00"
    always = save(customer, 2, **dict.fromkeys(DAYS, "24 uur"), holidays="open")
    assert said(always, 2026, 12, 25, 13, 0) == "altijd open"
    late = save(customer, 3, mo="9-24", tu="22-6")
    assert said(late, 2026, 11, 23, 9, 0) == "open tot 24:00"
    assert said(late, 2026, 11, 24, 23, 0) == "open tot woensdag 06:00"
    assert said(late, 2026, 11, 25, 5, 59) == "open tot 06:00"


def test_the_card_and_the_timeline_tell_them(make_customer: Callable[..., Customer], as_user: Any) -> None:
    save(make_customer(number="K1"), **CHRISTMAS, zone="Europe/Brussels")
    page = as_user("lezer").get("/customers/K1/notes/").content.decode()
    assert 'id="card-hours"' in page
    assert "data-due=" in page
    assert 'href="/customers/K1/hours"' in page  # a reader opens it too, to read
    line = as_user("lezer").get("/customers/K1/hours/now").content.decode()
    assert "card-hours" in line
    timeline = as_user("verkoop").get("/customers/K1/history/").content.decode()
    assert "ma-vr 08:00-12:00, 13:00-17:30; 24-12-2026 08:00-12:00 (Kerstavond); Europe/Brussels" in timeline


def test_who_may_not_change_them_reads_the_whole_week(
    make_customer: Callable[..., Customer], as_user: Any
) -> None:
    reader = as_user("lezer")
    customer = make_customer(number="K1")
    assert "Er zijn geen openingstijden bekend." in reader.get("/customers/K1/hours").text
    past = {"exception.1.first": "01-05-2020", "exception.1.hours": "", "exception.1.reason": "Verhuizing"}
    coming = CHRISTMAS | {"exception.0.first": "24-12-2099", "exception.0.last": "31-12-2099"}
    save(customer, **coming, **past)
    page = reader.get("/customers/K1/hours").text
    for part in (
        "Maandag",
        "08:00-12:00, 13:00-17:30",
        "24-12-2099 – 31-12-2099",
        "Kerstavond",
        "Nieuwjaarsdag",
    ):
        assert part in page
    assert "Verhuizing" not in page
    assert 'name="mo"' not in page
    assert reader.post("/customers/K1/hours", {}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"mo": "8-12, 11-17"}, "mo", "08:00-12:00, 11:00-17:00"), ({"tu": "acht uur"}, "tu", "acht uur"),
        ({"we": "8:75-9"}, "we", "8:75"), ({"fr": "22-3", "sa": "2-10"}, "fr", "22:00-03:00"),
        ({"zone": "Europe/Nergens"}, "zone", "Nergens"),
        (CHRISTMAS | {"exception.0.first": "31-02-2026"}, "exception.0.first", "31-02-2026"),
        (CHRISTMAS | {"exception.0.first": ""}, "exception.0.first", "dag"),
        (CHRISTMAS | {"exception.0.last": "1-12-2026"}, "exception.0.last", "01-12-2026"),
        (CHRISTMAS | {"exception.0.hours": "heel vroeg"}, "exception.0.hours", "heel vroeg"),
        (CHRISTMAS | {"exception.1.first": "24-12-2026"}, "exception.1.first", "24-12-2026"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    typed: dict[str, str], field: str, said: str, make_customer: Callable[..., Customer], as_user: Any
) -> None:
    customer = make_customer(number="K1")
    with pytest.raises(InvalidInput) as refused:
        save(customer, **typed)
    assert list(refused.value.problems) == [field]
    answer = as_user("verkoop").post("/customers/K1/hours", WEEK | typed | {"version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert said in page
    for value in typed.values():
        assert not value or f'value="{value}"' in page
    assert Customer.objects.get().opening_hours == {}


def test_copying_a_day_and_a_further_row_store_nothing(
    make_customer: Callable[..., Customer], as_user: Any
) -> None:
    make_customer(number="K1")
    client: Client = as_user("verkoop")
    page = client.post(
        "/customers/K1/hours", {"mo": "8-17", "version": "1", "copy": "mo:weekdays"}
    ).content.decode()
    assert page.count('value="8-17"') == 5
    page = client.post(
        "/customers/K1/hours", {"mo": "8-17", "version": "1", "copy": "mo:all"}
    ).content.decode()
    assert page.count('value="8-17"') == 7
    page = client.post("/customers/K1/hours", CHRISTMAS | {"version": "1", "more": "1"}).content.decode()
    assert 'name="exception.1.first"' in page
    assert "Kerstavond" in page
    assert Customer.objects.get().opening_hours == {}


def test_who_was_later_sees_both(make_customer: Callable[..., Customer], as_user: Any) -> None:
    customer = make_customer(number="K1")
    save(customer)
    with pytest.raises(StaleVersion):
        save(customer, mo="9-12")
    client: Client = as_user("verkoop")
    answer = client.post("/customers/K1/hours", WEEK | {"mo": "9-12", "version": "1"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "9-12" in page
    assert "08:00-12:00, 13:00-17:30" in page
    sent = WEEK | {"mo": "9-12", "version": "2", "take.mo": "mine"}
    assert client.post("/customers/K1/hours", sent).status_code in (200, 302)
    assert Customer.objects.get().opening_hours["week"]["mo"] == "09:00-12:00"


def test_out_and_in_again(make_customer: Callable[..., Customer], as_user: Any) -> None:
    save(make_customer("Een", number="K1"), **CHRISTMAS)
    answer: Any = as_user("beheer").get("/customers/export.csv")
    content = b"".join(answer.streaming_content)
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert row["Openingstijden"] == "ma-vr 08:00-12:00, 13:00-17:30"
    lines = 'number,name,Openingstijden\nK1,Een,ma-za 9-17\nK2,Twee,"mo-fr 8:00-12:00, 13:00-17:00"\nK3,Drie,soms\n'
    run = importing.run_create(actor=SYSTEM, name="a.csv", chunks=iter([lines.encode()]))
    assert run.mapping["Openingstijden"] == "opening_hours"
    importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="update", nameless="refuse", country="NL"
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert (run.created, run.updated, run.refused) == (1, 1, 1)
    first = Customer.objects.get(number="K1").opening_hours
    assert first["week"]["sa"] == "09:00-17:00"
    assert first["exceptions"][0]["reason"] == "Kerstavond"  # a file tells the week alone
    assert Customer.objects.get(number="K2").opening_hours["week"]["fr"] == "08:00-12:00, 13:00-17:00"


def test_the_hours_of_a_branch_are_put_in_their_usual_form(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    branch = branch_create(
        actor=SYSTEM, customer=customer, values={"name": "Noord", "opening_hours": "ma-vr 8-17"}
    )
    assert branch.opening_hours == "ma-vr 08:00-17:00"
    other = branch_create(
        actor=SYSTEM, customer=customer, values={"name": "Zuid", "opening_hours": "op afspraak"}
    )
    assert other.opening_hours == "op afspraak"
    assert hours.with_state(other.opening_hours, "NL") == "op afspraak"
    assert hours.with_state(branch.opening_hours, "NL").startswith("ma-vr 08:00-17:00 (")

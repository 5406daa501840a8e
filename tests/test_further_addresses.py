"""Further addresses: other places, and addresses that hold for a time (issue of the complete card)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from klantenbeheer.customers import further
from klantenbeheer.customers.hours import hours_save
from klantenbeheer.customers.models import Address, Customer
from klantenbeheer.customers.selectors import current_addresses, search
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.errors import InvalidInput, Refused

from .conftest import SYSTEM, undo_last

pytestmark = pytest.mark.django_db
NEW = {"kind": "visiting", "street": "Nieuwe Kade", "house_number": "7", "postcode": "9711ab", "city": "Groningen",
       "country": "NL"}  # fmt: skip


@pytest.fixture
def customer(make_customer: Callable[..., Customer]) -> Customer:
    visiting = {
        "street": "Oudegracht",
        "house_number": "1",
        "postcode": "3511 AA",
        "city": "Utrecht",
        "country": "NL",
    }
    return make_customer("Klant", number="K1", addresses={"visiting": visiting})


def add(customer: Customer, **values: Any) -> Address:
    return further.further_create(actor=SYSTEM, customer=customer, values=NEW | values)


def cities(customer: Customer, on: date) -> list[str]:
    return [one.city for one in current_addresses(customer.addresses.all(), on)]


def test_a_coming_move_takes_over_on_its_day_without_anyone(customer: Customer, as_user: Any) -> None:
    today = timezone.localdate()
    moved = add(customer, valid_from=today + timedelta(days=10))
    assert moved.postcode == "9711 AB"
    assert cities(customer, today) == ["Utrecht"]
    assert cities(customer, today + timedelta(days=10)) == ["Groningen"]
    page = as_user("verkoop").get("/customers/K1/notes/").content.decode()
    assert "Oudegracht" in page
    # The day comes: the card says so at once, list and search after the job.
    further.further_update(
        actor=SYSTEM, record=moved, version=1, values=NEW | {"valid_from": today + timedelta(days=1)}
    )
    later = today + timedelta(days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.localdate", lambda *a, **k: later)
        assert "Nieuwe Kade" in as_user("verkoop").get("/customers/K1/notes/").content.decode()
        assert Customer.objects.get().city == "Utrecht"
        job_enqueue(actor=SYSTEM, kind="addresses.tidy", title="", params={})
        job = running.claim("w")
        assert job is not None
        running.perform(job)
    assert Customer.objects.get().city == "Groningen"
    assert [row["number"] for row in search(SYSTEM, "groningen").rows] == ["K1"]


def test_after_its_period_the_standing_one_holds_again(customer: Customer) -> None:
    add(customer, valid_from=date(2026, 7, 1), valid_until=date(2026, 8, 31), label="Zomer")
    assert cities(customer, date(2026, 6, 30)) == ["Utrecht"]
    assert cities(customer, date(2026, 7, 1)) == ["Groningen"]
    assert cities(customer, date(2026, 8, 31)) == ["Groningen"]
    assert cities(customer, date(2026, 9, 1)) == ["Utrecht"]


def test_any_number_of_other_places(customer: Customer, as_user: Any) -> None:
    for place in range(3):
        add(customer, kind="delivery", label=f"Magazijn {place}", attention="Piet")
    add(customer, kind="other", label="Vakantiehuis")
    assert cities(customer, timezone.localdate()) == ["Utrecht"]  # they stand beside, and take over nothing
    client = as_user("verkoop")
    page = client.get("/customers/K1/addresses").content.decode()
    assert page.count("Magazijn") >= 3
    assert "Vakantiehuis" in page
    one = Address.objects.filter(label="Magazijn 1").get()
    label = client.get(f"/customers/K1/label?kind={one.pk}").content.decode()
    assert "T.a.v. Piet" in label
    assert "Nieuwe Kade" in label


def test_the_dialog_has_a_map_of_each_place_and_the_opening_hours(customer: Customer, as_user: Any) -> None:
    add(customer, kind="delivery", label="Magazijn", attention="Piet")
    hours_save(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, typed={"mo": "8-12", "tu": "8-12"}
    )
    for who in ("verkoop", "lezer"):
        page = as_user(who).get("/customers/K1/addresses").text
        assert page.count("openstreetmap.org") == 2
        for part in ("Oudegracht", "Nieuwe Kade", "ma-di 08:00-12:00", 'href="/customers/K1/hours"'):
            assert part in page


def test_who_may_not_change_them_reads_every_address(customer: Customer, as_user: Any) -> None:
    today = timezone.localdate()
    add(customer, kind="delivery", label="Magazijn", attention="Piet", valid_from=today + timedelta(days=5))
    reader = as_user("lezer")
    page = reader.get("/customers/K1/addresses").text
    for part in ("Vestigingsadres", "Afleveradres: Magazijn", "T.a.v. Piet", "gepland"):
        assert part in page
    assert 'name="visiting.city"' not in page
    assert "/addresses/new" not in page
    assert 'href="/customers/K1/addresses"' in reader.get("/customers/K1/notes/").text
    assert reader.post("/customers/K1/addresses", {"version": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": ""}, "label"), ({"label": "x" * 61}, "label"), ({"label": "A", "postcode": "12345"}, "postcode"),
        ({"kind": "second", "label": "A"}, "kind"),
        ({"valid_from": date(2027, 2, 1), "valid_until": date(2027, 1, 1)}, "valid_until"),
        ({"label": "A", "street": "", "postcode": "", "city": ""}, "street"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(values: dict[str, Any], field: str, customer: Customer) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(customer, **values)
    assert list(refused.value.problems) == [field]
    assert Address.objects.count() == 1


def test_two_of_a_kind_do_not_hold_at_once(customer: Customer) -> None:
    first = add(customer, valid_from=date(2027, 1, 1), valid_until=date(2027, 6, 30))
    for since, until in (
        (date(2027, 6, 30), None),
        (None, date(2027, 1, 1)),
        (date(2027, 2, 1), date(2027, 3, 1)),
    ):
        with pytest.raises(InvalidInput) as refused:
            add(customer, valid_from=since, valid_until=until)
        assert "Nieuwe Kade" in str(refused.value)
    second = add(customer, valid_from=date(2027, 7, 1))
    add(customer, kind="postal", valid_from=date(2027, 1, 1))
    further.further_delete(actor=SYSTEM, record=second)
    further.further_update(
        actor=SYSTEM, record=first, version=1, values=NEW | {"valid_from": date(2027, 1, 1)}
    )
    with pytest.raises(Refused, match="Nieuwe Kade"):  # its time was given to the other
        undo_last("address.delete")
    assert not Address.objects.filter(pk=second.pk).exists()


def test_in_the_dialog_and_back(customer: Customer, as_user: Any) -> None:
    client = as_user("verkoop")
    sent = NEW | {"label": "Magazijn", "kind": "delivery"}
    assert client.post("/customers/K1/addresses/new", sent).status_code == 302
    made = Address.objects.get(further=True)
    assert client.get(f"/customers/K1/addresses/{made.pk}").status_code == 200
    assert (
        client.post(
            f"/customers/K1/addresses/{made.pk}", sent | {"version": "1", "city": "Delfzijl"}
        ).status_code
        == 302
    )
    stale = client.post(f"/customers/K1/addresses/{made.pk}", sent | {"version": "1", "city": "Assen"})
    assert stale.status_code == 409
    assert "Delfzijl" in stale.content.decode()
    client.post(f"/customers/K1/addresses/{made.pk}/delete")
    assert not Address.objects.filter(further=True).exists()
    deletion = Action.objects.get(kind="address.delete")
    client.post(f"/history/undo/{deletion.pk}/")
    assert Address.objects.get(further=True).city == "Delfzijl"
    timeline = client.get("/customers/K1/history/").content.decode()
    assert "Delfzijl" in timeline
    # The standing addresses are saved beside them, untouched.
    assert client.get("/customers/K1/addresses").content.decode().count("Delfzijl</span>") == 1

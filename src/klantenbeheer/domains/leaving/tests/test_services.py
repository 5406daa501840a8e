"""A colleague leaves: previewed, done whole or not at all, undone whole; and what was changed since stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.leaving import jobs, services
from klantenbeheer.domains.leaving.models import Departure
from klantenbeheer.domains.leaving.services import Leaving
from klantenbeheer.domains.territories.models import TerritoryStaff
from klantenbeheer.domains.territories.services import staff_create, staff_update, territory_create
from klantenbeheer.foundation.access.models import AccessChange, Role, User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.accounts import invitations, tokens
from klantenbeheer.foundation.accounts.models import Invitation
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.foundation.jobs import running
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from tests.cast import SYSTEM

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 1)


@pytest.fixture
def office(people: dict[str, User], make_customer: Callable[..., Customer]) -> dict[str, Any]:
    """The seller with three customers and times in four territories, and his successor."""
    seller = people["verkoop"]
    User.objects.filter(pk=seller.pk).update(is_salesperson=True)
    seller.refresh_from_db()
    next_one = User.objects.create_user("opvolger", "x", full_name="Olga Opvolger", is_salesperson=True)
    third = User.objects.create_user("derde", "x", full_name="Derk Derde", is_salesperson=True)
    made = [make_customer(f"Klant {number}", number=f"K{number}", salesperson=seller) for number in range(3)]
    made.append(make_customer("Van een ander", number="K9", salesperson=third))
    regions = [
        territory_create(actor=SYSTEM, values={"code": f"R{number}", "name": "Streek"}) for number in range(5)
    ]

    def staff(place: int, **values: Any) -> TerritoryStaff:
        return staff_create(actor=SYSTEM, territory_id=regions[place].pk, values=values)

    staff(0, salesperson=seller, since=date(2020, 1, 1))
    staff(1, salesperson=seller, deputy=next_one, since=date(2027, 6, 1), until=date(2027, 12, 31))
    staff(2, salesperson=third, deputy=seller, since=date(2020, 1, 1), until=date(2028, 1, 1))
    staff(3, salesperson=next_one, deputy=seller, since=date(2020, 1, 1))
    staff(4, salesperson=seller, since=date(2020, 1, 1), until=date(2027, 2, 28))
    return {
        "seller": seller,
        "next": next_one,
        "third": third,
        "customers": made,
        "regions": regions,
        **people,
    }


def leaving(office: dict[str, Any], successor: str = "next") -> Leaving:
    return Leaving(office["seller"].pk, office[successor].pk if successor else None, DAY)


def snapshot() -> list[Any]:
    staff = TerritoryStaff.objects.order_by("territory__code", "since")
    return [
        list(Customer.objects.order_by("number").values_list("number", "salesperson__username")),
        list(
            staff.values_list(
                "territory__code", "salesperson__username", "deputy__username", "since", "until"
            )
        ),
        list(User.objects.order_by("username").values_list("username", "is_active")),
    ]


def test_the_preview_counts_and_does_nothing(office: dict[str, Any]) -> None:
    before = snapshot()
    found = services.preview(office["beheer"], leaving(office))
    assert found.customers == 3
    assert [spell.territory for spell in found.selling] == ["R0 Streek", "R1 Streek"]
    assert [spell.territory for spell in found.deputising] == ["R2 Streek", "R3 Streek"]
    assert snapshot() == before


def test_all_of_it_goes_over_and_comes_back(office: dict[str, Any]) -> None:
    before = snapshot()
    _departure, moved = services.leave(actor=office["beheer"], leaving=leaving(office))
    assert moved == 3
    customers, staff, users = snapshot()
    assert customers == [("K0", "opvolger"), ("K1", "opvolger"), ("K2", "opvolger"), ("K9", "derde")]
    assert staff == [
        ("R0", "verkoop", None, date(2020, 1, 1), DAY - timedelta(days=1)),
        ("R0", "opvolger", None, DAY, None),
        ("R1", "opvolger", None, date(2027, 6, 1), date(2027, 12, 31)),
        ("R2", "derde", "verkoop", date(2020, 1, 1), DAY - timedelta(days=1)),
        ("R2", "derde", "opvolger", DAY, date(2028, 1, 1)),
        ("R3", "opvolger", "verkoop", date(2020, 1, 1), DAY - timedelta(days=1)),
        ("R3", "opvolger", None, DAY, None),
        ("R4", "verkoop", None, date(2020, 1, 1), date(2027, 2, 28)),
    ]
    assert ("verkoop", False) in users
    card = Customer.objects.get(number="K0")
    action = leaving_action()
    assert card.history.order_by("-history_id").first().action_id == action.pk
    gone = snapshot()
    done = undo_action(office["beheer"], action)
    assert (done.restored, done.kept) == (3, 0)
    assert snapshot() == before
    assert not Departure.objects.exists()
    with pytest.raises(Refused):
        undo_action(office["beheer"], action)
    # And once more: the account is closed again, with all that went over.
    again = undo_action(office["beheer"], done.action)
    assert snapshot() == gone
    assert Departure.objects.get().user_id == office["seller"].pk
    undo_action(office["beheer"], again.action)
    assert snapshot() == before
    told = [row.what for row in AccessChange.objects.filter(user_id=office["seller"].pk)]
    assert told == ["is_active"] * 4


def leaving_action() -> Action:
    return Action.objects.get(kind=services.LEAVE, undoes=None)


def test_who_may_not_do_it_may_not_undo_it(office: dict[str, Any], give: Any) -> None:
    services.leave(actor=office["beheer"], leaving=leaving(office))
    before = snapshot()
    everything = {right.key: Level.EDIT for right in RIGHTS}
    for right in (services.RIGHT, "customers"):
        give("lezer", everything | {right: Level.NONE})
        with pytest.raises((NotAllowed, NotFound)):
            undo_action(User.objects.get(username="lezer"), leaving_action())
    give("lezer", everything, Reach.OWN)
    with pytest.raises(NotFound):
        undo_action(User.objects.get(username="lezer"), leaving_action())
    assert snapshot() == before


def test_the_last_manager_does_not_leave_by_way_of_a_redo(office: dict[str, Any]) -> None:
    office["next"].roles.add(Role.objects.get(key="manager"))
    services.leave(actor=office["beheer"], leaving=Leaving(office["next"].pk, None, DAY))
    done = undo_action(office["beheer"], leaving_action())
    User.objects.filter(pk=office["beheer"].pk).update(is_active=False)
    with pytest.raises(Refused, match="laatste"):
        undo_action(SYSTEM, done.action)
    assert User.objects.get(pk=office["next"].pk).is_active


def test_what_was_changed_since_stays(office: dict[str, Any]) -> None:
    services.leave(actor=office["beheer"], leaving=leaving(office))
    card = Customer.objects.get(number="K1")
    customer_update(
        actor=SYSTEM, customer_id=card.pk, version=card.version, values={"salesperson": office["third"]}
    )
    row = TerritoryStaff.objects.get(territory__code="R1")
    values = {"salesperson": office["third"], "deputy": None, "since": row.since, "until": row.until}
    staff_update(actor=SYSTEM, staff_id=row.pk, version=row.version, values=values)
    done = undo_action(office["beheer"], leaving_action())
    assert (done.restored, done.kept) == (2, 1)
    customers, staff, _users = snapshot()
    assert customers[:3] == [("K0", "verkoop"), ("K1", "derde"), ("K2", "verkoop")]
    assert [one[1] for one in staff if one[0] == "R1"] == ["derde"]
    assert [one[1] for one in staff if one[0] == "R0"] == ["verkoop"]


def test_nobody_follows_him_up(office: dict[str, Any]) -> None:
    before = snapshot()
    _departure, moved = services.leave(actor=office["beheer"], leaving=leaving(office, ""))
    assert moved == 0
    assert snapshot()[:2] == before[:2]
    assert not User.objects.get(username="verkoop").is_active


def test_the_doors_close(office: dict[str, Any], as_user: Any) -> None:
    client = as_user("verkoop")
    tomorrow = timezone.localdate() + timedelta(days=1)
    _token, text = tokens.token_create(actor=office["seller"], name="x", scope="read", until=tomorrow)
    office["seller"].roles.add(Role.objects.get(key="manager"))
    seller = User.objects.get(username="verkoop")
    invitations.invite(
        actor=seller, values={"email": "a@example.com", "roles": ["sales"]}, base_url="http://x"
    )
    services.leave(actor=office["beheer"], leaving=leaving(office))
    assert client.get("/customers/").status_code == 302
    assert tokens.token_verify(text) is None
    assert not Invitation.objects.get().is_open
    undo_action(office["beheer"], leaving_action())
    assert client.get("/customers/").status_code == 302
    assert tokens.token_verify(text) is None


def test_who_cannot_leave_and_who_cannot_follow(office: dict[str, Any]) -> None:
    manager = office["beheer"]
    with pytest.raises(NotAllowed):
        services.leave(actor=office["lezer"], leaving=leaving(office))
    with pytest.raises(Refused):
        services.leave(actor=manager, leaving=Leaving(manager.pk, None, DAY))
    with pytest.raises(NotFound):
        services.leave(actor=manager, leaving=Leaving(0, None, DAY))
    with pytest.raises(Refused):
        services.leave(actor=SYSTEM, leaving=Leaving(manager.pk, None, DAY))
    for wrong in (office["seller"].pk, office["lezer"].pk, 0):
        with pytest.raises(InvalidInput):
            services.leave(actor=manager, leaving=Leaving(office["seller"].pk, wrong, DAY))
    assert User.objects.filter(is_active=False).count() == 0
    services.leave(actor=manager, leaving=leaving(office))
    with pytest.raises(Refused):
        services.leave(actor=manager, leaving=leaving(office))


def test_many_customers_go_in_the_background_and_back(
    office: dict[str, Any], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    monkeypatch.setattr("klantenbeheer.domains.leaving.services.BATCH", 2)
    before = snapshot()
    client = as_user("beheer")
    address = f"/settings/accounts/{office['seller'].pk}/leave/"
    form = {"successor": office["next"].pk, "since": "2027-03-01", "confirmed": "1"}
    assert client.post(address, form)["Location"].startswith("/jobs/")
    work()
    assert Customer.objects.filter(salesperson=office["next"]).count() == 3
    monkeypatch.setattr("klantenbeheer.domains.history.views.AT_ONCE", 1)
    undo = f"/history/undo/{leaving_action().pk}/"
    assert client.post(undo)["Location"].startswith("/jobs/")
    work()
    assert snapshot() == before


def work() -> None:
    while job := running.claim("test"):
        running.perform(job)


def test_on_the_screen(office: dict[str, Any], as_user: Any) -> None:
    client = as_user("beheer")
    address = f"/settings/accounts/{office['seller'].pk}/leave/"
    page = client.get(f"/settings/accounts/{office['seller'].pk}/").text
    assert address in page
    assert timezone.localdate().isoformat() in client.get(address).text
    shown = client.post(address, {"successor": office["next"].pk, "since": "2027-03-01"})
    assert "R0 Streek" in shown.text
    assert Customer.objects.filter(salesperson=office["seller"]).count() == 3
    assert client.post(address, {"successor": "x", "since": "vandaag"}).status_code == 422
    done = client.post(address, {"successor": office["next"].pk, "since": "2027-03-01", "confirmed": "1"})
    assert done["Location"] == f"/settings/accounts/{office['seller'].pk}/"
    assert client.get(address).status_code == 422
    url = f"/history/undo/{leaving_action().pk}/"
    assert url in client.cookies["kb_toast"].value.replace("%2F", "/")
    undo = client.post(url)
    assert undo.status_code == 302
    assert Customer.objects.filter(salesperson=office["seller"]).count() == 3
    assert Territory.objects.count() == 5

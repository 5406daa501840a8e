"""Undoing and the past, for who does not reach all customers, does not see all tabs, or may not delete."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.card.past import moment_text
from klantenbeheer.customers import codes
from klantenbeheer.customers.bulk_edit.services import ACTION
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.permissions import BULK, CREDIT, DELETE, IMPORT
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.history import views as history_views
from klantenbeheer.domains.history.selectors import timeline
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.territories import moving
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.accounts import tokens
from klantenbeheer.foundation.accounts.models import ApiToken
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.jobs import enqueue_undo
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.audit.undo import undo_action, undo_record
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .cast import SYSTEM, Give

Make = Callable[..., Customer]
EVERYTHING = {right.key: Level.EDIT for right in RIGHTS}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/K1/notes/"}


def again(user: User) -> User:
    """Read somebody anew: what he holds is remembered."""
    return User.objects.get(pk=user.pk)


def change(customer: Customer, actor: Any = SYSTEM, **values: Any) -> Action:
    stored = Customer.objects.get(pk=customer.pk)
    customer_update(actor=actor, customer_id=customer.pk, version=stored.version, values=values)
    return Action.objects.latest("pk")


@pytest.fixture
def seller(people: dict[str, User], give: Give) -> User:
    """One with every right, who reaches the customers that he is the salesperson of."""
    give("verkoop", EVERYTHING, Reach.OWN)
    User.objects.filter(pk=people["verkoop"].pk).update(is_salesperson=True)
    return again(people["verkoop"])


def test_a_change_of_a_customer_out_of_reach_is_not_known(
    seller: User, make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    mine, other = make_customer("Mijn", number="K1", salesperson=seller), make_customer("Ander", number="K2")
    action = Action.objects.latest("pk")
    for customer, status in ((mine, 302), (other, 404)):
        action = change(customer, phone="030 2345678")
        assert as_user("verkoop").post(f"/history/undo/{action.pk}/").status_code == status
        phone = Customer.objects.get(pk=customer.pk).phone
        assert bool(phone) is (status == 404)
    with pytest.raises(NotFound):
        undo_record(seller, action, "customer", other.pk)


def test_an_action_on_many_goes_back_when_all_are_within_reach(seller: User, make_customer: Make) -> None:
    with acting(SYSTEM, "test"):
        source, target = Territory(code="T1", name="Een"), Territory(code="T2", name="Twee")
        write([source, target], new=True)
    for number in ("K1", "K2"):
        make_customer(number, number=number, salesperson=seller, territory=source)
    make_customer("Ander", number="K3", territory=source)
    move = moving.Move(source=source.pk, target=target.pk)
    whole, moved = moving.assign(actor=SYSTEM, move=move)
    assert moved == 3
    for attempt in (
        lambda: undo_action(again(seller), whole),
        lambda: enqueue_undo(actor=again(seller), action=whole),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert Customer.objects.filter(territory=target).count() == 3
    customer = Customer.objects.get(number="K1")
    moment = timeline(again(seller), customer).moments[0]
    assert (moment.action, moment.may_undo) == (whole, False)
    assert moment.entries[0].may_undo_alone
    undo_record(again(seller), whole, "customer", customer.pk)
    assert Customer.objects.get(number="K1").territory == source
    undo_action(SYSTEM, whole)
    own, moved = moving.assign(actor=again(seller), move=move)
    assert moved == 2
    assert undo_action(again(seller), own).restored == 2


def test_who_moved_customers_out_of_his_reach_brings_them_back(
    people: dict[str, User], give: Give, make_customer: Make
) -> None:
    give("verkoop", EVERYTHING, Reach.OWN)
    seller = again(people["verkoop"])
    with acting(SYSTEM, "test"):
        source, target = Territory(code="T1", name="Een"), Territory(code="T2", name="Twee")
        write([source, target], new=True)
    customer = make_customer(number="K1", salesperson=seller, territory=source)
    action, _moved = moving.assign(actor=seller, move=moving.Move(source=source.pk, target=target.pk))
    change(customer, salesperson=people["beheer"])
    with pytest.raises(NotFound):  # another's move of the same would not be his to know of
        undo_action(again(people["verkoop"]), Action.objects.latest("pk"))
    assert undo_action(again(people["verkoop"]), action).restored == 1
    assert Customer.objects.get(number="K1").territory == source


def test_undoing_does_not_take_a_customer_out_of_sight(
    seller: User, people: dict[str, User], make_customer: Make
) -> None:
    customer = make_customer(number="K1", salesperson=people["beheer"])
    action = change(customer, salesperson=seller)
    with pytest.raises(Refused, match="Dan zou u deze klant niet zien"):
        undo_action(again(seller), action)
    assert Customer.objects.get(pk=customer.pk).salesperson == seller
    undo_action(SYSTEM, action)


def test_a_tab_that_is_closed_is_not_told_and_not_undone(
    people: dict[str, User], give: Give, make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    person = contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Geheim"})
    closed = Action.objects.latest("pk")
    with acting(SYSTEM, "both"):
        write([Note(customer=customer, text="Openbaar")], new=True)
        write([Contact(customer=customer, last_name="Verborgen")], new=True)
    both = Action.objects.latest("pk")
    give("lezer", EVERYTHING | {"tab.contacts": Level.NONE})
    client = as_user("lezer")
    page = client.get("/customers/K1/history/").text
    assert "Openbaar" in page
    assert "Geheim" not in page
    assert "Verborgen" not in page
    assert f'action="/history/undo/{both.pk}/"' not in page
    then = client.get(f"/customers/K1/history/compare/?at={moment_text(timezone.now())}").text
    assert "Geheim" not in then
    assert client.get(f"/customers/K1/contacts/?at={moment_text(timezone.now())}").status_code in (403, 404)
    for url in (f"{closed.pk}/", f"{closed.pk}/contact/{person.pk}/", f"{both.pk}/"):
        assert client.post(f"/history/undo/{url}").status_code == 404, url
    give("lezer", EVERYTHING | {"tab.contacts": Level.VIEW})
    for url in (f"{closed.pk}/", f"{closed.pk}/contact/{person.pk}/", f"{both.pk}/"):
        assert client.post(f"/history/undo/{url}").status_code == 403, url
    assert Contact.objects.count() == 2
    # By one field the timeline knows as well that more was done than he may see.
    give("lezer", EVERYTHING | {"tab.contacts": Level.NONE})
    with acting(SYSTEM, "both"):
        note = Note.objects.get()
        note.text, note.version = "Anders", note.version + 1
        write([note], new=False)
        write([Contact(customer=customer, last_name="Derde")], new=True)
    page = client.get("/customers/K1/history/?field=note.text").text
    assert "Anders" in page
    assert f'action="/history/undo/{Action.objects.latest("pk").pk}/"' not in page


def test_who_may_not_delete_is_not_offered_to_undo_an_addition(
    people: dict[str, User], give: Give, make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    for level in (Level.NONE, Level.EDIT):
        give("lezer", EVERYTHING | {DELETE: level})
        client = as_user("lezer")
        made = client.post("/customers/K1/notes/items/new/", {"text": "Kort"}, headers=HTMX)
        assert ("undo_url" in json.loads(made["HX-Trigger"])["kb:toast"]) is (level == Level.EDIT)
        action = Action.objects.latest("pk")
        page = client.get("/customers/K1/history/").text
        assert (f"/history/undo/{action.pk}/" in page) is (level == Level.EDIT)
    # A deletion is undone by who may add; doing it again is to delete.
    note = Note.objects.latest("pk")
    with acting(SYSTEM, "note.delete"):
        note.delete()
    give("lezer", EVERYTHING | {DELETE: Level.NONE})
    back = undo_action(again(people["lezer"]), Action.objects.latest("pk"))
    assert Note.objects.filter(pk=note.pk).exists()
    with pytest.raises(NotAllowed):
        undo_action(again(people["lezer"]), back.action)
    # A code of the customer comes and goes with a change of the customer.
    codes.code_create(actor=SYSTEM, values={"code": "KERST"})
    undo_action(again(people["lezer"]), change(customer, mailing_codes="KERST"))
    assert not customer.mailing_codes.exists()


def test_one_customer_of_an_import_asks_the_right_to_import(
    people: dict[str, User], give: Give, make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    action = Action.objects.create(actor_label="test", kind="customer.import")
    with acting(SYSTEM, "customer.import", action=action):
        stored = Customer.objects.get(pk=customer.pk)
        stored.phone, stored.version = "030 2345678", stored.version + 1
        write([stored], new=False)
    give("lezer", EVERYTHING | {IMPORT: Level.NONE})
    client = as_user("lezer")
    assert f"/history/undo/{action.pk}/" not in client.get("/customers/K1/history/").text
    assert client.post(f"/history/undo/{action.pk}/customer/{customer.pk}/").status_code == 403
    give("lezer", EVERYTHING)
    assert f"/history/undo/{action.pk}/" in client.get("/customers/K1/history/").text
    assert client.post(f"/history/undo/{action.pk}/customer/{customer.pk}/").status_code == 302


def test_a_change_of_many_asks_its_right_besides_those_of_its_records(
    give: Give, make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    stored = Customer.objects.get(pk=customer.pk)
    with acting(SYSTEM, ACTION) as action:
        stored.credit_limit, stored.version = 500, stored.version + 1
        write([stored], new=False)
    for lacks in (BULK, CREDIT):
        give("lezer", EVERYTHING | {lacks: Level.NONE})
        client = as_user("lezer")
        assert f"/history/undo/{action.pk}/" not in client.get("/customers/K1/history/").text
        assert client.post(f"/history/undo/{action.pk}/customer/{customer.pk}/").status_code == 403
        assert Customer.objects.get(pk=customer.pk).credit_limit == 500
    give("lezer", EVERYTHING)
    assert f"/history/undo/{action.pk}/" in as_user("lezer").get("/customers/K1/history/").text
    undo_action(SYSTEM, action)


def test_a_withdrawn_token_does_not_work_again(people: dict[str, User]) -> None:
    boss = people["beheer"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    token, _text = tokens.token_create(actor=boss, name="x", scope="read", until=tomorrow)
    tokens.token_revoke(actor=boss, token_id=token.pk)
    for action in Action.objects.filter(kind__startswith="api_token"):
        with pytest.raises(Refused):
            undo_action(boss, action)
    assert ApiToken.objects.get().revoked_at is not None


def test_undoing_for_many_is_no_work_for_who_may_not_know_of_it(
    seller: User, make_customer: Make, as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_views, "AT_ONCE", 0)
    make_customer("Ander", number="K2")
    with acting(SYSTEM, "note.create", reason="Geheim") as action:
        write([Note(customer=Customer.objects.get(number="K2"), text="Geheim")], new=True)
    assert as_user("verkoop").post(f"/history/undo/{action.pk}/").status_code == 404
    assert as_user("niemand").post(f"/history/undo/{action.pk}/").status_code == 404
    assert not Job.objects.exists()
    assert as_user("beheer").post(f"/history/undo/{action.pk}/").status_code == 302
    assert Job.objects.get().title == "Ongedaan maken van Geheim"


def test_the_work_of_undoing_is_called_in_words(people: dict[str, User], make_customer: Make) -> None:
    make_customer(number="K1")
    job = enqueue_undo(actor=people["beheer"], action=Action.objects.latest("pk"))
    assert "customer." not in job.title
    assert "wat er gebeurde op" in job.title

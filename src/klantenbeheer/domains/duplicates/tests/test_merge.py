"""Merging and undoing: everything moves, and everything goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.test import Client

from klantenbeheer.customers.bank.models import IbanChange
from klantenbeheer.customers.choices import ChangeState
from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.merging import BELONGINGS
from klantenbeheer.customers.models import (
    Customer,
    CustomerMark,
    ImportIssue,
)
from klantenbeheer.customers.selectors import customer_by_number, numbered, search
from klantenbeheer.customers.services import customer_create, customer_update, mark_set
from klantenbeheer.domains.contacts.models import Branch, Contact
from klantenbeheer.domains.contacts.services import (
    branch_create,
    contact_create,
    contact_delete,
    contact_update,
)
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.vat_check.models import VatAnswer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action, undo_record
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import InvalidInput, Moved, NotAllowed, NotFound, Refused

from ..merging import ChangedMeanwhile, customers_merge
from ..models import Decision, Merge
from ..services import decide
from ..undoing import merge_undo

SYSTEM = SystemActor("test")
Make = Callable[..., Customer]

pytestmark = pytest.mark.django_db


def belongs_to_a_customer() -> list[Any]:
    return [
        model
        for model in apps.get_models()
        if not model.__name__.startswith("Historical")
        and any(column.related_model is Customer for column in model._meta.concrete_fields)
    ]


def test_every_model_with_a_key_to_the_customer_says_how_it_moves() -> None:
    assert {model._meta.label_lower for model in belongs_to_a_customer()} == {one.model for one in BELONGINGS}


# -- one by one -----------------------------------------------------------------------------------------------------


@pytest.fixture
def two(make_customer: Make) -> tuple[Customer, Customer]:
    one = make_customer("Jansen B.V.", number="K1", phone="030 2345678", iban="NL91ABNA0417164300")
    place = {"street": "Kade", "house_number": "3", "city": "Assen", "postcode": "9401 HJ", "country": "NL"}
    other = make_customer(
        "Janssen BV", number="K2", phone="0592 123456", email="info@janssen.example", iban="NL20INGB0001234567",
        addresses={"visiting": place},
    )  # fmt: skip
    return one, other


def together(two: tuple[Customer, Customer], **more: Any) -> Merge:
    return customers_merge(actor=SYSTEM, keys=[one.pk for one in two], survivor=two[0].pk, **more)


def test_values_are_chosen_and_the_rest_stays_to_be_read(
    two: tuple[Customer, Customer], as_user: Callable[[str], Client]
) -> None:
    merge = together(two, chosen={"phone": str(two[1].pk)})
    kept = Customer.objects.get()
    assert (kept.name, kept.phone, kept.email) == ("Jansen B.V.", "+31 592 123 456", "info@janssen.example")
    assert {(label, text) for _key, label, text, _right in merge.lost} >= {
        ("Naam", "Janssen BV"), ("Telefoon", "+31 30 234 5678"), ("IBAN", "NL20 INGB 0001 2345 67"),
    }  # fmt: skip
    further = kept.addresses.get(further=True)
    assert (further.city, further.label) == ("Assen", "van K2")
    assert "Janssen BV" in as_user("lezer").get(f"/duplicates/merges/{merge.pk}/").text


def test_an_iban_of_another_customer_waits_for_a_second_user(two: tuple[Customer, Customer]) -> None:
    together(two, chosen={"iban": str(two[1].pk)})
    kept = Customer.objects.get()
    assert (kept.iban, kept.iban_pending) == ("NL91ABNA0417164300", "NL20INGB0001234567")
    assert IbanChange.objects.get(state=ChangeState.PENDING).new_iban == "NL20INGB0001234567"


def test_the_old_number_leads_to_the_survivor_everywhere(
    two: tuple[Customer, Customer], as_user: Callable[[str], Client], people: dict[str, User]
) -> None:
    together(two)
    client = as_user("lezer")
    answer = client.get("/customers/k2/notes/?x=1")
    assert answer["Location"] == "/customers/K1/notes/?x=1"
    assert "samengevoegd" in unquote(answer.cookies["kb_toast"].value)
    assert as_user("verkoop").post("/customers/K2/edit", {"version": "1"}).status_code == 404
    assert [row["number"] for row in search(people["lezer"], "K2").rows] == ["K1"]
    assert [row["number"] for row in numbered(people["lezer"], "k2", 20)] == ["K1"]
    assert numbered(people["niemand"], "K2", 20) == []
    with pytest.raises(Moved):
        customer_by_number(people["lezer"], "K2")
    with pytest.raises(NotFound):
        customer_by_number(people["niemand"], "K2")
    with pytest.raises(InvalidInput, match="niet opnieuw uitgegeven"):
        customer_create(actor=SYSTEM, values={"name": "Nieuw"}, number="k2")


def test_a_long_old_number_is_found_too(make_customer: Make, people: dict[str, User]) -> None:
    pair = make_customer("Alfa", number="10482"), make_customer("Alfa", number="10777")
    together(pair)
    assert [row["number"] for row in search(people["lezer"], "10777").rows] == ["10482"]


def test_an_import_with_the_old_number_updates_the_survivor_and_says_so(
    two: tuple[Customer, Customer],
) -> None:
    together(two)
    run = importing.run_create(
        actor=SYSTEM, name="k.csv", chunks=iter([b"nummer;naam;telefoon\nK2;Jansen B.V.;0592 654321\n"])
    )
    run = importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="update", nameless="refuse", country="NL"
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert Customer.objects.get().phone == "+31 592 654 321"
    assert "samengevoegd met K1" in str(ImportIssue.objects.get().reasons)


def test_the_history_of_both_stands_on_the_survivor_s_card(
    two: tuple[Customer, Customer], as_user: Callable[[str], Client]
) -> None:
    contact = contact_create(actor=SYSTEM, customer=two[1], values={"last_name": "Oosterhout"})
    merge = together(two)
    text = as_user("lezer").get("/customers/K1/history/").text
    assert "K2 samengevoegd met K1" in text
    assert "Oosterhout" in text
    assert "Janssen BV (K2)" in text
    merge_undo(actor=SYSTEM, merge_id=merge.pk)
    assert Contact.objects.get(pk=contact.pk).customer_id == two[1].pk
    assert "Oosterhout" in as_user("lezer").get("/customers/K2/history/").text


def test_evidence_of_vies_shows_at_the_survivor(
    two: tuple[Customer, Customer], as_user: Callable[[str], Client]
) -> None:
    VatAnswer.objects.create(
        customer=two[1], customer_number="K2", number="NL004495445B01", outcome="valid", asked_label="x"
    )
    together(two)
    assert VatAnswer.objects.get().customer_id == two[1].pk
    assert "NL004495445B01" in as_user("lezer").get("/customers/K1/vat").text


def test_refusals(two: tuple[Customer, Customer], people: dict[str, User], make_customer: Make) -> None:
    one, other = two
    third = make_customer("Derde", number="K3")
    with pytest.raises(Refused, match="zichzelf"):
        customers_merge(actor=SYSTEM, keys=[one.pk, one.pk], survivor=one.pk)
    with pytest.raises(Refused):
        customers_merge(actor=SYSTEM, keys=[one.pk, other.pk], survivor=third.pk)
    with pytest.raises(NotAllowed):
        customers_merge(actor=people["verkoop"], keys=[one.pk, other.pk], survivor=one.pk)
    with pytest.raises(NotFound):
        customers_merge(actor=SYSTEM, keys=[one.pk, 10**9], survivor=one.pk)
    with pytest.raises(ChangedMeanwhile):
        together(two, versions={one.pk: 7})
    first = together(two)
    with pytest.raises(Refused, match="intussen samengevoegd"):
        customers_merge(actor=SYSTEM, keys=[third.pk, other.pk], survivor=third.pk)
    second = customers_merge(actor=SYSTEM, keys=[third.pk, one.pk], survivor=third.pk)
    assert set(FormerNumber.objects.values_list("customer_id", flat=True)) == {third.pk}
    with pytest.raises(Refused, match="verder samengevoegd"):
        merge_undo(actor=SYSTEM, merge_id=first.pk)
    with pytest.raises(NotAllowed):
        merge_undo(actor=people["verkoop"], merge_id=second.pk)
    merge_undo(actor=SYSTEM, merge_id=second.pk)
    merge_undo(actor=SYSTEM, merge_id=first.pk)
    assert Customer.objects.count() == 3
    assert not FormerNumber.objects.exists()
    for merge in (first, second):
        with pytest.raises(Refused, match="al ongedaan gemaakt"):
            merge_undo(actor=SYSTEM, merge_id=merge.pk)


def test_what_was_changed_since_is_not_lost_by_undoing(two: tuple[Customer, Customer]) -> None:
    people = [
        contact_create(actor=SYSTEM, customer=two[1], values={"last_name": name}) for name in ("Een", "Twee")
    ]
    merge = together(two)
    kept = Customer.objects.get()
    moved = Contact.objects.get(pk=people[0].pk)
    contact_update(actor=SYSTEM, record=moved, version=moved.version, values={"last_name": "Eén"})
    contact_delete(actor=SYSTEM, record=Contact.objects.get(pk=people[1].pk))
    note_create(actor=SYSTEM, customer=kept, values={"text": "Nieuw"})
    kept.refresh_from_db()
    kept = customer_update(
        actor=SYSTEM, customer_id=kept.pk, version=kept.version, values={"fax": "030 2345679"}
    )
    deleted = Contact.history.filter(history_type="-").get().action
    with pytest.raises(Refused) as refused:
        merge_undo(actor=SYSTEM, merge_id=merge.pk)
    assert "Twee" in str(refused.value)
    undo_action(SYSTEM, deleted)
    merge_undo(actor=SYSTEM, merge_id=merge.pk)
    assert {(one.last_name, one.customer_id) for one in Contact.objects.all()} == {
        ("Eén", two[1].pk), ("Twee", two[1].pk),
    }  # fmt: skip
    assert Note.objects.get().customer_id == two[0].pk
    assert Customer.objects.get(pk=two[0].pk).fax == "+31 30 234 5679"
    merge = together(two)
    kept = Customer.objects.get()
    customer_update(
        actor=SYSTEM, customer_id=kept.pk, version=kept.version, values={"email": "nieuw@jansen.example"}
    )
    with pytest.raises(Refused, match="e-mail"):
        merge_undo(actor=SYSTEM, merge_id=merge.pk)
    assert Customer.objects.count() == 1


def test_marks_stay_each_user_s_own(two: tuple[Customer, Customer], people: dict[str, User]) -> None:
    for username in ("lezer", "verkoop"):
        mark_set(actor=people[username], customer_id=two[1].pk, marked=True)
    mark_set(actor=people["lezer"], customer_id=two[0].pk, marked=True)
    merge = together(two)
    assert sorted(CustomerMark.objects.values_list("user__username", flat=True)) == ["lezer", "verkoop"]
    mark_set(actor=people["verkoop"], customer_id=two[0].pk, marked=False)
    merge_undo(actor=SYSTEM, merge_id=merge.pk)
    rows = sorted(CustomerMark.objects.values_list("user__username", "customer__number"))
    assert rows == [("lezer", "K1"), ("lezer", "K2")]


def test_a_decision_about_one_who_goes_holds_for_the_survivor(
    two: tuple[Customer, Customer], make_customer: Make
) -> None:
    third = make_customer("Janssen BV", number="K3")
    made = decide(actor=SYSTEM, one=two[1].pk, other=third.pk, verdict="different")
    merge = together(two)
    moved = Decision.objects.get(pk=made.pk)
    assert {moved.low_id, moved.high_id} == {two[0].pk, third.pk}
    merge_undo(actor=SYSTEM, merge_id=merge.pk)
    back = Decision.objects.get(pk=made.pk)
    assert {back.low_id, back.high_id} == {two[1].pk, third.pk}


def test_who_may_not_see_one_of_them_merges_nothing(
    two: tuple[Customer, Customer], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = type(Customer.objects.all()).visible_to
    hidden = two[1].pk
    monkeypatch.setattr(
        type(Customer.objects.all()), "visible_to", lambda self, actor: real(self, actor).exclude(pk=hidden)
    )
    with pytest.raises(NotFound):
        customers_merge(actor=people["beheer"], keys=[one.pk for one in two], survivor=two[0].pk)
    assert Customer.objects.count() == 2


def test_the_screen_shows_what_happens_before_it_does(
    two: tuple[Customer, Customer], as_user: Callable[[str], Client]
) -> None:
    client = as_user("beheer")
    page = client.get("/duplicates/merge/?customer=K1&customer=K2")
    assert page.status_code == 200
    versions = {f"version.{one.pk}": one.version for one in two}
    form = {"customer": ["K1", "K2"], "choose.phone": str(two[1].pk), **versions}
    look = client.post("/duplicates/merge/", form)
    assert "+31 30 234 5678" in look.text
    assert Customer.objects.count() == 2
    stale = client.post("/duplicates/merge/", form | {"confirmed": "1", f"version.{two[0].pk}": 9})
    assert stale.status_code == 409
    assert Customer.objects.count() == 2
    done = client.post("/duplicates/merge/", form | {"confirmed": "1"})
    assert done["Location"] == "/customers/K1/"
    assert Customer.objects.get().phone == "+31 592 123 456"
    merge = Merge.objects.get()
    assert client.get("/duplicates/?show=merges").text.count(f"/duplicates/merges/{merge.pk}/undo/") == 1
    assert client.post(f"/duplicates/merges/{merge.pk}/undo/").status_code == 302
    assert Customer.objects.count() == 2
    for again in ("k1", "K1"):
        same = client.get(f"/duplicates/merge/?customer=K1&customer={again}")
        assert same.status_code == 422
        assert "één en dezelfde klant" in same.text
    endless = client.post(
        "/duplicates/merge/", form | {"confirmed": "1", f"version.{two[0].pk}": "9" * 5_000}
    )
    assert endless.status_code == 409
    assert client.get("/duplicates/merge/?customer=X9").status_code == 422


def test_one_engine_undoes_it_as_a_whole_and_once(
    two: tuple[Customer, Customer], as_user: Callable[[str], Client]
) -> None:
    contact = contact_create(actor=SYSTEM, customer=two[1], values={"last_name": "Een"})
    merge = together(two)
    client = as_user("beheer")
    shown = client.get("/customers/K1/history/").text
    assert f'action="/history/undo/{merge.action_id}/"' in shown
    assert f"/history/undo/{merge.action_id}/contact/" not in shown
    assert "Janssen BV (K2)" in shown  # who went, and where the contact came from
    with pytest.raises(Refused) as refused:
        undo_record(SYSTEM, merge.action, "contact", contact.pk)
    assert refused.value.code == "whole"
    assert client.post(f"/history/undo/{merge.action_id}/").status_code == 302
    assert Contact.objects.get().customer_id == two[1].pk
    merge.refresh_from_db()
    assert merge.undone is not None
    assert not FormerNumber.objects.exists()
    undoing = Action.objects.get(undoes=merge.action)
    with pytest.raises(Refused) as refused:
        undo_action(SYSTEM, undoing)
    assert refused.value.code == "once"
    for url in (f"/history/undo/{merge.action_id}/", f"/history/undo/{undoing.pk}/"):
        assert client.post(url).status_code == 422
    assert f"/history/undo/{undoing.pk}/" not in client.get("/customers/K1/history/").text
    assert Customer.objects.count() == 2


def test_a_branch_does_not_leave_people_behind(two: tuple[Customer, Customer]) -> None:
    branch = branch_create(actor=SYSTEM, customer=two[1], values={"name": "Filiaal"})
    merge = together(two)
    branch.refresh_from_db()
    new = contact_create(actor=SYSTEM, customer=two[0], values={"last_name": "Nieuw", "branch": branch})
    with pytest.raises(Refused, match="Nieuw"):
        merge_undo(actor=SYSTEM, merge_id=merge.pk)
    contact_delete(actor=SYSTEM, record=new)
    merge_undo(actor=SYSTEM, merge_id=merge.pk)
    assert Branch.objects.get().customer_id == two[1].pk

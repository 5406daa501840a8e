"""Bank accounts: a changed IBAN waits for a second user at every door, and what is found offline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from klantenbeheer.customers.bank import services
from klantenbeheer.customers.bank.models import BankAccount, BicCheck, IbanChange, Mandate
from klantenbeheer.customers.bank.selectors import bank_shown
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_create, customer_update
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused, StaleVersion

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
SYSTEM = SystemActor("test")
OLD, NEW, THIRD = "NL91ABNA0417164300", "NL20INGB0001234567", "NL44RABO0123456789"
EMPTY = dict.fromkeys(services.ACCOUNT_FIELDS, "")


@pytest.fixture
def anna(people: dict[str, User]) -> User:
    """One manager."""
    return people["beheer"]


@pytest.fixture
def bram(people: dict[str, User]) -> User:
    """Another manager."""
    user = User.objects.create_user("bram", "een-goed-wachtwoord", full_name="Bram")
    user.roles.add(Role.objects.get(key="manager"))
    return user


@pytest.fixture
def customer(make_customer: Make) -> Customer:
    return make_customer(number="K1", iban=OLD, bic="ABNANL2A")


def now(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def save(actor: Any, customer: Customer, **values: Any) -> tuple[Customer, Action | None]:
    accounts = {
        "first": {**EMPTY, "iban": now(customer).iban, "bic": now(customer).bic} | values.pop("first", {}),
        "second": EMPTY | values.pop("second", {}),
    }
    return services.bank_save(
        actor=actor, customer_id=customer.pk, version=now(customer).version, accounts=accounts, **values
    )


def decide(
    actor: Any, customer: Customer, decision: str = "confirmed", **more: Any
) -> tuple[IbanChange, Action]:
    change = IbanChange.objects.filter(customer=customer).latest("id")
    options = {"channel": "phone", "remark": "Gebeld met mw. Jansen"} | more
    return services.change_decide(
        actor=actor, customer_id=customer.pk, change_id=change.pk, decision=decision, **options
    )


def test_bic_and_bank_are_found_offline(make_customer: Make, anna: User) -> None:
    customer = make_customer()
    saved, _action = save(anna, customer, first={"iban": "nl20 ingb 0001 2345 67", "holder": "Jansen"})
    assert (saved.iban, saved.bic, saved.iban_pending) == (NEW, "INGBNL2A", "")
    assert BankAccount.objects.get().bank_name.startswith("ING")
    assert BankAccount.objects.get().iban == "", "the number itself stands on the customer"


def test_a_changed_iban_waits_and_the_old_one_stays(customer: Customer, anna: User, bram: User) -> None:
    saved, _action = save(anna, customer, first={"iban": NEW, "bic": "ABNANL2A", "holder": "Nieuw"})
    assert (saved.iban, saved.bic, saved.iban_pending) == (OLD, "ABNANL2A", NEW)
    assert not BankAccount.objects.filter(holder="Nieuw").exists(), "the holder goes with the number"
    decide(bram, customer)
    after = now(customer)
    assert (after.iban, after.bic, after.iban_pending) == (NEW, "INGBNL2A", "")
    assert BankAccount.objects.get(kind="first").holder == "Nieuw"
    change = IbanChange.objects.get()
    assert (change.state, change.proposed_by, change.decided_by) == ("confirmed", anna, bram)
    assert (change.channel, change.remark) == ("phone", "Gebeld met mw. Jansen")


def test_the_same_person_never_confirms(customer: Customer, anna: User) -> None:
    save(anna, customer, first={"iban": NEW})
    with pytest.raises(Refused) as caught:
        decide(anna, customer)
    assert caught.value.code == "same_person"
    assert now(customer).iban == OLD
    change = IbanChange.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(IbanChange).filter(pk=change.pk).update(state="confirmed", decided_by=anna, channel="phone")
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(IbanChange).filter(pk=change.pk).update(state="confirmed", decided_by=None, channel="phone")


def test_confirming_needs_the_right_and_a_channel(
    customer: Customer, anna: User, bram: User, people: dict[str, User]
) -> None:
    save(anna, customer, first={"iban": NEW})
    for who in (people["verkoop"], people["lezer"], SYSTEM):
        with pytest.raises(NotAllowed):
            decide(who, customer)
    for more in ({"channel": ""}, {"channel": "email"}, {"channel": "other", "remark": " "}):
        with pytest.raises(InvalidInput):
            decide(bram, customer, **more)
    with pytest.raises(InvalidInput, match="200"):
        decide(bram, customer, remark="x" * 201)
    assert now(customer).iban == OLD


def test_a_decision_is_made_once(customer: Customer, anna: User, bram: User) -> None:
    save(anna, customer, first={"iban": NEW})
    decide(bram, customer, "rejected")
    assert (now(customer).iban, now(customer).iban_pending) == (OLD, "")
    with pytest.raises(Refused):
        decide(bram, customer)


@pytest.mark.parametrize("door", ["update", "import"])
def test_every_door_lets_it_wait(
    door: str, customer: Customer, people: dict[str, User], bram: User, tmp_path: Path
) -> None:
    seller = people["verkoop"]
    if door == "update":
        values = {"iban": NEW, "phone": "030 2345678"}
        customer_update(actor=seller, customer_id=customer.pk, version=1, values=values)
    else:
        _import(seller, f"nummer;naam;iban;telefoon\nK1;Jansen;{NEW};+31 30 2345678\n", tmp_path)
    after = now(customer)
    assert (after.iban, after.iban_pending, after.phone) == (OLD, NEW, "+31 30 234 5678")
    assert IbanChange.objects.get().proposed_by == seller
    decide(bram, customer)
    assert now(customer).iban == NEW


def _import(actor: Any, text: str, folder: Path) -> Any:
    path = folder / "klanten.csv"
    path.write_text(text, encoding="utf-8")
    with path.open("rb") as file:
        run = importing.run_create(actor=actor, name="klanten.csv", chunks=iter([file.read()]))
    run.on_duplicate = "update"
    importing.reset(run, dry_run=False)
    importing.perform(run, actor)
    return run


def test_importing_the_same_file_again_changes_nothing(customer: Customer, tmp_path: Path) -> None:
    text = f"nummer;naam;iban;bic\nK1;{customer.name};{NEW};INGBNL2A\n"
    assert _import(SYSTEM, text, tmp_path).updated == 1
    again = _import(SYSTEM, text, tmp_path)
    assert (again.updated, again.unchanged) == (0, 1)
    assert IbanChange.objects.count() == 1
    assert now(customer).bic == "ABNANL2A"


def test_a_wrong_iban_in_a_file_never_replaces_a_right_one(
    customer: Customer, tmp_path: Path, bram: User
) -> None:
    _import(SYSTEM, "nummer;naam;iban\nK1;Jansen;NL00FOUT\n", tmp_path)
    assert (now(customer).iban, now(customer).flags) == (OLD, {})
    with pytest.raises(InvalidInput):
        decide(bram, customer)


def test_removing_is_a_change_and_no_way_around(customer: Customer, anna: User, bram: User) -> None:
    saved, _action = save(anna, customer, first={"iban": "", "bic": ""})
    assert (saved.iban, saved.iban_pending) == (OLD, "-")
    decide(bram, customer)
    assert (now(customer).iban, now(customer).bic) == ("", "")
    saved, _action = save(anna, customer, first={"iban": NEW})
    assert (saved.iban, saved.iban_pending) == ("", NEW), "there was one before"


def test_a_first_iban_needs_nobody_unless_a_setting_says_so(
    make_customer: Make, settings: Any, people: dict[str, User], tmp_path: Path, bram: User
) -> None:
    assert make_customer("Een", iban=OLD).iban == OLD
    settings.BANK_CONFIRM_FIRST = True
    made = customer_create(actor=people["verkoop"], values={"name": "Twee", "iban": NEW})
    assert (now(made).iban, now(made).iban_pending) == ("", NEW)
    _import(people["verkoop"], f"nummer;naam;iban\nI1;Drie;{THIRD}\n", tmp_path)
    imported = Customer.objects.get(number="I1")
    assert (imported.iban, imported.iban_pending) == ("", THIRD)
    decide(bram, imported)
    assert now(imported).iban == THIRD


def test_what_is_no_iban_is_mended_without_a_second_user(tmp_path: Path, anna: User) -> None:
    _import(SYSTEM, "nummer;naam;iban\nI1;Drie;NL00FOUT\n", tmp_path)
    imported = Customer.objects.get(number="I1")
    assert imported.flags == {"iban": "length"} or "iban" in imported.flags
    saved, _action = save(anna, imported, first={"iban": OLD})
    assert (saved.iban, saved.iban_pending, saved.flags) == (OLD, "", {})


def test_another_proposal_withdraws_the_first(customer: Customer, anna: User, bram: User) -> None:
    save(anna, customer, first={"iban": NEW})
    save(bram, customer, first={"iban": THIRD})
    assert list(IbanChange.objects.order_by("id").values_list("state", flat=True)) == ["withdrawn", "pending"]
    save(anna, customer, first={"iban": THIRD})
    assert IbanChange.objects.get(state="pending").proposed_by == bram, "who asked first stays the proposer"
    decide(anna, customer)
    assert now(customer).iban == THIRD


def test_a_holder_that_comes_later_with_the_same_number_is_kept(
    customer: Customer, anna: User, bram: User
) -> None:
    save(anna, customer, first={"iban": NEW})
    save(bram, customer, first={"iban": NEW, "holder": "Jansen Holding B.V."})
    change = IbanChange.objects.get()
    assert (change.proposed_by, change.new_details["holder"]) == (anna, "Jansen Holding B.V.")
    shown = bank_shown(now(customer)).accounts[0].waiting_rows
    assert ("Rekeninghouder", "", "Jansen Holding B.V.") in shown, "who confirms sees it"
    assert ("BIC", "ABNANL2A", "INGBNL2A") in shown
    decide(bram, customer)
    assert now(customer).bank_accounts.get(kind="first").holder == "Jansen Holding B.V."


def test_the_second_account_goes_the_same_way(customer: Customer, anna: User, bram: User) -> None:
    save(anna, customer, second={"iban": NEW, "holder": "Jansen G-rekening"})
    assert BankAccount.objects.get(kind="second").iban == NEW
    save(anna, customer, second={"iban": THIRD, "holder": "Jansen G-rekening"})
    assert BankAccount.objects.get(kind="second").iban == NEW
    assert now(customer).iban_pending == ""
    decide(bram, customer)
    account = BankAccount.objects.get(kind="second")
    assert (account.iban, account.bic, account.holder) == (THIRD, "RABONL2U", "Jansen G-rekening")
    assert now(customer).iban == OLD


@pytest.mark.parametrize(
    ("first", "field"),
    [
        ({"iban": "NL91ABNA0417164301"}, "first.iban"), ({"bic": "ABN"}, "first.bic"),
        ({"bic": "DEUTDEFF"}, "first.bic"), ({"holder": "x" * 141}, "first.holder"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_at_its_field(
    customer: Customer, anna: User, first: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        save(anna, customer, first=first)
    assert list(caught.value.problems) == [field]
    assert next(iter(first.values()))[:10] in str(caught.value).replace(" ", "")
    assert now(customer).version == 1


def test_a_mandate_with_its_rules(customer: Customer, anna: User, make_customer: Make) -> None:
    good = {"reference": "MND-2026/001", "signed_on": "01-11-2026", "scheme": "b2b", "sequence": "recurrent"}
    save(anna, customer, mandate=good)
    mandate = Mandate.objects.get()
    assert (mandate.reference, mandate.scheme, mandate.state) == ("MND-2026/001", "b2b", "active")
    for wrong, field in (
        ({"reference": "é"}, "reference"), ({"reference": "a//b"}, "reference"), ({"reference": "x" * 36}, "reference"),
        ({"signed_on": "31-12-2099"}, "signed_on"), ({"signed_on": "gisteren"}, "signed_on"),
        ({"signed_on": ""}, "signed_on"), ({"scheme": "weg"}, "scheme"), ({"reference": ""}, "reference"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as caught:
            save(anna, customer, mandate=good | wrong)
        assert list(caught.value.problems) == [f"mandate.{field}"], wrong
    with pytest.raises(InvalidInput, match="MND-2026/001"):
        save(anna, make_customer("Ander"), mandate=good)
    save(anna, customer, mandate={"reference": "", "signed_on": ""})
    assert not Mandate.objects.exists()


def test_a_stale_save_writes_nothing(customer: Customer, anna: User) -> None:
    with pytest.raises(StaleVersion):
        services.bank_save(actor=anna, customer_id=customer.pk, version=99, accounts={"first": EMPTY})
    assert now(customer).version == 1


def test_the_reader_writes_nothing(customer: Customer, people: dict[str, User], anna: User) -> None:
    save(anna, customer, first={"iban": NEW})
    for call in (
        lambda: save(people["lezer"], customer),
        lambda: decide(people["lezer"], customer, "withdrawn"),
        lambda: services.bic_check_store(
            actor=people["lezer"], customer_id=customer.pk, bic="ABNANL2A", found=True, source="x"
        ),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_undo_of_a_save_and_of_a_confirmation(
    customer: Customer, anna: User, bram: User, people: dict[str, User]
) -> None:
    _customer, saved = save(
        anna, customer, first={"holder": "Jansen"}, mandate={"reference": "M1", "signed_on": "01-11-2026"}
    )
    assert saved is not None
    undo_action(anna, saved)
    assert not Mandate.objects.exists()
    assert not BankAccount.objects.exists()
    with pytest.raises(Refused):
        undo_action(anna, saved)

    _customer, proposed = save(anna, customer, first={"iban": NEW})
    _change, confirmed = decide(bram, customer)
    assert proposed is not None
    with pytest.raises(Refused):
        undo_action(anna, proposed)
    with pytest.raises(NotAllowed):
        undo_action(people["verkoop"], confirmed)
    back = undo_action(bram, confirmed)
    after = now(customer)
    assert (after.iban, after.bic, after.iban_pending) == (OLD, "ABNANL2A", NEW)
    with pytest.raises(Refused):  # doing it again is confirming: not for who proposed it
        undo_action(anna, back.action)
    undo_action(bram, back.action)
    assert now(customer).iban == NEW


def found_provider(bic: str) -> tuple[bool | None, str]:
    return bic == "ABNANL2A", "ABN AMRO BANK N.V."


def broken_provider(bic: str) -> tuple[bool | None, str]:
    raise OSError("weg")


def test_a_provider_may_be_set_and_its_answer_is_kept(customer: Customer, anna: User, settings: Any) -> None:
    with pytest.raises(Refused):
        services.bic_ask(actor=anna, customer_id=customer.pk, bic="ABNANL2A")
    settings.BIC_PROVIDER = f"{__name__}.found_provider"
    check = services.bic_ask(actor=anna, customer_id=customer.pk, bic="abnanl2a")
    assert (check.found, check.answer, check.checked_label) == (True, "ABN AMRO BANK N.V.", anna.label)
    settings.BIC_PROVIDER = f"{__name__}.broken_provider"
    assert services.bic_ask(actor=anna, customer_id=customer.pk, bic="ABNANL2A").found is None
    assert BicCheck.objects.count() == 2
    with pytest.raises(InvalidInput):
        services.bic_ask(actor=anna, customer_id=customer.pk, bic="ABN")

"""Whatever is done, in whatever order: undone in reverse, everything is as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klantenbeheer.config.bootstrap import ensure_roles
from klantenbeheer.customers import codes, further
from klantenbeheer.customers.bank.services import bank_save, change_decide
from klantenbeheer.customers.importing.pipeline import Importer
from klantenbeheer.customers.importing.rows import PreparedRow
from klantenbeheer.customers.models import Address, ConditionGroup, Customer, IbanChange, Territory
from klantenbeheer.customers.services import address_save, customer_create, customer_update
from klantenbeheer.domains.characteristics import defining
from klantenbeheer.domains.characteristics.models import Characteristic, CharacteristicValue
from klantenbeheer.domains.characteristics.services import characteristics_of, characteristics_update
from klantenbeheer.domains.conditions import services as conditions
from klantenbeheer.domains.contacts import services as contacts
from klantenbeheer.domains.contacts.models import Branch, Contact
from klantenbeheer.domains.customer_settings import services as blocks
from klantenbeheer.domains.customer_settings.models import Block
from klantenbeheer.domains.duplicates.merging import KIND as MERGE
from klantenbeheer.domains.duplicates.merging import customers_merge
from klantenbeheer.domains.notes import services as notes
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.territories import moving
from klantenbeheer.domains.territories import services as territories
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.audit.kinds import audited_models
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.kernel.errors import KlantenbeheerError

IBANS = ("NL91ABNA0417164300", "NL20INGB0001234567", "DE89370400440532013000")
WORDS = ("Aalders", "Bakker & Zn.", "Çelik", "Dijkstra", "een veel langere tekst\nover twee regels")
PARTS = {"street": "Kade", "house_number": "1", "postcode": "1011 AB", "city": "Amsterdam", "country": "NL"}


class World:
    """What can be done, each by the first of two people; a number picks the record that it is done to."""

    def __init__(self, anna: User, bram: User) -> None:
        self.anna, self.bram = anna, bram

    def _one(self, model: Any, pick: int, **which: Any) -> Any:
        rows = list(model.objects.filter(**which).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def create(self, pick: int, word: str) -> None:
        values: dict[str, Any] = {"name": word.split("\n")[0], "phone": "030 2345678"}
        if pick % 2:
            values |= {"iban": IBANS[pick % 3], "mailing_codes": "M1", "credit_limit": "100"}
        customer_create(
            actor=self.anna, values=values, addresses={"visiting": PARTS} if pick % 3 else {}, accept_duplicates=True
        )  # fmt: skip

    def update(self, pick: int, word: str) -> None:
        customer = self._one(Customer, pick)
        values: dict[str, Any] = (
            {"name": word.split("\n")[0]}, {"phone": "020 6234567", "email": "a@b.example"}, {"mailing_codes": "M2"},
            {"credit_limit": str(pick)}, {"iban": IBANS[pick % 3]}, {"territory": "Z"}, {"phone": ""},
        )[pick % 7]  # fmt: skip
        customer_update(actor=self.anna, customer_id=customer.pk, version=customer.version, values=values)

    def addresses(self, pick: int, word: str) -> None:
        customer = self._one(Customer, pick)
        kind = ("visiting", "postal", "delivery")[pick % 3]
        parts = {} if pick % 4 == 0 else PARTS | {"house_number": str(pick)}
        address_save(
            actor=self.anna, customer_id=customer.pk, version=customer.version, addresses={kind: parts}
        )

    def further(self, pick: int, word: str) -> None:
        found = self._one(Address, pick, further=True)
        if found is not None and pick % 2:
            further.further_delete(actor=self.anna, record=found)
        else:
            values = PARTS | {
                "kind": "delivery",
                "label": word[:20],
                "valid_from": date(2026, 1 + pick % 12, 1),
            }
            further.further_create(actor=self.anna, customer=self._one(Customer, pick), values=values)

    def bank(self, pick: int, word: str) -> None:
        customer, change = self._one(Customer, pick), self._one(IbanChange, pick, state="pending")
        if change is not None and pick % 2:
            change_decide(
                actor=self.bram, customer_id=change.customer_id, change_id=change.pk,
                decision=("confirmed", "rejected")[pick % 3 == 0], channel="phone",
            )  # fmt: skip
            return
        accounts = {("first", "second")[pick % 2]: {"iban": IBANS[pick % 3], "holder": word.split("\n")[0]}}
        mandate = {"reference": f"M{customer.pk}", "signed_on": "01-11-2025"} if pick % 3 else {}
        bank_save(
            actor=self.anna, customer_id=customer.pk, version=customer.version, accounts=accounts, mandate=mandate
        )  # fmt: skip

    def note(self, pick: int, word: str) -> None:
        found = self._one(Note, pick)
        if found is None or pick % 3 == 0:
            notes.note_create(actor=self.anna, customer=self._one(Customer, pick), values={"text": word})
        elif pick % 3 == 1:
            notes.note_update(
                actor=self.anna, record=found, version=found.version, values={"text": word + "!"}
            )
        else:
            notes.note_delete(actor=self.anna, record=found)

    def contact(self, pick: int, word: str) -> None:
        found = self._one(Contact, pick)
        if found is None or pick % 3 == 0:
            customer = self._one(Customer, pick)
            branch = self._one(Branch, pick, customer=customer)
            contacts.contact_create(
                actor=self.anna,
                customer=customer,
                values={"last_name": word.split("\n")[0], "branch": branch},
            )
        elif pick % 3 == 1:
            contacts.contact_update(
                actor=self.anna, record=found, version=found.version, values={"last_name": f"Nieuw {pick}"}
            )
        else:
            contacts.contact_delete(actor=self.anna, record=found)

    def branch(self, pick: int, word: str) -> None:
        found = self._one(Branch, pick)
        if found is None or pick % 2:
            contacts.branch_create(
                actor=self.anna, customer=self._one(Customer, pick), values={"name": word[:20]}
            )
        else:
            contacts.branch_delete(actor=self.anna, record=found)

    def settings(self, pick: int, word: str) -> None:
        found = self._one(Block, pick)
        if found is None or pick % 2:
            values = {"scope": "all", "reason": word.split("\n")[0], "since": date(2026, 1, 1)}
            blocks.block_create(actor=self.anna, customer=self._one(Customer, pick), values=values)
        else:
            blocks.block_delete(actor=self.anna, record=found)

    def characteristics(self, pick: int, word: str) -> None:
        customer = self._one(Customer, pick)
        record = characteristics_of(customer)
        if pick % 5 == 0:
            defining.definition_create(actor=self.anna, values={"name_nl": f"Kenmerk {pick}", "kind": "text"})
            return
        first = Characteristic.objects.first()
        if first is not None:
            characteristics_update(
                actor=self.anna, customer=customer, version=record.version,
                values={f"c{first.pk}": word.split("\n")[0] if pick % 3 else ""},
            )  # fmt: skip

    def group(self, pick: int, word: str) -> None:
        found = self._one(ConditionGroup, pick)
        if found.pk == 1:
            conditions.group_create(actor=self.anna, values={"name": f"Groep {pick}"})
        elif pick % 3 == 0:
            conditions.group_delete(actor=self.anna, group_id=found.pk)
        else:
            customer = self._one(Customer, pick)
            customer_update(
                actor=self.anna, customer_id=customer.pk, version=customer.version,
                values={"condition_group": found.name},
            )  # fmt: skip

    def territory(self, pick: int, word: str) -> None:
        regions = list(Territory.objects.order_by("pk"))
        if pick % 3 == 0:
            territories.territory_create(
                actor=self.anna,
                values={"code": f"T{pick}", "name": "x", "parent": regions[pick % len(regions)]},
            )
        elif pick % 3 == 1:
            source, target = regions[pick % len(regions)], regions[(pick + 1) % len(regions)]
            moving.assign(actor=self.anna, move=moving.Move(source=source.pk, target=target.pk))
        else:
            territories.territory_delete(actor=self.anna, territory_id=regions[pick % len(regions)].pk)

    def imported(self, pick: int, word: str) -> None:
        found = self._one(Customer, pick)
        rows = [
            PreparedRow(1, [], number=f"I{pick}", values={"name": word.split("\n")[0]}),
            PreparedRow(2, [], number=found.number, values={"email": f"{pick}@b.example"}, addresses={"postal": PARTS}),
        ]  # fmt: skip
        action = Action.objects.create(user=self.anna, actor_label=self.anna.label, kind="customer.import")
        importer = Importer(self.anna, on_duplicate="update")
        importer.store(importer.plan(importer.look(rows)), action)

    def merged(self, pick: int, word: str) -> None:
        keys = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        other = keys[pick % len(keys)]
        customers_merge(actor=self.anna, keys=[keys[0], other], survivor=(keys[0], other)[pick % 3 == 0])


DEEDS = [name for name in vars(World) if not name.startswith("_")]


def everything() -> dict[str, Any]:
    """All audited rows and what is searched and filtered by, but for versions and moments of change."""
    left_out = {"version", "modified_at", "modified_by_id", "search_text"}
    found: dict[str, Any] = {}
    for model in audited_models():
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
        found[model._meta.label] = sorted(model._base_manager.values_list(*names), key=repr)
    found["words"] = sorted(
        (pk, tuple(sorted(text.split()))) for pk, text in Customer.objects.values_list("pk", "search_text")
    )
    values = CharacteristicValue.objects.values_list("customer_id", "characteristic_id", "text")
    found["values"] = sorted(values)
    return found


@pytest.fixture
def world(db: None) -> World:
    ensure_roles()
    people = []
    for name in ("anna", "bram"):
        people.append(User.objects.create_user(name, None, full_name=name.title()))
        people[-1].roles.add(Role.objects.get(key="manager"))
    made = World(*people)
    for code in ("M1", "M2"):
        codes.code_create(actor=people[0], values={"code": code})
    for code in ("N", "Z"):
        territories.territory_create(actor=people[0], values={"code": code, "name": code})
    for number in range(2):
        made.create(number, f"Begin {number}")
    return made


def act(world: World, deeds: list[tuple[str, int, str]]) -> list[Action]:
    """Do it; what is refused does not count. Gives the actions, the first first."""
    last = Action.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for name, pick, word in deeds:
        try:
            with transaction.atomic():
                getattr(world, name)(pick, word)
        except KlantenbeheerError:
            continue
    return list(Action.objects.filter(pk__gt=last).order_by("pk"))


deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 60), st.sampled_from(WORDS)), min_size=1, max_size=9
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deeds)
def test_all_undone_in_reverse_is_the_beginning(world: World, deeds: list[tuple[str, int, str]]) -> None:
    with rolled_back():
        before = everything()
        actions = act(world, deeds)
        after = everything()
        undone = [undo_action(world.bram, action).action for action in reversed(actions) if wrote(action)]
        assert everything() == before
        if any(action.kind == MERGE for action in actions):
            return  # customers are merged anew, not by undoing that they came apart
        # And all of it again: the undoing undone, the latest first.
        for action in reversed(undone):
            undo_action(world.bram, action)
        assert everything() == after
        connection.check_constraints()


def wrote(action: Action) -> bool:
    return any(model.history.filter(action=action).exists() for model in audited_models())


class rolled_back:
    """Leave nothing of what is done inside."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(kind, error, trace)

"""Rights besides the levels of tabs: with all others, the lack of one refuses on every path, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from klantenbeheer.customers.importing import jobs as import_jobs
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import ConditionGroup, Customer, Territory
from klantenbeheer.customers.permissions import BLOCKS, BULK, CREDIT, DELETE, EXPORT, GROUP, IMPORT
from klantenbeheer.customers.services import address_save, customer_create, customer_update
from klantenbeheer.domains.conditions import services as conditions
from klantenbeheer.domains.contacts.services import contact_create, contact_delete
from klantenbeheer.domains.customer_settings.services import block_create, block_delete
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.territories import moving
from klantenbeheer.domains.territories.models import TerritoryRule, TerritoryStaff
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.jobs import enqueue_undo
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed

from .cast import SYSTEM, Give
from .test_rights import contents

Sign = Callable[[str], Client]
EVERYTHING = {right.key: Level.EDIT for right in RIGHTS}


@pytest.fixture
def keys(people: dict[str, User], make_customer: Callable[..., Customer]) -> dict[str, int]:
    """Store one of everything; gives the keys that the addresses need."""
    customer = make_customer(number="K1")
    with acting(SYSTEM, "test"):
        territory, other = Territory(code="T1", name="Een"), Territory(code="T2", name="Twee")
        write([territory, other], new=True)
        rule = TerritoryRule(territory=territory, country="NL", low=1, high=2)
        write([rule], new=True)
        staff = TerritoryStaff(territory=territory, salesperson=people["verkoop"], since=timezone.localdate())
        write([staff], new=True)
        group = ConditionGroup(name="Groep")
        write([group], new=True)
    blocked = {"scope": "orders", "reason": "Betaalt niet", "since": None, "until": None}
    values: dict[str, Any] = {
        "person": contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Jan"}),
        "note": note_create(actor=SYSTEM, customer=customer, values={"text": "Let op"}),
        "block": block_create(actor=SYSTEM, customer=customer, values=blocked),
        "territory": territory, "other": other, "rule": rule, "staff": staff, "group": group,
    }  # fmt: skip
    customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version,
        values={"territory": territory, "condition_group": group},
    )  # fmt: skip
    return {name: record.pk for name, record in values.items()} | _done(make_customer)


def _done(make_customer: Callable[..., Customer]) -> dict[str, int]:
    """Do to another customer what can be undone; gives the action of each."""
    customer = make_customer("Tweede", number="K2")
    done: dict[str, int] = {"customer": customer.pk}

    def note(name: str) -> None:
        done[name] = Action.objects.latest("pk").pk

    def change(name: str, **values: Any) -> None:
        stored = Customer.objects.get(pk=customer.pk)
        customer_update(actor=SYSTEM, customer_id=stored.pk, version=stored.version, values=values)
        note(name)

    with acting(SYSTEM, "test"):
        source, target = Territory(code="T3", name="Drie"), Territory(code="T4", name="Vier")
        write([source, target], new=True)
        groups = [ConditionGroup(name="Wijkt"), ConditionGroup(name="Blijft")]
        write(groups, new=True)
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Piet"})
    done["made_person"] = customer.contacts.get().pk
    note("made")
    blocked = {"scope": "orders", "reason": "Betaalt niet", "since": None, "until": None}
    block_delete(actor=SYSTEM, record=block_create(actor=SYSTEM, customer=customer, values=blocked))
    note("lifted")
    block_create(actor=SYSTEM, customer=customer, values=blocked)
    note("stopped")
    change("refused", status="blocked")
    change("released", status="active")
    change("credit", credit_limit="700")
    change("in_place", territory=source)
    done["move"] = moving.assign(actor=SYSTEM, move=moving.Move(source=source.pk, target=target.pk))[0].pk
    change("in_group", condition_group=groups[0])
    done["ungrouped"] = conditions.group_delete(actor=SYSTEM, group_id=groups[0].pk).action.pk
    change("grouped", condition_group=groups[1])
    return done


# Right, method, address, what is sent.
PATHS = [
    (DELETE, "post", "/customers/K1/contacts/persons/{person}/delete/", {}),
    (DELETE, "post", "/customers/K1/notes/items/{note}/delete/", {}),
    (DELETE, "post", "/customers/K1/customer_settings/blocks/{block}/delete/", {}),
    (DELETE, "post", "/territories/rules/{rule}/delete/", {}),
    (DELETE, "post", "/territories/staff/{staff}/delete/", {}),
    (DELETE, "post", "/territories/{other}/delete/", {}),
    (DELETE, "get", "/condition-groups/{group}/delete/", {}),
    (DELETE, "post", "/condition-groups/{group}/delete/", {}),
    (BULK, "post", "/condition-groups/{group}/delete/", {}),
    (BULK, "post", "/territories/assign/", {"everybody": "1", "confirmed": "1"}),
    (BULK, "post", "/territories/{territory}/move/", {"target": "{other}", "confirmed": "1"}),
    (BULK, "post", "/history/undo/{move}/", {}),
    (BULK, "post", "/history/undo/{move}/customer/{customer}/", {}),
    (BULK, "post", "/history/undo/{ungrouped}/", {}),
    (DELETE, "post", "/history/undo/{ungrouped}/", {}),
    (DELETE, "post", "/history/undo/{made}/", {}),
    (DELETE, "post", "/history/undo/{made}/contact/{made_person}/", {}),
    (BLOCKS, "post", "/history/undo/{stopped}/", {}),
    (BLOCKS, "post", "/history/undo/{lifted}/", {}),
    (BLOCKS, "post", "/history/undo/{released}/", {}),
    (CREDIT, "post", "/history/undo/{credit}/", {}),
    (GROUP, "post", "/history/undo/{grouped}/", {}),
    (BLOCKS, "get", "/customers/K1/customer_settings/blocks/new/", {}),
    (BLOCKS, "post", "/customers/K1/customer_settings/blocks/new/", {"scope": "orders", "reason": "x"}),
    (BLOCKS, "get", "/customers/K1/customer_settings/blocks/{block}/", {}),
    (BLOCKS, "post", "/customers/K1/customer_settings/blocks/{block}/", {"reason": "y", "version": "1"}),
    (BLOCKS, "post", "/customers/K1/customer_settings/blocks/{block}/delete/", {}),
    (EXPORT, "get", "/customers/export.csv", {}),
    (EXPORT, "get", "/customers/export.xlsx", {}),
    (EXPORT, "get", "/vat-check/answers.csv", {}),
    (IMPORT, "get", "/customers/import", {}),
    (IMPORT, "post", "/customers/import", {}),
]


@pytest.mark.parametrize("path", PATHS, ids=[f"{row[0]} {row[1]} {row[2]}" for row in PATHS])
def test_without_the_right_it_is_refused(path: Any, keys: dict[str, int], give: Give, as_user: Sign) -> None:
    right, method, url, typed = path
    sent = {name: value.format(**keys) for name, value in typed.items()}
    give("lezer", EVERYTHING | {right: Level.NONE})
    client = as_user("lezer")
    before = contents()
    assert getattr(client, method)(url.format(**keys), sent).status_code == 403
    assert contents() == before
    give("lezer", EVERYTHING)
    assert getattr(client, method)(url.format(**keys), sent).status_code != 403


def test_controls_that_would_be_refused_are_not_shown(
    keys: dict[str, int], give: Give, as_user: Sign
) -> None:
    give("lezer", EVERYTHING | {DELETE: Level.NONE, BLOCKS: Level.NONE, BULK: Level.NONE, EXPORT: Level.NONE})
    client = as_user("lezer")
    pages = {
        "/customers/K1/contacts/": "/delete/", "/customers/K1/notes/": "/delete/", "/territories/": "assign",
        "/customers/K1/customer_settings/": "/blocks/", f"/territories/{keys['territory']}/": "/delete/",
        f"/condition-groups/{keys['group']}/": "/delete/", "/vat-check/": "answers.csv", "/customers/": "export.csv",
    }  # fmt: skip
    give("verkoop", EVERYTHING)
    for url, control in pages.items():
        assert control not in client.get(url).content.decode(), url
        assert control in as_user("verkoop").get(url).content.decode(), url


def test_a_tab_that_is_only_seen_has_no_control_that_writes(
    keys: dict[str, int], give: Give, as_user: Sign
) -> None:
    give("lezer", EVERYTHING | {key: Level.VIEW for key in EVERYTHING if key.startswith("tab.")})
    for tab in ("contacts", "characteristics", "notes", "history", "customer_settings"):
        if tab == "history":  # what it offers to undo is of other tabs, and of the basic data
            part = as_user("lezer").get("/customers/K1/history/").content.decode()
            assert f"/history/undo/{keys['ungrouped']}/" not in part
            assert "/note/" not in part
            give("lezer", dict.fromkeys(EVERYTHING, Level.VIEW))
        response = as_user("lezer").get(f"/customers/K1/{tab}/", headers={"HX-Request": "true"})
        part = response.content.decode()
        assert 'method="post"' not in part, tab
        assert "/new/" not in part, tab
        assert "/edit/" not in part, tab


# -- values with a right of their own -------------------------------------------------------------------------------


def actor_without(give: Give, people: dict[str, User], *rights: str) -> User:
    give("lezer", EVERYTHING | dict.fromkeys(rights, Level.NONE))
    return User.objects.get(pk=people["lezer"].pk)


VALUES = [(CREDIT, "credit_limit", "500"), (GROUP, "condition_group", "1"), (BLOCKS, "status", "blocked")]


@pytest.mark.parametrize(("right", "key", "value"), VALUES)
def test_in_place_in_the_dialog_and_for_a_new_customer(
    right: str, key: str, value: str, keys: dict[str, int], give: Give, people: dict[str, User], as_user: Sign
) -> None:
    actor = actor_without(give, people, right)
    client, customer = as_user("lezer"), Customer.objects.get(number="K1")
    typed = {key: value, "version": customer.version}
    before = contents()
    assert client.post(f"/customers/K1/field/{key}", typed).status_code == 422
    assert client.post("/customers/K1/edit", {"name": customer.name, **typed}).status_code == 422
    with pytest.raises(InvalidInput) as refusal:
        customer_update(actor=actor, customer_id=customer.pk, version=customer.version, values={key: value})
    assert key in refusal.value.problems
    if key != "condition_group":  # a new customer is in the general group anyway
        with pytest.raises(InvalidInput) as refusal:
            customer_create(actor=actor, values={"name": "Nieuw", key: value})
        assert key in refusal.value.problems
    assert contents() == before


def test_a_block_is_not_lifted_through_the_status(
    keys: dict[str, int], give: Give, people: dict[str, User]
) -> None:
    customer = Customer.objects.get(number="K1")
    blocked = customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, values={"status": "blocked"}
    )
    with pytest.raises(InvalidInput) as refusal:
        customer_update(
            actor=actor_without(give, people, BLOCKS), customer_id=customer.pk, version=blocked.version,
            values={"status": "active"},
        )  # fmt: skip
    assert set(refusal.value.problems) == {"status"}


def test_emptying_an_address_is_deleting_it(
    keys: dict[str, int], give: Give, people: dict[str, User]
) -> None:
    customer = Customer.objects.get(number="K1")
    actor = actor_without(give, people, DELETE)
    empty = {"visiting": {"street": "", "postcode": "", "city": "", "country": "NL"}}
    with pytest.raises(InvalidInput) as refusal:
        address_save(actor=actor, customer_id=customer.pk, version=customer.version, addresses=empty)
    assert set(refusal.value.problems) == {"visiting.street"}
    assert customer.addresses.count() == 1


def imported(actor: User, text: str) -> Any:
    run = importing.run_create(actor=actor, name="k.csv", chunks=iter([text.encode()]))
    importing.run_map(
        actor=actor, run=run, mapping=importing.recognise(actor, run.headers), on_duplicate="update", nameless="refuse",
        country="NL",
    )  # fmt: skip
    import_jobs.enqueue(actor=actor, run=run, dry_run=False)
    work()
    run.refresh_from_db()
    return run


def work() -> Job:
    job = claim("test")
    assert job is not None
    perform(job)
    job.refresh_from_db()
    return job


def test_columns_of_an_import(
    keys: dict[str, int], give: Give, people: dict[str, User], settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    customer = Customer.objects.get(number="K1")
    customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, values={"credit_limit": "100"}
    )
    actor = actor_without(give, people, CREDIT, GROUP, BLOCKS)
    lines = [
        "nummer;naam;kredietlimiet;status;conditiegroep", "K1;Zelfde;100;active;Groep", "A1;Met limiet;500;;",
        "A2;Geblokkeerd;;blocked;", "A3;In groep;;;Groep", "A4;Gewoon;;active;Algemeen",
    ]  # fmt: skip
    run = imported(actor, "\n".join(lines))
    reasons = [reason for issue in run.issues.all() for reason in issue.reasons]
    assert (run.created, run.updated, run.refused) == (1, 1, 3), reasons
    assert Customer.objects.get(number="K1").name == "Zelfde"


def test_undoing_an_import_asks_the_rights_of_its_columns(
    keys: dict[str, int], give: Give, people: dict[str, User], settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    give("lezer", EVERYTHING)
    actor = User.objects.get(pk=people["lezer"].pk)
    run = imported(actor, "nummer;naam;kredietlimiet\nK1;Jansen;900\n")
    assert run.updated == 1
    job = import_jobs.enqueue_undo(actor=actor, run=run)
    poor = actor_without(give, people, CREDIT)
    ended = work()
    assert (ended.pk, ended.state) == (job.pk, "failed")
    assert "Kredietlimiet" in ended.error
    assert Customer.objects.get(number="K1").credit_limit == 900
    run.refresh_from_db()
    with pytest.raises(NotAllowed):
        import_jobs.enqueue_undo(actor=poor, run=run)


def test_a_job_asks_the_right_when_it_runs(
    keys: dict[str, int], give: Give, people: dict[str, User], settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    give("lezer", EVERYTHING)
    actor = User.objects.get(pk=people["lezer"].pk)
    run = importing.run_create(actor=actor, name="k.csv", chunks=iter([b"naam\nNieuw\n"]))
    importing.run_map(
        actor=actor, run=run, mapping={"naam": "name"}, on_duplicate="", nameless="refuse", country="NL"
    )
    import_jobs.enqueue(actor=actor, run=run, dry_run=False)
    give("lezer", EVERYTHING | {IMPORT: Level.NONE})
    assert work().state == "failed"
    assert not Customer.objects.filter(name="Nieuw").exists()


def test_services_refuse_without_a_page(keys: dict[str, int], give: Give, people: dict[str, User]) -> None:
    actor = actor_without(give, people, DELETE, BULK)
    person = Customer.objects.get(number="K1").contacts.get()
    calls: list[Callable[[], Any]] = [
        lambda: contact_delete(actor=actor, record=person),
        lambda: conditions.group_delete(actor=actor, group_id=keys["group"]),
        lambda: undo_action(actor, Action.objects.get(pk=keys["ungrouped"])),
        lambda: moving.assign(actor=actor, move=moving.Move(everybody=True)),
        lambda: undo_action(actor, Action.objects.get(pk=keys["move"])),
        lambda: enqueue_undo(actor=actor, action=Action.objects.get(pk=keys["move"])),
    ]
    before = contents()
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert contents() == before


def test_who_does_not_see_all_moves_no_whole_group(keys: dict[str, int], give: Give, as_user: Sign) -> None:
    give("lezer", EVERYTHING, Reach.OWN)
    assert as_user("lezer").post(f"/condition-groups/{keys['group']}/delete/").status_code == 403
    assert ConditionGroup.objects.filter(pk=keys["group"]).exists()


def test_who_does_not_see_all_undoes_his_own_moves_alone(
    keys: dict[str, int], give: Give, as_user: Sign, people: dict[str, User]
) -> None:
    move = moving.Move(source=keys["territory"], target=keys["other"])
    action, moved = moving.assign(actor=people["beheer"], move=move)
    assert moved == 1
    give("lezer", EVERYTHING, Reach.TERRITORIES)
    client = as_user("lezer")
    assert "T1 → T2" not in client.get("/territories/").content.decode()
    assert client.post(f"/history/undo/{action.pk}/").status_code == 404
    give("lezer", EVERYTHING)
    assert client.post(f"/history/undo/{action.pk}/").status_code == 302


def test_marks_ask_no_right_to_change_many(keys: dict[str, int], give: Give, as_user: Sign) -> None:
    give("lezer", {"customers": Level.VIEW})
    assert as_user("lezer").post("/customers/mark", {"number": ["K1"], "marked": "1"}).status_code == 302
    assert Customer.objects.get(number="K1").marks.count() == 1


def test_uploads_need_the_right_too(keys: dict[str, int], give: Give, as_user: Sign) -> None:
    give("lezer", EVERYTHING | {IMPORT: Level.NONE})
    file = SimpleUploadedFile("k.csv", b"naam\nX\n")
    assert as_user("lezer").post("/customers/import", {"file": file}).status_code == 403

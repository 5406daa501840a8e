"""Records narrowed: who reaches only some customers learns of the others nowhere, whatever address he guesses."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import load_workbook

from klantenbeheer.customers import list_query, listing
from klantenbeheer.customers import reach as reaching
from klantenbeheer.customers.importing import jobs as import_jobs
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.selectors import duplicates_of, matching, search
from klantenbeheer.customers.services import customer_create, customer_update, marks_set
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.territories.models import TerritoryStaff
from klantenbeheer.domains.vat_check.models import VatAnswer
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotFound

from .cast import SYSTEM, Give
from .test_rights import MATRIX, contents

ALL_RIGHTS = {right.key: Level.EDIT for right in RIGHTS}


@dataclass
class World:
    """Two territories, the first the seller's own with a region in it; a customer in each, and one of his own."""

    seller: User
    mine: Territory
    inside: Territory
    other: Territory
    near: Customer
    within: Customer
    far: Customer
    own: Customer


@pytest.fixture
def world(people: dict[str, User], make_customer: Callable[..., Customer]) -> World:
    seller = people["verkoop"]
    User.objects.filter(pk=seller.pk).update(is_salesperson=True)
    today = timezone.localdate()
    with acting(SYSTEM, "territory.create"):
        mine, other = Territory(code="MIJN", name="Mijn"), Territory(code="ANDER", name="Ander")
        write([mine, other], new=True)
        inside = Territory(code="BINNEN", name="Binnen", parent=mine)
        write([inside], new=True)
        staff = [
            TerritoryStaff(territory=mine, salesperson=seller, since=today - timedelta(days=9)),
            TerritoryStaff(territory=other, salesperson=people["beheer"], since=today - timedelta(days=9)),
        ]
        write(staff, new=True)
    make: Any = make_customer
    return World(
        seller, mine, inside, other,
        near=make("Dichtbij Zonnebloem", number="NEAR", territory=mine, email="near@zon.example"),
        within=make("Binnenin Zonnebloem", number="WITHIN", territory=inside),
        far=make("Verweg Zonnebloem", number="FAR", territory=other, phone="030 2345678", vat_number="NL004495445B01"),
        own=make("Eigen Zonnebloem", number="OWN", territory=other, salesperson=seller),
    )  # fmt: skip


def fresh(user: User) -> User:
    """Give the user as the next request finds him."""
    return User.objects.get(pk=user.pk)


def numbers(actor: Any) -> set[str]:
    return set(Customer.objects.visible_to(actor).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (Reach.ALL, {"NEAR", "WITHIN", "FAR", "OWN"}),
        (Reach.TERRITORIES, {"NEAR", "WITHIN"}),
        (Reach.OWN, {"OWN"}),
        (Reach.BOTH, {"NEAR", "WITHIN", "OWN"}),
    ],
)
def test_what_a_role_reaches(world: World, give: Give, reach: Reach, expected: set[str]) -> None:
    give("verkoop", ALL_RIGHTS, reach)
    assert numbers(fresh(world.seller)) == expected


def test_several_roles_the_widest(world: World, give: Give) -> None:
    give("verkoop", ALL_RIGHTS, Reach.TERRITORIES)
    more = Role.objects.create(key="meer", name="Meer", reach=Reach.OWN)
    world.seller.roles.add(more)
    assert fresh(world.seller).reach == Reach.BOTH
    Role.objects.filter(pk=more.pk).update(reach=Reach.ALL)
    assert numbers(fresh(world.seller)) == {"NEAR", "WITHIN", "FAR", "OWN"}


def test_without_the_right_to_customers_nobody(world: World, give: Give) -> None:
    give("verkoop", ALL_RIGHTS | {"customers": Level.NONE}, Reach.BOTH)
    assert numbers(fresh(world.seller)) == set()


def test_a_closed_account_reaches_nobody(world: World, give: Give) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    User.objects.filter(pk=world.seller.pk).update(is_active=False)
    assert numbers(fresh(world.seller)) == set()


def test_the_deputy_too_and_only_while_it_is_in_force(
    world: World, give: Give, people: dict[str, User]
) -> None:
    give("lezer", ALL_RIGHTS, Reach.TERRITORIES)
    assert numbers(fresh(people["lezer"])) == set()
    staff = TerritoryStaff.objects.get(territory=world.mine)
    with acting(SYSTEM, "territory.staff"):
        staff.deputy = people["lezer"]
        write([staff], new=False)
    assert numbers(fresh(people["lezer"])) == {"NEAR", "WITHIN"}
    for since, until in ((-9, -1), (1, None)):
        with acting(SYSTEM, "territory.staff"):
            staff.since = timezone.localdate() + timedelta(days=since)
            staff.until = timezone.localdate() + timedelta(days=until) if until else None
            write([staff], new=False)
        assert numbers(fresh(people["lezer"])) == set(), (since, until)


# -- every door -----------------------------------------------------------------------------------------------------

# The address itself; what is only told along (where one is) another test asks.
OF_A_CUSTOMER = [row for row in MATRIX if "/K1/" in row[0].split("?")[0]]


@pytest.mark.parametrize("row", OF_A_CUSTOMER, ids=[f"{row[1]} {row[0]}" for row in OF_A_CUSTOMER])
def test_every_address_of_a_customer_out_of_reach_is_unknown(
    row: tuple[Any, ...], world: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    path, method = row[0].replace("/K1/", "/FAR/"), row[1]
    client = as_user("verkoop")
    before = contents()
    response = getattr(client, method)(path)
    assert response.status_code == 404
    assert "Verweg" not in response.content.decode()
    assert contents() == before


def test_the_palette_on_the_card_of_a_customer_out_of_reach_is_that_of_nowhere(
    world: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client = as_user("verkoop")
    told, nowhere = (
        client.get(f"/palette/?q=nieuw&at=/customers/{number}/notes/") for number in ("FAR", "NONE")
    )
    assert (told.status_code, nowhere.status_code) == (200, 200)
    assert told.text == nowhere.text
    assert client.get("/palette/?q=nieuw&at=/customers/NEAR/notes/").text != nowhere.text


def test_records_of_a_customer_out_of_reach_are_not_found_through_another(
    world: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    person = contact_create(actor=SYSTEM, customer=world.far, values={"last_name": "Geheim"})
    note = note_create(actor=SYSTEM, customer=world.far, values={"text": "Geheim"})
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client = as_user("verkoop")
    for path in (
        f"contacts/persons/{person.pk}/",
        f"notes/items/{note.pk}/",
        f"contacts/persons/{person.pk}/vcard.vcf/",
    ):
        response = client.get(f"/customers/NEAR/{path}")
        assert response.status_code == 404
    for path in (f"contacts/persons/{person.pk}/delete/", f"notes/items/{note.pk}/delete/"):
        before = contents()
        assert client.post(f"/customers/NEAR/{path}").status_code == 404
        assert contents() == before


def test_no_page_and_no_file_tells_of_him(world: World, give: Give, as_user: Callable[[str], Client]) -> None:
    answer = {"number": "NL004495445B01", "outcome": "valid", "asked_label": "x"}
    for one in (world.far, world.near):
        VatAnswer.objects.create(
            customer=one, customer_number=one.number, name=f"Antwoord {one.name}", **answer
        )
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client = as_user("verkoop")
    pages = [
        "/customers/", "/customers/?q=zonnebloem", "/customers/?q=zo", "/customers/?q=verweg", "/customers/?q=FAR",
        "/customers/?sort=-changed", "/customers/?status=active&q=zonnebloem", "/customers/?territory=ANDER",
        "/customers/suggest?q=zonnebloem", "/customers/suggest?q=ver", "/customers/suggest?q=v",
        "/customers/suggest?q=verwge", "/customers/suggest?q=030+2345678", "/customers/export.csv",
        "/customers/export.csv?q=zonnebloem", "/vat-check/", "/vat-check/?state=unchecked", "/vat-check/?state=valid",
        "/vat-check/answers.csv", f"/territories/{world.other.pk}/", "/territories/", "/condition-groups/1/",
        "/customers/OWN/history/", "/customers/OWN/badges/", "/",
    ]  # fmt: skip
    for path in pages:
        response: Any = client.get(path, follow=True)
        assert response.status_code == 200, path
        text = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"Verweg" not in text, path
        assert "q=FAR" in path or b"FAR" not in text, path
    assert "Eigen Zonnebloem" in client.get("/customers/?q=zonnebloem").content.decode()
    book = load_workbook(io.BytesIO(client.get("/customers/export.xlsx").content))
    cells = {cell for row in book.get_sheet_by_index(0).to_python() for cell in row}
    assert {"NEAR", "WITHIN", "OWN"} <= cells
    assert "FAR" not in cells


@pytest.fixture(params=["few within reach", "many within reach"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to the customers: by the index of who reaches few, along the order of the list for who reaches many."""
    monkeypatch.setattr(reaching, "_sizes", {})
    if request.param == "many within reach":
        monkeypatch.setattr(reaching, "SMALL", 0)


@pytest.mark.parametrize(
    "asked", [{}, {"sort": "-city"}, {"sort": "changed"}, {"status": "active", "sort": "number"}]
)
def test_the_list_is_the_same_both_ways(world: World, give: Give, size: None, asked: dict[str, str]) -> None:
    for reach in (Reach.TERRITORIES, Reach.OWN, Reach.BOTH):
        give("verkoop", ALL_RIGHTS, reach)
        seller = fresh(world.seller)
        page = listing.page(seller, list_query.ListQuery.parse(asked))
        assert {row["number"] for row in page.rows} == numbers(seller), reach


def test_selectors_tell_nothing_of_him(world: World, give: Give, size: None) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    seller = fresh(world.seller)
    assert {row["number"] for row in search(seller, "zonnebloem").rows} == {"NEAR", "WITHIN", "OWN"}
    assert search(seller, "verweg").rows == []
    assert {one.number for one in matching(seller, "zonnebloem", all_of_them=True)} == {
        "NEAR",
        "WITHIN",
        "OWN",
    }
    assert listing.page(seller, list_query.ListQuery()).count == 3
    alike = {
        "name": "Verweg Zonnebloem",
        "city": "Utrecht",
        "phone": "030 2345678",
        "vat_number": "NL004495445B01",
    }
    assert duplicates_of(seller, alike) == []
    assert len(duplicates_of(SYSTEM, alike)) == 1


def test_common_words_find_the_own_ones_among_many(
    world: World, give: Give, make_customer: Any, size: None
) -> None:
    """The search looks at some hundreds of matches at most: those must be of who searches."""
    from klantenbeheer.customers import derive

    with acting(SYSTEM, "customer.import"):
        crowd = [
            Customer(number=f"C{index}", name=f"Zonnebloem {index}", territory=world.other)
            for index in range(600)
        ]
        for one in crowd:
            derive.derive(one, [])
        write(crowd, new=True)
    last = make_customer("Zonnebloem de laatste", number="LAST", territory=world.mine)
    give("verkoop", ALL_RIGHTS, Reach.TERRITORIES)
    found = {row["number"] for row in search(fresh(world.seller), "nnebloem").rows}
    assert found == {"NEAR", "WITHIN", last.number}


def test_marks_leave_him_alone(world: World, give: Give, as_user: Callable[[str], Client]) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    assert marks_set(actor=fresh(world.seller), customer_ids=[world.far.pk, world.near.pk], marked=True) == 1
    as_user("verkoop").post("/customers/mark", {"number": ["FAR", "OWN"], "marked": "1"})
    assert set(Customer.objects.filter(marks__user=world.seller).values_list("number", flat=True)) == {
        "NEAR",
        "OWN",
    }


def test_jobs_of_others_are_unknown_to_who_does_not_see_all(
    world: World, give: Give, as_user: Callable[[str], Client], people: dict[str, User]
) -> None:
    job = Job.objects.create(
        kind="customers.import", title="Verweg.csv", user=people["beheer"], state="failed"
    )
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client = as_user("verkoop")
    assert "Verweg" not in client.get("/jobs/").content.decode()
    for path, method in (
        (f"/jobs/{job.pk}/", "get"),
        (f"/jobs/{job.pk}/cancel/", "post"),
        (f"/jobs/{job.pk}/retry/", "post"),
    ):
        assert getattr(client, method)(path).status_code == 404
    give("verkoop", ALL_RIGHTS, Reach.ALL)
    assert "Verweg" in client.get("/jobs/").content.decode()


# -- writing --------------------------------------------------------------------------------------------------------


def test_who_sees_his_own_becomes_the_salesperson_of_what_he_makes(world: World, give: Give) -> None:
    give("verkoop", ALL_RIGHTS, Reach.OWN)
    made = customer_create(actor=fresh(world.seller), values={"name": "Nieuw"})
    assert made.salesperson_id == world.seller.pk


def test_a_new_customer_out_of_reach_is_refused(world: World, give: Give) -> None:
    give("verkoop", ALL_RIGHTS, Reach.TERRITORIES)
    seller = fresh(world.seller)
    for values in ({}, {"territory": world.other}):
        with pytest.raises(InvalidInput) as refusal:
            customer_create(actor=seller, values={"name": "Nieuw", **values})
        assert set(refusal.value.problems) == {"territory"}
    assert customer_create(actor=seller, values={"name": "Nieuw", "territory": world.inside}).pk


def test_nobody_sends_a_customer_out_of_his_own_sight(
    world: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client, before = as_user("verkoop"), contents()
    with pytest.raises(InvalidInput) as refusal:
        customer_update(
            actor=fresh(world.seller), customer_id=world.near.pk, version=world.near.version,
            values={"territory": world.other},
        )  # fmt: skip
    assert set(refusal.value.problems) == {"territory"}
    response = client.post(
        "/customers/OWN/field/salesperson", {"salesperson": "", "version": world.own.version}
    )
    assert response.status_code == 422
    assert contents() == before
    with pytest.raises(NotFound):
        customer_update(
            actor=fresh(world.seller), customer_id=world.far.pk, version=1, values={"name": "Gekaapt"}
        )


def test_an_import_neither_finds_nor_changes_him(
    world: World, give: Give, settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    lines = [
        "nummer;naam;rayon",
        "FAR;Gekaapt;MIJN",
        "NEAR;Dichtbij Anders;MIJN",
        "X1;Elders;ANDER",
        "X2;Hier;MIJN",
    ]
    for reach, expected in ((Reach.TERRITORIES, (1, 1, 2)), (Reach.BOTH, (1, 0, 1))):
        give("verkoop", ALL_RIGHTS, reach)
        seller = fresh(world.seller)
        run = importing.run_create(actor=seller, name="k.csv", chunks=iter(["\n".join(lines).encode()]))
        importing.run_map(
            actor=seller, run=run, mapping={"nummer": "number", "naam": "name", "rayon": "territory"},
            on_duplicate="update", nameless="refuse", country="NL",
        )  # fmt: skip
        import_jobs.enqueue(actor=seller, run=run, dry_run=False)
        job = claim("test")
        assert job is not None
        perform(job)
        run.refresh_from_db()
        reasons = list(run.issues.values_list("reasons", flat=True))
        assert (run.created, run.updated, run.refused) == expected, (reach, reasons)
        world.far.refresh_from_db()
        assert world.far.name == "Verweg Zonnebloem"
    assert Customer.objects.get(number="X1").salesperson_id == world.seller.pk


# -- a day at the counter -------------------------------------------------------------------------------------------


def test_why_he_reaches_whom(world: World, give: Give, as_user: Callable[[str], Client]) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    page = as_user("beheer").get(f"/settings/users/{world.seller.pk}/").content.decode()
    for words in (
        "Verkoper in MIJN Mijn",
        "Daarbinnen: BINNEN Binnen",
        "Verkoper van 1 klant",
        "Samen 3 klanten",
    ):
        assert words in page, words

"""Users, roles, and what they give: each change with its history; looking as a role writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access import role_services, services
from klantenbeheer.foundation.access.changes import history_of
from klantenbeheer.foundation.access.models import AccessChange, Role, RoleLevel, User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion

from .cast import PASSWORD, Give
from .test_rights import contents

Sign = Callable[[str], Client]


def sales() -> Role:
    return Role.objects.get(key="sales")


# -- roles ----------------------------------------------------------------------------------------------------------


def test_the_grid_stores_levels_and_tells_from_what_to_what(people: dict[str, User], as_user: Sign) -> None:
    role = sales()
    typed = {"level.tab.notes": "1", "level.customers.export": "0", "version": role.version}
    response = as_user("beheer").post(f"/settings/roles/{role.pk}/", typed)
    assert response.status_code == 302
    levels = role_services.levels_of(role)
    assert (levels["tab.notes"], levels["customers.export"]) == (Level.VIEW, Level.NONE)
    moment = history_of(role=role)[0]
    assert moment.action.actor_label == "Beheer"
    page = as_user("beheer").get(f"/settings/roles/{role.pk}/").content.decode()
    assert {(one.label, one.before, one.after) for one in moment.changes} == {
        ("Notities", "wijzigen", "zien"),
        ("Klanten: export", "ja", "nee"),
    }
    for words in ("wijzigen", "zien", "Beheer"):
        assert words in page
    seller = as_user("verkoop")
    assert seller.get("/customers/export.csv").status_code == 403


def test_the_grid_that_somebody_else_saved_first_shows_both(people: dict[str, User], as_user: Sign) -> None:
    role = sales()
    role_services.levels_set(
        actor=people["beheer"], role_id=role.pk, version=role.version, levels={"tab.notes": Level.NONE}
    )
    client, before = as_user("beheer"), contents()
    typed = {"level.tab.notes": "1", "version": role.version}
    response = client.post(f"/settings/roles/{role.pk}/", typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert contents() == before
    assert "nu bewaard: geen" in page
    assert f'name="version" value="{role.version + 1}"' in page
    assert (
        as_user("beheer")
        .post(f"/settings/roles/{role.pk}/", typed | {"version": role.version + 1})
        .status_code
        == 302
    )
    assert role_services.levels_of(role)["tab.notes"] == Level.VIEW


@pytest.mark.parametrize(
    "typed",
    [
        {"level.tab.notes": "9"}, {"level.tab.notes": "x"}, {"level.customers.export": "1"}, {"version": ""},
        {"version": "x" * 30},
    ],
)  # fmt: skip
def test_a_grid_that_was_tampered_with_is_refused(typed: dict[str, str], people: Any, as_user: Sign) -> None:
    role = sales()
    client, before = as_user("beheer"), contents()
    response = client.post(f"/settings/roles/{role.pk}/", {"version": role.version, **typed})
    assert response.status_code == 422
    assert contents() == before


def test_nothing_changed_leaves_no_history(people: dict[str, User]) -> None:
    role, before = sales(), contents()
    saved = role_services.levels_set(
        actor=people["beheer"], role_id=role.pk, version=role.version, levels={"tab.notes": Level.EDIT}
    )
    assert saved.version == role.version
    assert contents() == before


def test_a_manager_keeps_everything(people: dict[str, User]) -> None:
    manager = Role.objects.get(key="manager")
    with pytest.raises(Refused):
        role_services.levels_set(
            actor=people["beheer"], role_id=manager.pk, version=1, levels={"tab.notes": Level.NONE}
        )
    values = {"name": "Beheer", "reach": Reach.OWN}
    with pytest.raises(Refused):
        role_services.role_update(actor=people["beheer"], role_id=manager.pk, version=1, values=values)
    with pytest.raises(Refused):
        role_services.role_delete(actor=people["beheer"], role_id=manager.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.filter(pk=manager.pk).update(reach=Reach.OWN)


def test_a_role_is_made_like_another_and_renamed(people: dict[str, User], as_user: Sign) -> None:
    client = as_user("beheer")
    made = client.post("/settings/roles/new/", {"name": "Buitendienst", "reach": "3", "like": "sales"})
    role = Role.objects.get(name="Buitendienst")
    assert made["Location"] == f"/settings/roles/{role.pk}/"
    assert (role.key, role.reach) == ("buitendienst", Reach.BOTH)
    assert role_services.levels_of(role) == {k: v for k, v in role_services.levels_of(sales()).items() if v}
    assert client.post("/settings/roles/new/", {"name": "buitendienst", "reach": "4"}).status_code == 422
    typed = {"name": "Buitendienst Noord", "reach": "2", "version": role.version}
    assert client.post(f"/settings/roles/{role.pk}/edit/", typed).status_code == 302
    assert (
        "Welke klanten",
        "die van de eigen rayons, en die waarvan men verkoper is",
        "die waarvan men verkoper is",
    ) in {(one.label, one.before, one.after) for one in history_of(role=role)[0].changes}
    stale = client.post(
        f"/settings/roles/{role.pk}/edit/", typed | {"name": "Anders"}, headers={"HX-Request": "true"}
    )
    assert stale.status_code == 409
    assert "Buitendienst Noord" in stale.content.decode()


def test_a_role_in_use_does_not_vanish(people: dict[str, User], as_user: Sign) -> None:
    client, role = as_user("beheer"), sales()
    dialog = client.get(f"/settings/roles/{role.pk}/delete/").content.decode()
    assert "Verkoop" in dialog
    before = contents()
    refused = client.post(f"/settings/roles/{role.pk}/delete/")
    assert refused.status_code == 422
    assert "Verkoop" in refused.content.decode()
    assert contents() == before


def test_a_deleted_role_comes_back_with_its_rights_and_who_had_it(
    people: dict[str, User], as_user: Sign
) -> None:
    role, client = sales(), as_user("beheer")
    levels = {key: level for key, level in role_services.levels_of(role).items() if level}
    User.objects.filter(pk=people["verkoop"].pk).update(is_active=False)
    assert client.post(f"/settings/roles/{role.pk}/delete/").status_code == 302
    assert not Role.objects.filter(key="sales").exists()
    action = Action.objects.filter(kind="role.delete").latest("pk")
    assert client.post(f"/settings/roles/restore/{action.pk}/").status_code == 302
    back = sales()
    assert {key: level for key, level in role_services.levels_of(back).items() if level} == levels
    assert list(back.users.all()) == [people["verkoop"]]
    assert client.post(f"/settings/roles/restore/{action.pk}/").status_code == 422, "once"


# -- users ----------------------------------------------------------------------------------------------------------


def test_a_user_is_made_changed_and_closed(people: dict[str, User], as_user: Sign) -> None:
    client = as_user("beheer")
    typed = {
        "username": " Nina ", "full_name": "Nina Nieuw", "email": "nina@voorbeeld.example", "password": PASSWORD,
        "language": "en", "is_salesperson": "on", "role_keys": ["sales", "reader"],
    }  # fmt: skip
    assert client.post("/settings/users/new/", typed).status_code == 302
    nina = User.objects.get(username="nina")
    assert (nina.language, nina.is_salesperson, nina.role_keys) == ("en", True, ["reader", "sales"])
    assert nina.check_password(PASSWORD)
    assert PASSWORD not in "".join(AccessChange.objects.values_list("after", flat=True))
    change = {"full_name": "Nina Nieuw", "language": "nl", "role_keys": ["reader"], "version": nina.version}
    assert client.post(f"/settings/users/{nina.pk}/edit/", change).status_code == 302
    told = {(one.label, one.before, one.after) for one in history_of(user=nina)[0].changes}
    assert ("Rollen", "Inzien, Verkoop", "Inzien") in told
    assert ("Verkoper", "ja", "nee") in told
    stale = client.post(
        f"/settings/users/{nina.pk}/edit/", change | {"full_name": "N."}, headers={"HX-Request": "true"}
    )
    assert stale.status_code == 409
    assert "Nina Nieuw" in stale.content.decode()
    inside = Client()
    inside.force_login(nina, backend="klantenbeheer.foundation.access.backend.AccountBackend")
    assert client.post(f"/settings/users/{nina.pk}/deactivate/").status_code == 302
    assert inside.get("/customers/").status_code == 302, "signed out at the next request"
    assert client.post(f"/settings/users/{nina.pk}/activate/").status_code == 302
    nina.refresh_from_db()
    assert nina.is_active


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "beheer"}, "username"), ({"username": " "}, "username"), ({"username": "x" * 61}, "username"),
        ({"password": "kort"}, "password"), ({"email": "geen adres"}, "email"), ({"language": "xx"}, "language"),
        ({"full_name": "x" * 121}, "full_name"), ({"roles": ["nergens"]}, "roles"),
    ],
)  # fmt: skip
def test_what_a_user_cannot_be(wrong: dict[str, Any], field: str, people: dict[str, User]) -> None:
    values: dict[str, Any] = {"username": "nina", "full_name": "Nina", "password": PASSWORD, **wrong}
    before = contents()
    with pytest.raises(InvalidInput) as refusal:
        services.user_create(actor=people["beheer"], **values)
    assert field in refusal.value.problems
    assert contents() == before


def test_the_last_manager_stays(people: dict[str, User], as_user: Sign) -> None:
    manager = people["beheer"]
    values = {"full_name": "Beheer", "language": "nl", "roles": ["sales"]}
    before = contents()
    with pytest.raises(Refused, match="applicatiebeheerder"):
        services.user_update(actor=manager, user_id=manager.pk, version=manager.version, values=values)
    with pytest.raises(Refused):
        services.user_activate(actor=manager, user_id=manager.pk, active=False)
    assert contents() == before
    people["lezer"].roles.add(Role.objects.get(key="manager"))
    second = User.objects.get(username="lezer")
    services.user_activate(actor=second, user_id=manager.pk, active=False)
    with pytest.raises(Refused), transaction.atomic():
        services.user_update(actor=second, user_id=second.pk, version=second.version, values=values)
    assert second.role_keys == ["manager", "reader"]


def test_nobody_but_a_manager_changes_users_and_roles(people: dict[str, User]) -> None:
    actor, role, other = people["verkoop"], sales(), people["lezer"]
    calls: list[Callable[[], Any]] = [
        lambda: services.user_create(actor=actor, username="x", full_name="X", password=PASSWORD),
        lambda: services.user_update(actor=actor, user_id=actor.pk, version=1, values={"roles": ["manager"]}),
        lambda: services.user_activate(actor=actor, user_id=other.pk, active=False),
        lambda: role_services.role_create(actor=actor, values={"name": "X"}),
        lambda: role_services.role_update(actor=actor, role_id=role.pk, version=1, values={"name": "X"}),
        lambda: role_services.levels_set(
            actor=actor, role_id=role.pk, version=1, levels={"administration": Level.EDIT}
        ),
        lambda: role_services.tabs_order(actor=actor, role_id=role.pk, version=1, order=[]),
        lambda: role_services.role_delete(actor=actor, role_id=role.pk),
        lambda: role_services.role_restore(actor=actor, action_id=1),
    ]
    before = contents()
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert contents() == before


def test_what_is_gone_is_told(people: dict[str, User]) -> None:
    manager = people["beheer"]
    for call in (
        lambda: services.user_activate(actor=manager, user_id=999_999, active=False),
        lambda: role_services.role_delete(actor=manager, role_id=999_999),
        lambda: role_services.role_restore(actor=manager, action_id=999_999),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(StaleVersion):
        services.user_update(actor=manager, user_id=manager.pk, version=99, values={"full_name": "B"})


# -- why ------------------------------------------------------------------------------------------------------------


def test_why_a_user_may_what_he_may(people: dict[str, User], as_user: Sign) -> None:
    people["verkoop"].roles.add(Role.objects.get(key="reader"))
    page = as_user("beheer").get(f"/settings/users/{people['verkoop'].pk}/").content.decode()
    assert "Inzien (zien), Verkoop (wijzigen)" in page
    assert "Verkoop (ja)" in page
    assert "Verkoop: alle klanten." in page
    for right in RIGHTS:
        assert str(right.label) in page, right.key


def test_the_matrix_shows_every_role_beside_every_right(people: dict[str, User], as_user: Sign) -> None:
    page = as_user("beheer").get("/settings/roles/").content.decode()
    for words in (*(str(right.label) for right in RIGHTS), *Role.objects.values_list("name", flat=True)):
        assert words in page, words


# -- see as this role -----------------------------------------------------------------------------------------------


def test_a_manager_sees_as_a_role_and_writes_nothing(
    people: dict[str, User], as_user: Sign, make_customer: Callable[..., Customer]
) -> None:
    customer = make_customer(number="K1")
    client, reader = as_user("beheer"), Role.objects.get(key="reader")
    assert client.post(f"/settings/roles/{reader.pk}/see/").status_code == 302
    page = client.get("/customers/").content.decode()
    assert "U bekijkt het programma als “Inzien”" in page
    assert "/settings/" not in page.replace("/settings/roles/see/end/", "")
    for path in ("/settings/", "/settings/users/", "/customers/new", "/customers/export.csv"):
        assert client.get(path).status_code == 403, path
    before = contents()
    for path in (
        "/customers/K1/mark",
        "/customers/mark",
        "/customers/K1/tab-order",
        "/customers/K1/field/phone",
        "/password/",
    ):
        assert client.post(path, {"marked": "1", "number": "K1"}).status_code == 403, path
    sales_role = sales()
    assert client.post(f"/settings/roles/{sales_role.pk}/see/").status_code == 403, "one at a time"
    assert contents() == before
    assert client.post("/settings/roles/see/end/").status_code == 302
    assert client.get("/settings/users/").status_code == 200
    client.post(f"/settings/roles/{sales_role.pk}/see/")
    refused = client.post("/customers/K1/field/phone", {"phone": "030 2345678", "version": customer.version})
    assert refused.status_code == 403
    assert "intussen wordt er niets gewijzigd" in refused.content.decode()
    assert contents() == before
    assert client.post("/sign-out/").status_code == 302


def test_seeing_gives_nobody_rights(people: dict[str, User], as_user: Sign) -> None:
    client = as_user("verkoop")
    manager = Role.objects.get(key="manager")
    session = client.session
    session["seen_as"] = manager.pk
    session.save()
    assert client.get("/settings/users/").status_code == 403
    assert "seen_as" not in client.session


def test_a_role_that_went_ends_it(people: dict[str, User], as_user: Sign) -> None:
    client = as_user("beheer")
    role = Role.objects.create(key="kort", name="Kort")
    client.post(f"/settings/roles/{role.pk}/see/")
    assert client.get("/settings/users/").status_code == 403
    role.delete()
    assert client.get("/settings/users/").status_code == 200


def test_the_narrowed_role_is_seen_narrowed(
    people: dict[str, User], as_user: Sign, make_customer: Callable[..., Customer]
) -> None:
    make_customer("Van een ander", number="K1")
    make_customer("Van mij", number="K2", salesperson=people["beheer"])
    role = Role.objects.create(key="eigen", name="Eigen", reach=Reach.OWN)
    RoleLevel.objects.create(role=role, right="customers", level=Level.VIEW)
    client = as_user("beheer")
    client.post(f"/settings/roles/{role.pk}/see/")
    page = client.get("/customers/").content.decode()
    assert "Van mij" in page
    assert "Van een ander" not in page
    assert client.get("/customers/K1/", follow=True).status_code == 404


def test_levels_of_rights_that_are_no_more_are_left_alone(people: dict[str, User], give: Give) -> None:
    give("niemand", {"tab.notes": Level.VIEW})
    RoleLevel.objects.create(role=Role.objects.get(key="own-niemand"), right="tab.gone", level=Level.EDIT)
    assert User.objects.get(username="niemand").may("tab.notes")
    with pytest.raises(Exception, match="not registered"):
        User.objects.get(username="niemand").may("tab.gone")


def test_names_are_checked_in_the_database_too(people: dict[str, User]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(key="leeg", name="Leeg", reach=0)

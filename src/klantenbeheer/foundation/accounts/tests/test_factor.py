"""The second factor: codes, recovery codes, locking, required per role, and nothing readable at rest."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import crypt, factor, rules, sessions
from klantenbeheer.foundation.accounts.factor import Outcome
from klantenbeheer.foundation.accounts.models import (
    Passkey,
    RecoveryCode,
    RoleRule,
    SecondFactor,
    SignIn,
)
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused

from .helpers import code, sign_in, with_app

pytestmark = pytest.mark.django_db
SECOND = "/sign-in/second/"
SECRET = "JBSWY3DPEHPK3PXP" * 2


def test_a_code_counts_once_and_older_ones_not_at_all(people: dict[str, User]) -> None:
    user = people["lezer"]
    secret, _codes = with_app(user)
    assert factor.attempt(user, code(secret)) is Outcome.APP
    assert factor.attempt(user, code(secret)) is Outcome.WRONG
    assert factor.attempt(user, code(secret, -1)) is Outcome.WRONG
    assert factor.attempt(user, code(secret, 1)) is Outcome.APP
    assert factor.attempt(user, code(secret, 3)) is Outcome.WRONG


def test_spaces_do_no_harm_and_other_things_are_wrong(people: dict[str, User]) -> None:
    user = people["lezer"]
    secret, codes = with_app(user)
    right = code(secret)
    assert factor.attempt(user, f" {right[:3]} {right[3:]} ") is Outcome.APP
    for wrong in ("", "12345", "１２３４５６", "abcdef", "x" * 500, right + "0", codes[0][:-1]):
        SecondFactor.objects.filter(user=user).update(failures=0)
        assert factor.attempt(user, wrong) is Outcome.WRONG


def test_a_recovery_code_works_once_however_it_is_typed(people: dict[str, User]) -> None:
    user = people["lezer"]
    _secret, codes = with_app(user)
    assert len(set(codes)) == 10
    assert factor.attempt(user, codes[3].upper().replace("-", " ")) is Outcome.RECOVERY
    assert factor.attempt(user, codes[3]) is Outcome.WRONG
    assert factor.attempt(people["verkoop"], codes[4]) is Outcome.WRONG
    assert RecoveryCode.objects.filter(user=user).count() == 9
    new = factor.recovery_codes_new(user=user)
    assert factor.attempt(user, codes[5]) is Outcome.WRONG
    assert factor.attempt(user, new[5]) is Outcome.RECOVERY


def test_five_wrong_codes_lock_also_the_right_one(people: dict[str, User]) -> None:
    user = people["lezer"]
    secret, codes = with_app(user)
    for _attempt in range(5):
        assert factor.attempt(user, "000000" if code(secret) != "000000" else "111111") is Outcome.WRONG
    assert factor.attempt(user, code(secret)) is Outcome.LOCKED
    assert factor.attempt(user, codes[0]) is Outcome.LOCKED
    SecondFactor.objects.filter(user=user).update(locked_until=timezone.now())
    assert factor.attempt(user, code(secret)) is Outcome.APP


def test_nothing_can_be_read_in_the_database(people: dict[str, User]) -> None:
    secret, codes = with_app(people["lezer"])
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("accounts_", "audit_")):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own table names
                found += [str(row) for row in cursor.fetchall()]
    text = " ".join(found)
    assert text
    for secret_text in (secret, *codes, *(one.replace("-", "") for one in codes)):
        assert secret_text not in text


def test_sealed_with_another_secret_is_a_wrong_code_and_a_former_secret_opens(
    people: dict[str, User], settings: Any
) -> None:
    user = people["lezer"]
    secret, codes = with_app(user)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "quite another"
    assert factor.attempt(user, code(secret)) is Outcome.WRONG
    assert factor.attempt(user, codes[0]) is Outcome.RECOVERY
    settings.SECRET_KEY_FALLBACKS = [old]
    assert factor.attempt(user, code(secret)) is Outcome.APP
    with pytest.raises(crypt.Unreadable):
        crypt.unseal("gAAAAAB" + "x" * 60)


def test_the_first_code_must_be_right(people: dict[str, User]) -> None:
    secret = factor.new_secret()
    with pytest.raises(InvalidInput):
        factor.app_set(
            user=people["lezer"], secret=secret, typed="000000" if code(secret) != "000000" else "1"
        )
    assert not factor.is_active(people["lezer"])


def test_the_picture_says_what_an_app_reads(people: dict[str, User]) -> None:
    address = factor.address_for(people["lezer"], SECRET)
    assert address == f"otpauth://totp/Klantenbeheer:lezer?secret={SECRET}&issuer=Klantenbeheer"
    drawn = factor.picture(address)
    assert drawn.side > 29
    assert drawn.path.startswith("M4 4h1v1h-1z")
    assert set(drawn.path) <= set("Mhvz 0123456789-")


# -- at signing in --------------------------------------------------------------------------------------------------


def test_two_steps_in_and_not_before_both(people: dict[str, User]) -> None:
    secret, _codes = with_app(people["lezer"])
    client = Client()
    first = client.post(
        "/sign-in/", {"username": "lezer", "password": "een-goed-wachtwoord", "next": "/jobs/"}
    )
    assert first["Location"] == SECOND
    assert client.get("/customers/").status_code == 302
    wrong = client.post(SECOND, {"code": "12"})
    assert wrong.status_code == 422
    assert client.post(SECOND, {}).status_code == 422
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/jobs/"
    assert client.get("/customers/").status_code == 200
    kinds = list(SignIn.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["factor_failed", "factor"]


def test_the_second_step_alone_leads_nowhere(people: dict[str, User]) -> None:
    secret, _codes = with_app(people["lezer"])
    assert Client().post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"
    client = sign_in("lezer")
    people["lezer"].set_password("intussen-heel-anders")
    people["lezer"].save()
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"
    late = sign_in("lezer", "intussen-heel-anders")
    session: Any = late.session
    session["kb_pending"] = session["kb_pending"] | {"at": "2020-01-01T00:00:00+00:00"}
    session.save()
    assert late.post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"


def test_wrong_codes_lock_from_every_browser(people: dict[str, User]) -> None:
    secret, _codes = with_app(people["lezer"])
    answers = [sign_in("lezer").post(SECOND, {"code": "abc"}).status_code for _browser in range(5)]
    assert answers == [422] * 4 + [429]
    assert sign_in("lezer").post(SECOND, {"code": code(secret)}).status_code == 429
    assert SignIn.objects.filter(kind="factor_locked", user=people["lezer"]).count() == 1


# -- setting up -----------------------------------------------------------------------------------------------------


def set_up(client: Client) -> tuple[str, Any]:
    page = client.get("/account/security/app/")
    form = page.context["form"]
    sealed = form["secret"].value()
    secret = crypt.unseal(sealed).rsplit(":", 1)[1]
    assert "<svg" in page.text
    return secret, client.post("/account/security/app/", {"secret": sealed, "code": code(secret)})


def test_set_up_shows_the_codes_once_and_ends_other_sessions(people: dict[str, User]) -> None:
    here, there = sign_in("lezer"), sign_in("lezer")
    _secret, answer = set_up(here)
    assert answer.status_code == 200
    shown = answer.context["codes"]
    assert len(shown) == 10
    assert all(one in answer.text for one in shown)
    assert shown[0] not in here.get("/account/security/").text
    assert here.get("/customers/").status_code == 200
    assert there.get("/customers/").status_code == 302


def test_a_form_made_for_somebody_else_is_refused(people: dict[str, User]) -> None:
    client = sign_in("lezer")
    secret = factor.new_secret()
    for sealed in (crypt.seal(f"app:{people['verkoop'].pk}:{secret}"), crypt.seal(secret), secret, "é", ""):
        answer = client.post("/account/security/app/", {"secret": sealed, "code": code(secret)})
        assert answer.status_code == 422
    assert not factor.is_active(people["lezer"])


def test_the_password_is_asked_once_more_after_a_while(people: dict[str, User]) -> None:
    client = sign_in("lezer")
    assert client.get("/account/security/app/").status_code == 200
    session: Any = client.session
    session[sessions.CONFIRMED] = "2020-01-01T00:00:00+00:00"
    session.save()
    asked = client.get("/account/security/app/")
    assert asked["Location"] == "/account/confirm/?next=%2Faccount%2Fsecurity%2Fapp%2F"
    assert client.post(asked["Location"], {"password": "fout"}).status_code == 422
    right = client.post(asked["Location"], {"password": "een-goed-wachtwoord"})
    assert right["Location"] == "/account/security/app/"
    assert client.get("/account/security/app/").status_code == 200
    elsewhere = client.post(
        "/account/confirm/?next=https://elders.example/", {"password": "een-goed-wachtwoord"}
    )
    assert elsewhere["Location"] == "/account/security/"


def test_wrong_passwords_lock_here_too(people: dict[str, User]) -> None:
    client = sign_in("lezer")
    answers = [client.post("/account/confirm/", {"password": "fout"}).status_code for _attempt in range(5)]
    assert answers == [422] * 4 + [429]


def test_removing_it(people: dict[str, User]) -> None:
    client = sign_in("lezer")
    set_up(client)
    assert client.post("/account/security/app/remove/").status_code == 302
    assert factor.state_of(people["lezer"]) == factor.State(None, (), 0)
    assert client.post("/account/security/app/remove/").status_code == 404
    assert client.post("/account/security/codes/").status_code == 422


# -- required -------------------------------------------------------------------------------------------------------


@pytest.fixture
def demanding(people: dict[str, User]) -> None:
    rules.rules_set(actor=SystemActor("test"), required={"reader"})
    rules.REQUIRED.forget()


def test_who_must_sets_it_up_before_anything_else(people: dict[str, User], demanding: None) -> None:
    client = sign_in("lezer")
    for path in ("/", "/customers/", "/account/", "/account/sessions/", "/password/", "/jobs/"):
        assert client.get(path)["Location"] == "/account/security/"
    htmx = client.get("/customers/suggest?q=ja", headers={"HX-Request": "true"})
    assert htmx["HX-Redirect"] == "/account/security/"
    assert client.post("/customers/mark", {"number": "K1"})["Location"] == "/account/security/"
    assert (
        "Set up an app" in client.get("/account/security/").text
        or "instellen" in client.get("/account/security/").text
    )
    _secret, answer = set_up(client)
    assert answer.status_code == 200
    assert client.get("/customers/").status_code == 200
    assert client.post("/account/security/app/remove/").status_code == 422
    assert factor.is_active(people["lezer"])
    assert sign_in("verkoop").get("/customers/").status_code == 200
    assert client.post("/sign-out/").status_code == 302


def test_a_session_that_showed_a_password_only_ends(
    people: dict[str, User], demanding: None, as_user: Any
) -> None:
    client = as_user("lezer")
    with_app(people["lezer"])
    assert client.get("/customers/")["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_demanding_it_is_the_manager_s_with_history(people: dict[str, User], as_user: Any) -> None:
    client = as_user("beheer")
    assert client.post("/settings/accounts/second-factor/", {"roles": ["sales"]}).status_code == 302
    assert client.post("/settings/accounts/second-factor/", {"roles": ["sales", "x"]}).status_code == 422
    assert rules.requires_factor(people["verkoop"])
    assert not rules.requires_factor(people["lezer"])
    assert client.post("/settings/accounts/second-factor/", {}).status_code == 302
    rule = RoleRule.objects.get()
    assert [row.second_factor for row in rule.history.order_by("history_id")] == [True, False]
    assert rule.history.first().action.user_id == people["beheer"].pk
    with pytest.raises(NotAllowed):
        rules.rules_set(actor=people["verkoop"], required={"sales"})


def test_the_manager_takes_a_lost_one_away(people: dict[str, User], as_user: Any) -> None:
    with_app(people["lezer"])
    Passkey.objects.create(user=people["lezer"], name="oud", credential_id="x", credential=b"x")
    theirs = as_user("lezer")
    manager = as_user("beheer")
    page = manager.get(f"/settings/accounts/{people['lezer'].pk}/")
    assert page.status_code == 200
    assert manager.post(f"/settings/accounts/{people['lezer'].pk}/second-factor/").status_code == 302
    assert not factor.is_active(people["lezer"])
    assert not RecoveryCode.objects.exists()
    assert theirs.get("/customers/").status_code == 302
    with pytest.raises(Refused):
        factor.factor_reset(actor=people["beheer"], user=people["beheer"])
    with pytest.raises(NotAllowed):
        factor.factor_reset(actor=people["verkoop"], user=people["lezer"])

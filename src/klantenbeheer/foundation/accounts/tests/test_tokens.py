"""Tokens of programs: shown once, never more than their owner may, ended by hand, by date, and by leaving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts.models import ApiToken, SignIn
from klantenbeheer.foundation.accounts.tokens import (
    DAYS,
    MOST,
    MOST_DAYS,
    revoke_all_of,
    token_create,
    token_revoke,
    token_revoke_of,
    token_verify,
    tokens_of,
)
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Level, SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused

from .helpers import sign_in

pytestmark = pytest.mark.django_db


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_a_token_acts_for_its_owner_within_its_scope(people: dict[str, User]) -> None:
    _token, reading = token_create(actor=people["verkoop"], name="Webwinkel", scope="read", until=in_days(30))
    _token, writing = token_create(
        actor=people["verkoop"], name="Koppeling", scope="write", until=in_days(30)
    )
    reader, writer = token_verify(reading), token_verify(writing)
    assert reader is not None
    assert writer is not None
    assert (reader.user_id, reader.label) == (people["verkoop"].pk, "Verkoop")
    assert [one.may("customers", Level.EDIT) for one in (reader, writer)] == [False, True]
    assert [one.may("customers") for one in (reader, writer)] == [True, True]
    assert [one.may("administration", Level.EDIT) for one in (reader, writer)] == [False, False]


def test_only_its_digest_is_kept(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", until=in_days(1))
    assert text.startswith("kb_")
    row = ApiToken.objects.values().get()
    assert text not in str(row)
    assert token.digest not in str(token.history.values().get())


def test_what_does_not_count(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", until=in_days(1))
    assert token_verify(text) is not None
    for wrong in ("", "kb_", text[:-1], text.upper(), text[3:], "kb_" + "x" * 500, token.digest):
        assert token_verify(wrong) is None
    people["lezer"].is_active = False
    people["lezer"].save()
    assert token_verify(text) is None
    people["lezer"].is_active = True
    people["lezer"].save()
    with acting(SystemActor("test"), "x"):
        token.expires_at = timezone.now() - timedelta(seconds=1)
        token.save()
    assert token_verify(text) is None


def test_last_used_is_noted(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", until=in_days(1))
    assert token.used_at is None
    token_verify(text)
    first = ApiToken.objects.get().used_at
    assert first is not None
    token_verify(text)
    assert ApiToken.objects.get().used_at == first
    assert token.history.count() == 1


def test_revoking_is_its_owner_s(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", until=in_days(1))
    with pytest.raises(NotFound):
        token_revoke(actor=people["verkoop"], token_id=token.pk)
    token_revoke(actor=people["lezer"], token_id=token.pk)
    assert token_verify(text) is None
    with pytest.raises(Refused):
        token_revoke(actor=people["lezer"], token_id=token.pk)
    assert [row.revoked_at is None for row in token.history.order_by("history_id")] == [True, False]
    assert list(tokens_of(people["verkoop"])) == []


def test_all_of_somebody_end(people: dict[str, User]) -> None:
    texts = [
        token_create(actor=people["lezer"], name="P", scope="read", until=in_days(1))[1] for _time in range(3)
    ]
    with acting(SystemActor("test"), "x"):
        assert revoke_all_of(people["lezer"]) == 3
    assert [token_verify(text) for text in texts] == [None] * 3


@pytest.mark.parametrize(
    ("name", "scope", "days", "field"),
    [("", "read", 1, "name"), (" \u200b ", "read", 1, "name"), ("x" * 81, "read", 1, "name"),
     ("x", "alles", 1, "scope"), ("x", "read", -1, "until"), ("x", "read", MOST_DAYS + 1, "until")],
)  # fmt: skip
def test_what_cannot_be(name: str, scope: str, days: int, field: str, people: dict[str, User]) -> None:
    with pytest.raises(InvalidInput) as refused:
        token_create(actor=people["lezer"], name=name, scope=scope, until=in_days(days))
    assert list(refused.value.problems) == [field]
    assert not ApiToken.objects.exists()


def test_it_works_until_the_end_of_its_last_day(people: dict[str, User]) -> None:
    for days in (0, MOST_DAYS):
        token, _text = token_create(actor=people["lezer"], name="x", scope="read", until=in_days(days))
        ends = timezone.localtime(token.expires_at)
        assert (ends.date(), ends.hour, ends.minute) == (in_days(days), 23, 59)


def test_no_more_than_fifty_that_work(people: dict[str, User]) -> None:
    made = [
        token_create(actor=people["lezer"], name="x", scope="read", until=in_days(1))[0]
        for _time in range(MOST)
    ]
    with pytest.raises(Refused):
        token_create(actor=people["lezer"], name="x", scope="read", until=in_days(1))
    page = sign_in("lezer").post("/account/tokens/new/", form())
    assert page.status_code == 422
    assert "vijftig tokens" in page.text
    token_revoke(actor=people["lezer"], token_id=made[0].pk)
    token_create(actor=people["lezer"], name="x", scope="read", until=in_days(1))


def test_those_that_work_come_first(people: dict[str, User]) -> None:
    made = [
        token_create(actor=people["lezer"], name=name, scope="read", until=in_days(1))[0] for name in "abcd"
    ]
    token_revoke(actor=people["lezer"], token_id=made[3].pk)
    with acting(SystemActor("test"), "x"):
        made[2].expires_at = timezone.now() - timedelta(seconds=1)
        made[2].save()
    assert [(token.name, token.works) for token in tokens_of(people["lezer"])] == [
        ("b", True), ("a", True), ("d", False), ("c", False),
    ]  # fmt: skip


# -- the pages ------------------------------------------------------------------------------------------------------

NEW = "/account/tokens/new/"


def form(**other: Any) -> dict[str, Any]:
    return {"name": "Webwinkel", "scope": "read", "until": in_days(30).isoformat()} | other


def kinds() -> list[str]:
    return list(SignIn.objects.exclude(kind="success").order_by("id").values_list("kind", flat=True))


def test_made_and_shown_this_once(people: dict[str, User]) -> None:
    client = sign_in("lezer")
    asked = client.get(NEW)
    assert in_days(DAYS).isoformat() in asked.text
    assert not ApiToken.objects.exists()
    made = client.post(NEW, form())
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    text = made.context["text"]
    assert made.text.count(text) == 2  # to read, and for the clipboard
    token = ApiToken.objects.get()
    assert token_verify(text) is not None
    assert (token.name, token.scope, token.user) == ("Webwinkel", "read", people["lezer"])
    assert text not in str(list(ApiToken.objects.values()))
    action = Action.objects.latest("pk")
    assert (action.kind, action.reason, action.user_id) == (
        "api_token.create",
        "Webwinkel",
        people["lezer"].pk,
    )
    assert kinds() == ["token"]
    for path in ("/account/tokens/", NEW, f"/account/tokens/{token.pk}/revoke/", "/account/sign-ins/"):
        page = client.get(path)
        assert page.status_code == 200
        assert text not in page.text
        assert token.digest not in page.text
    assert "Webwinkel" in client.get("/account/tokens/").text
    assert 'href="/account/tokens/"' in client.get("/palette/?q=api-tok").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"scope": "alles"}, "scope"), ({"until": ""}, "until"), ({"until": "morgen"}, "until"),
     ({"until": "2020-01-01"}, "until"), ({"until": "9999-12-31"}, "until")],
)  # fmt: skip
def test_a_refusal_stands_at_its_field(wrong: dict[str, str], field: str, people: dict[str, User]) -> None:
    page = sign_in("lezer").post(NEW, form(**wrong))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_the_password_comes_first_when_it_was_given_too_long_ago(
    people: dict[str, User], as_user: Callable[[str], Client]
) -> None:
    client = as_user("lezer")
    for answer in (client.get(NEW), client.post(NEW, form())):
        assert answer["Location"] == "/account/confirm/?next=%2Faccount%2Ftokens%2Fnew%2F"
    assert not ApiToken.objects.exists()
    # Ending one is not kept waiting for it.
    token, text = token_create(actor=people["lezer"], name="x", scope="read", until=in_days(1))
    assert client.post(f"/account/tokens/{token.pk}/revoke/")["Location"] == "/account/tokens/"
    assert token_verify(text) is None


def test_asked_first_then_revoked(people: dict[str, User]) -> None:
    client = sign_in("lezer")
    token, text = token_create(actor=people["lezer"], name="Webwinkel", scope="read", until=in_days(1))
    address = f"/account/tokens/{token.pk}/revoke/"
    assert "Webwinkel" in client.get(address).text
    assert token_verify(text) is not None
    assert client.post(address).status_code == 302
    assert token_verify(text) is None
    assert kinds() == ["token_revoked"]
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 422
    assert address not in client.get("/account/tokens/").text


def test_another_s_token_is_not_there(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Geheim", scope="read", until=in_days(1))
    for username in ("verkoop", "beheer"):
        client = sign_in(username)
        for method in ("get", "post"):
            assert getattr(client, method)(f"/account/tokens/{token.pk}/revoke/").status_code == 404
        assert "Geheim" not in client.get("/account/tokens/").text
    assert token_verify(text) is not None


def test_the_manager_sees_and_revokes_those_of_a_colleague(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Webwinkel", scope="read", until=in_days(1))
    page, manager = f"/settings/accounts/{people['lezer'].pk}/", sign_in("beheer")
    address = f"{page}tokens/{token.pk}/revoke/"
    shown = manager.get(page).text
    assert "Webwinkel" in shown
    assert address in shown
    assert token.digest not in shown
    for method in ("get", "post"):
        assert getattr(sign_in("verkoop"), method)(address).status_code == 403
        assert getattr(manager, method)(address.replace(str(people["lezer"].pk), "0", 1)).status_code == 404
        # The token of one colleague below the account of another.
        other = f"/settings/accounts/{people['verkoop'].pk}/tokens/{token.pk}/revoke/"
        assert getattr(manager, method)(other).status_code == 404
    assert "Lezer" in manager.get(address).text
    assert token_verify(text) is not None
    assert manager.post(address)["Location"] == page
    assert token_verify(text) is None
    action = Action.objects.latest("pk")
    assert (action.kind, action.user_id, action.reason) == ("api_token.revoke", people["beheer"].pk, "Lezer")
    assert SignIn.objects.filter(user=people["lezer"], kind="token_revoked").count() == 1
    assert manager.post(address).status_code == 422
    with pytest.raises(NotAllowed):
        token_revoke_of(actor=people["verkoop"], user=people["lezer"], token_id=token.pk)

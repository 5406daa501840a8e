"""Tokens of programs: shown once, never more than their owner may, ended by hand, by date, and by leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts.models import ApiToken
from klantenbeheer.foundation.accounts.tokens import (
    revoke_all_of,
    token_create,
    token_revoke,
    token_verify,
    tokens_of,
)
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.actors import Level, SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotFound, Refused

pytestmark = pytest.mark.django_db


def test_a_token_acts_for_its_owner_within_its_scope(people: dict[str, User]) -> None:
    _token, reading = token_create(actor=people["verkoop"], name="Webwinkel", scope="read", days=30)
    _token, writing = token_create(actor=people["verkoop"], name="Koppeling", scope="write", days=30)
    reader, writer = token_verify(reading), token_verify(writing)
    assert reader is not None
    assert writer is not None
    assert (reader.user_id, reader.label) == (people["verkoop"].pk, "Verkoop")
    assert [one.may("customers", Level.EDIT) for one in (reader, writer)] == [False, True]
    assert [one.may("customers") for one in (reader, writer)] == [True, True]
    assert [one.may("administration", Level.EDIT) for one in (reader, writer)] == [False, False]


def test_only_its_digest_is_kept(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", days=1)
    assert text.startswith("kb_")
    row = ApiToken.objects.values().get()
    assert text not in str(row)
    assert token.digest not in str(token.history.values().get())


def test_what_does_not_count(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", days=1)
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
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", days=1)
    assert token.used_at is None
    token_verify(text)
    first = ApiToken.objects.get().used_at
    assert first is not None
    token_verify(text)
    assert ApiToken.objects.get().used_at == first
    assert token.history.count() == 1


def test_revoking_is_its_owner_s(people: dict[str, User]) -> None:
    token, text = token_create(actor=people["lezer"], name="Proef", scope="read", days=1)
    with pytest.raises(NotFound):
        token_revoke(actor=people["verkoop"], token_id=token.pk)
    token_revoke(actor=people["lezer"], token_id=token.pk)
    assert token_verify(text) is None
    with pytest.raises(Refused):
        token_revoke(actor=people["lezer"], token_id=token.pk)
    assert [row.revoked_at is None for row in token.history.order_by("history_id")] == [True, False]
    assert list(tokens_of(people["verkoop"])) == []


def test_all_of_somebody_end(people: dict[str, User]) -> None:
    texts = [token_create(actor=people["lezer"], name="P", scope="read", days=1)[1] for _time in range(3)]
    with acting(SystemActor("test"), "x"):
        assert revoke_all_of(people["lezer"]) == 3
    assert [token_verify(text) for text in texts] == [None] * 3


@pytest.mark.parametrize(
    ("name", "scope", "days", "field"),
    [("", "read", 1, "name"), ("x" * 81, "read", 1, "name"), ("x", "alles", 1, "scope"), ("x", "read", 0, "days"),
     ("x", "read", 367, "days")],
)  # fmt: skip
def test_what_cannot_be(name: str, scope: str, days: int, field: str, people: dict[str, User]) -> None:
    with pytest.raises(InvalidInput) as refused:
        token_create(actor=people["lezer"], name=name, scope=scope, days=days)
    assert list(refused.value.problems) == [field]

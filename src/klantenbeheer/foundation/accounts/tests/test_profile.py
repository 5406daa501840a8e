"""What a user sets about himself: stored with history, shown at once, times in his zone, days in the company's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts.models import Profile
from klantenbeheer.foundation.accounts.profile import profile_of, profile_save
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

pytestmark = pytest.mark.django_db
FORM = {
    "full_name": "Leonie de Lezer", "email": "leonie@example.com", "language": "en", "theme": "dark",
    "density": "compact", "time_zone": "Asia/Tokyo", "version": "0",
}  # fmt: skip


def test_saved_with_history_and_in_force(people: dict[str, User]) -> None:
    user = people["lezer"]
    values = {name: FORM[name] for name in Profile.FIELDS}
    profile_save(actor=user, values=values, version=0)
    user.refresh_from_db()
    assert {name: getattr(user, name) for name in Profile.FIELDS} == values
    after, before = Profile.objects.get(user=user).history.order_by("-history_id")
    assert (before.full_name, before.theme, before.language) == ("Lezer", "system", "nl")
    assert (after.full_name, after.theme, after.time_zone) == ("Leonie de Lezer", "dark", "Asia/Tokyo")
    assert after.action.user_id == user.pk
    assert after.action.kind == "account.profile"


def test_nothing_changed_leaves_no_trace(people: dict[str, User]) -> None:
    profile_save(actor=people["lezer"], values={"theme": "system"})
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("full_name", ""), ("full_name", "x" * 121), ("email", "geen adres"), ("language", "fr"), ("theme", "pink"),
        ("density", ""), ("time_zone", "Europe/Nergenshuizen"), ("time_zone", "../../etc/passwd"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(name: str, value: str, people: dict[str, User]) -> None:
    with pytest.raises(InvalidInput) as refused:
        profile_save(actor=people["lezer"], values={name: value})
    assert list(refused.value.problems) == [name]
    assert not Profile.objects.exists()


def test_two_windows(people: dict[str, User]) -> None:
    user = people["lezer"]
    profile_save(actor=user, values={"density": "compact"}, version=0)
    with pytest.raises(StaleVersion):
        profile_save(actor=user, values={"density": "comfortable"}, version=0)
    assert profile_of(User.objects.get(pk=user.pk)).density == "compact"


def test_pages_are_drawn_as_chosen(as_user: Any, people: dict[str, User]) -> None:
    client = as_user("lezer")
    plain = client.get("/account/").text
    assert 'data-saved="system"' in plain
    assert "data-theme=" not in plain.split("<head>")[0]
    assert client.post("/account/edit/", FORM).status_code == 302
    page = client.get("/account/").text
    assert 'data-saved="dark" data-density="compact" data-theme="dark"' in page
    assert "My account" in page
    assert client.post("/account/look/", {"theme": "light"}).status_code == 204
    assert 'data-theme="light"' in client.get("/customers/").text
    assert 'data-saved="light"' in client.get("/bestaat-niet/").text
    assert client.post("/account/look/", {"theme": "<b>"}).status_code == 422


def test_times_in_his_zone_and_days_in_the_company_s(
    as_user: Any, people: dict[str, User], make_customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 6, 30, 20, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    make_customer(number="K1")
    Action.objects.update(at=now)
    client = as_user("verkoop")
    assert "30-06-2026 22:30" in client.get("/customers/K1/history/").text
    profile_save(actor=people["verkoop"], values={"time_zone": "Asia/Tokyo"})
    assert "01-07-2026 05:30" in client.get("/customers/K1/history/").text
    assert "01-07-2026 05:30" in client.get("/customers/K1/history/", headers={"HX-Request": "true"}).text
    # A block that somebody in Tokyo sets begins at the company's day.
    form = {"scope": "all", "reason": "x"}
    client.post("/customers/K1/customer_settings/blocks/new/", form)
    assert "30-06-2026" in client.get("/customers/K1/customer_settings/").text


def test_not_signed_in_there_is_nothing_of_his(people: dict[str, User]) -> None:
    assert "data-saved" not in Client().get("/sign-in/").text

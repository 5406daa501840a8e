"""Sessions and the log of sign-ins: one's own, everybody's, ended, pruned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import jobs, log, managing, sessions
from klantenbeheer.foundation.accounts.devices import device
from klantenbeheer.foundation.accounts.models import AccountSession, SignIn
from klantenbeheer.foundation.jobs.housekeeping import tidy
from klantenbeheer.kernel.errors import NotAllowed
from tests.cast import PASSWORD

from .helpers import sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def handle(client: Client) -> str:
    return AccountSession.objects.get(session_key=client.session.session_key).handle


def test_the_own_sessions_with_device_and_place(people: dict[str, User]) -> None:
    here = sign_in("lezer", HTTP_USER_AGENT=FIREFOX)
    there = sign_in("lezer", REMOTE_ADDR="192.0.2.7")
    sign_in("verkoop", REMOTE_ADDR="192.0.2.99")
    page = here.get("/account/sessions/").text
    assert "Firefox" in page
    assert "192.0.2.7" in page
    assert "192.0.2.99" not in page
    for client in (here, there):
        assert str(client.session.session_key) not in page
    assert here.post("/account/sessions/end/", {"session": handle(there)}).status_code == 302
    assert there.get("/customers/").status_code == 302
    assert here.get("/customers/").status_code == 200


def test_all_others_at_once_and_never_somebody_else_s(people: dict[str, User]) -> None:
    here, there, third = sign_in("lezer"), sign_in("lezer"), sign_in("lezer")
    other = sign_in("verkoop")
    assert here.post("/account/sessions/end/", {"session": handle(other)}).status_code == 404
    assert here.post("/account/sessions/end/", {"session": handle(here)}).status_code == 422
    assert here.post("/account/sessions/end/", {"session": "x"}).status_code == 404
    here.post("/account/sessions/end/")
    assert [one.get("/customers/").status_code for one in (here, there, third, other)] == [200, 302, 302, 200]


def test_the_manager_ends_those_of_a_user(people: dict[str, User]) -> None:
    manager, one, two = sign_in("beheer"), sign_in("lezer"), sign_in("lezer")
    address = f"/settings/accounts/{people['lezer'].pk}/sessions/"
    assert sign_in("verkoop").post(address).status_code == 403
    assert manager.post(address, {"session": handle(one)}).status_code == 302
    assert [client.get("/customers/").status_code for client in (one, two)] == [302, 200]
    manager.post(address)
    assert two.get("/customers/").status_code == 302
    manager.post(f"/settings/accounts/{people['beheer'].pk}/sessions/")
    assert manager.get("/customers/").status_code == 200
    with pytest.raises(NotAllowed):
        managing.sessions_end(actor=people["verkoop"], user=people["lezer"])


def test_a_changed_password_takes_the_others_off_the_list(people: dict[str, User]) -> None:
    here = sign_in("lezer")
    sign_in("lezer")
    form = {
        "old_password": PASSWORD,
        "new_password1": "vier paarse olifanten",
        "new_password2": "vier paarse olifanten",
    }
    assert here.post("/password/", form)["Location"] == "/account/"
    assert sessions.of(people["lezer"]).count() == 1
    assert here.get("/customers/").status_code == 200
    assert SignIn.objects.filter(kind="password", user=people["lezer"]).count() == 1


def test_last_seen_moves_now_and_then(people: dict[str, User], django_assert_num_queries: Any) -> None:
    client = sign_in("lezer")
    row = AccountSession.objects.get(user=people["lezer"])
    client.get("/account/")
    assert AccountSession.objects.get(pk=row.pk).seen_at == row.seen_at
    AccountSession.objects.filter(pk=row.pk).update(seen_at=timezone.now() - timedelta(minutes=20))
    client.get("/account/")
    assert AccountSession.objects.get(pk=row.pk).seen_at > timezone.now() - timedelta(minutes=1)


def test_ended_ones_are_dropped(people: dict[str, User]) -> None:
    sign_in("lezer")
    AccountSession.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    assert not sessions.of(people["lezer"]).exists()
    tidy(None)  # type: ignore[arg-type]  # it needs no run
    assert not AccountSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, ("Firefox", "Windows")),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
         ("Edge", "Linux")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604", ("Safari", "iPhone")),
        ("curl/8.0", ("curl/8.0",)),
    ],
)  # fmt: skip
def test_devices_in_words(agent: str, said: tuple[str, ...]) -> None:
    assert all(word in device(agent) for word in said)
    assert device("")


# -- the log --------------------------------------------------------------------------------------------------------


def test_success_failure_and_lock_out(people: dict[str, User]) -> None:
    sign_in("lezer")
    for _attempt in range(6):
        Client().post("/sign-in/", {"username": "LEZER", "password": "fout"})
    Client().post("/sign-in/", {"username": "mijn-wachtwoord-per-ongeluk", "password": "x"})
    Client().post("/sign-in/", {"username": "", "password": ""})
    lines = list(SignIn.objects.order_by("id").values_list("kind", "user__username"))
    assert lines == [
        ("success", "lezer"), *[("failed", "lezer")] * 4, ("locked", "lezer"), ("locked", "lezer"), ("failed", None),
    ]  # fmt: skip
    own = sign_in("verkoop").get("/account/sign-ins/").text
    assert "192.0.2" not in own
    page = sign_in("beheer").get("/settings/sign-ins/?kind=locked")
    assert [line.kind for line, _device in page.context["rows"]] == ["locked", "locked"]
    assert "mijn-wachtwoord" not in page.text
    mine = sign_in("beheer").get(f"/settings/sign-ins/?user={people['lezer'].pk}&page=99999").context["rows"]
    assert {line.user_id for line, _device in mine} == {people["lezer"].pk}
    for odd in ("user=x", "user=99999999999999999999", "kind=<b>", "page=-1", "page=x"):
        assert sign_in("beheer").get(f"/settings/sign-ins/?{odd}").status_code == 200


def test_only_the_own_lines(people: dict[str, User]) -> None:
    sign_in("lezer", REMOTE_ADDR="192.0.2.5")
    sign_in("verkoop", REMOTE_ADDR="192.0.2.6")
    page = sign_in("lezer").get("/account/sign-ins/").text
    assert "192.0.2.5" in page
    assert "192.0.2.6" not in page
    with pytest.raises(NotAllowed):
        log.everybody(people["verkoop"])


def test_a_guessing_machine_does_not_fill_the_table(people: dict[str, User]) -> None:
    for number in range(log.MOST_FAILURES + 5):
        log.note(None, None, SignIn.Kind.FAILED if number % 2 else SignIn.Kind.LOCKED)
    log.note(None, people["lezer"], SignIn.Kind.SUCCESS)
    assert SignIn.objects.count() == log.MOST_FAILURES + 1


def test_old_lines_go(people: dict[str, User], settings: Any) -> None:
    settings.SIGN_IN_LOG_DAYS = 30
    for days in (1, 29, 31, 400):
        SignIn.objects.create(kind="success", user=people["lezer"], at=timezone.now() - timedelta(days=days))
    jobs.tidy(None)  # type: ignore[arg-type]  # it needs no run
    jobs.tidy(None)  # type: ignore[arg-type]  # as above
    assert SignIn.objects.count() == 2

"""Signing in: lock-out, sessions, where one is sent, what the browser is told, and what production asks for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from klantenbeheer.config import bootstrap
from klantenbeheer.config.serving import require_safe
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.errors import Refused

from .conftest import PASSWORD

GOOD = {"username": "lezer", "password": PASSWORD}


@pytest.mark.django_db
@pytest.mark.parametrize("spelled", [["lezer"] * 5, ["lezer", "LEZER", "Lezer", " lezer ", "lEzEr"]])
def test_five_wrong_passwords_lock_whatever_the_capitals(spelled: list[str], people: dict[str, User]) -> None:
    client = Client()
    for username in spelled[:4]:
        assert client.post("/sign-in/", {"username": username, "password": "fout"}).status_code == 200
    assert client.post("/sign-in/", {"username": spelled[4], "password": "fout"}).status_code == 429
    for username in ("lezer", "LEZER"):
        locked = client.post("/sign-in/", {"username": username, "password": PASSWORD})
        assert locked.status_code == 429
        assert "sessionid" not in locked.cookies
    # Somebody else signs in from the same place as before, and from elsewhere the account is open.
    assert client.post("/sign-in/", {"username": "verkoop", "password": PASSWORD}).status_code == 302
    assert Client(REMOTE_ADDR="192.0.2.7").post("/sign-in/", GOOD).status_code == 302


@pytest.mark.django_db
def test_a_right_password_forgets_the_wrong_ones(people: dict[str, User]) -> None:
    for _turn in range(3):
        client = Client()
        for _attempt in range(4):
            assert client.post("/sign-in/", GOOD | {"password": "fout"}).status_code == 200
        assert client.post("/sign-in/", GOOD).status_code == 302


@pytest.mark.django_db
def test_the_answer_does_not_tell_whether_a_name_exists(people: dict[str, User]) -> None:
    User.objects.filter(username="niemand").update(is_active=False)
    answers = []
    for username in ("lezer", "bestaat-niet", "niemand"):
        password = PASSWORD if username == "niemand" else "fout"
        page = Client().post("/sign-in/", {"username": username, "password": password})
        text = page.content.decode().replace(username, "")
        answers.append((page.status_code, "horen niet bij elkaar" in text or "do not belong" in text))
    assert answers == [(200, True)] * 3


@pytest.mark.django_db
def test_a_session_begins_anew_at_signing_in_and_ends_at_signing_out(people: dict[str, User]) -> None:
    client = Client()
    session: Any = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.cookies["csrftoken"] = "p" * 32
    signed_in = client.post("/sign-in/", GOOD)
    own = client.cookies["sessionid"].value
    assert own != planted
    assert signed_in.cookies["csrftoken"].value != "p" * 32
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/customers/").status_code == 302
    thief.cookies["sessionid"] = own
    assert thief.get("/customers/").status_code == 200
    client.post("/sign-out/")
    assert thief.get("/customers/").status_code == 302


@pytest.mark.django_db
def test_a_new_password_ends_the_other_sessions(people: dict[str, User]) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        assert client.post("/sign-in/", GOOD).status_code == 302
    form = {
        "old_password": PASSWORD,
        "new_password1": "nog-een-beter-woord",
        "new_password2": "nog-een-beter-woord",
    }
    assert here.post("/password/", form).status_code == 302
    assert here.get("/customers/").status_code == 200
    assert there.get("/customers/").status_code == 302
    User.objects.filter(username="lezer").update(is_active=False)
    assert here.get("/customers/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        ("/customers/K1/notes/", "/customers/K1/notes/"), ("https://elders.example/", "/"), ("//elders.example/", "/"),
        ("/\\elders.example", "/"), ("https:///elders.example", "/"), ("javascript:alert(1)", "/"),
        ("\\\\elders.example", "/"),
        ("http:elders.example", "/"), ("/%09/elders.example", "/%09/elders.example"), ("\t//elders.example", "/"),
        ("", "/"),
    ],
)  # fmt: skip
def test_after_signing_in_one_stays_here(wanted: str, sent: str, people: dict[str, User]) -> None:
    assert Client().post("/sign-in/", GOOD | {"next": wanted})["Location"] == sent


@pytest.mark.django_db
def test_no_header_of_the_request_sends_one_elsewhere(as_user: Any, make_customer: Any) -> None:
    make_customer(number="K1")
    client = as_user("verkoop")
    for number, url in enumerate(
        ("https://elders.example/x", "//elders.example/x", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b"),
        start=1,
    ):
        headers = {"HX-Request": "true", "HX-Current-URL": url}
        form = {"name": f"Naam {number}", "version": str(number)}
        for path in ("/customers/K1/field/name", "/customers/K1/edit"):
            answer = client.post(path, form, headers=headers)
            for name in ("HX-Redirect", "Location", "HX-Location"):
                assert "elders" not in answer.headers.get(name, "")
                assert "javascript" not in answer.headers.get(name, "")
    back = client.post(
        "/customers/mark", {"number": "K1", "back": "\r\nX-Kop: fout"}, headers={"HX-Request": "true"}
    )
    assert back.status_code < 400
    assert "\n" not in back.headers.get("HX-Redirect", "")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/customers/", "/customers/K1/", "/bestaat-niet/", "/healthz"])
def test_what_every_answer_tells_the_browser(path: str, as_user: Any) -> None:
    for client in (Client(), as_user("lezer")):
        answer = client.get(path)
        policy = {
            part.split()[0]: part.split()[1:]
            for part in answer["Content-Security-Policy"].split(";")
            if part.strip()
        }
        assert policy["default-src"] == ["'none'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
        sources = {word for words in policy.values() for word in words}
        assert sources == {"'none'", "'self'"}
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    signed = as_user("lezer").get("/customers/")
    assert signed["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts(people: dict[str, User]) -> None:
    cookie = Client().post("/sign-in/", GOOD).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused(people: dict[str, User], make_customer: Any) -> None:
    make_customer(number="K1")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["verkoop"], backend="klantenbeheer.foundation.access.backend.AccountBackend")
    for path in (
        "/customers/new",
        "/customers/K1/field/name",
        "/customers/K1/notes/items/new/",
        "/sign-out/",
        "/customers/mark",
    ):
        assert client.post(path, {"name": "x", "version": "1", "text": "x"}).status_code == 403


# -- production and demo ----------------------------------------------------------------------------------------

PROD = {
    "KLANTENBEHEER_MODE": "production",
    "KLANTENBEHEER_SECRET_KEY": "x" * 50,
    "KLANTENBEHEER_HOSTS": "crm.example",
}


def python(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    values = {
        name: value for name, value in os.environ.items() if not name.startswith(("KLANTENBEHEER", "DJANGO"))
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=values | {"KLANTENBEHEER_DATA": str(folder)} | more, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("KLANTENBEHEER_SECRET_KEY", "KLANTENBEHEER_SECRET_KEY"),
        ("KLANTENBEHEER_HOSTS", "KLANTENBEHEER_HOSTS"),
    ],
)
def test_production_does_not_start_without_its_secrets(missing: str, named: str, tmp_path: Path) -> None:
    run = (
        "import sys; from klantenbeheer.config.console import main; sys.exit(main(['serve', '--port', '1']))"
    )
    for value in ({}, {missing: "  "}):
        given = {name: text for name, text in PROD.items() if name != missing} | value
        done = python(run, tmp_path, **given)
        assert done.returncode == 2
        assert named in done.stderr
        assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["x", "x" * 31, " " * 40 + "x"])
def test_production_refuses_a_short_secret(secret: str, tmp_path: Path) -> None:
    run = (
        "import sys; from klantenbeheer.config.console import main; sys.exit(main(['serve', '--port', '1']))"
    )
    done = python(run, tmp_path, **{**PROD, "KLANTENBEHEER_SECRET_KEY": secret})
    assert done.returncode == 2
    assert "KLANTENBEHEER_SECRET_KEY" in done.stderr
    assert "32" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_settings(tmp_path: Path) -> None:
    code = (
        "from klantenbeheer.config.mode import choose_settings; choose_settings()\n"
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "assert (s.DEBUG, s.DEMO, s.ALLOWED_HOSTS) == (False, False, ['crm.example'])\n"
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE\n"
        "assert s.SECURE_SSL_REDIRECT and s.SESSION_COOKIE_HTTPONLY\n"
        "assert s.SECURE_HSTS_SECONDS >= 31_536_000\n"
        "from django.core.management import call_command\n"
        "call_command('check', deploy=True, fail_level='ERROR')\n"
    )
    done = python(code, tmp_path, **PROD)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "crm.example"])  # noqa: S104 - refused, that is the test
def test_the_demo_serves_this_machine_only(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO", True)
    with pytest.raises(Refused):
        require_safe(host)
    for good in ("127.0.0.1", "localhost", "::1"):
        require_safe(good)


def test_an_unknown_mode_is_no_demo(tmp_path: Path) -> None:
    run = "import sys; from klantenbeheer.config.console import main; sys.exit(main(['migrate']))"
    done = python(run, tmp_path, KLANTENBEHEER_MODE="prodction")
    assert done.returncode != 0
    assert "prodction" in done.stderr


def test_who_was_signed_out_while_typing_keeps_the_page(make_customer: Callable[..., Customer]) -> None:
    make_customer(number="K1")
    htmx = {"HX-Request": "true"}
    saving = Client().post(
        "/customers/K1/field/phone", {"phone": "030 2345678", "version": "1"}, headers=htmx
    )
    assert saving.status_code == 401
    assert saving["HX-Reswap"] == "none"
    assert "HX-Redirect" not in saving
    assert "kb:toast" in saving["HX-Trigger"]
    reading = Client().get("/customers/K1/notes/", headers=htmx)
    assert reading["HX-Redirect"] == "/sign-in/"


@pytest.mark.django_db
def test_accounts_of_the_demonstration_sign_in_there_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLANTENBEHEER_DEMO_PASSWORD", PASSWORD)
    bootstrap.ensure_roles()
    own = User.objects.create_user("verkoop", "mijn-eigen-woord", full_name="Eigen verkoper")
    monkeypatch.setattr(settings, "DEMO", True)
    bootstrap.ensure_demo_accounts()
    client = Client()
    assert client.post("/sign-in/", GOOD).status_code == 302
    assert client.get("/customers/").status_code == 200
    own.refresh_from_db()
    assert own.check_password("mijn-eigen-woord")
    monkeypatch.setattr(settings, "DEMO", False)
    assert client.get("/customers/").status_code == 302  # a session from before ends too
    assert client.post("/sign-in/", GOOD).status_code == 200
    assert (
        Client().post("/sign-in/", {"username": "verkoop", "password": "mijn-eigen-woord"}).status_code == 302
    )


@pytest.mark.django_db
def test_what_is_wrong_with_a_new_password_is_said_in_ones_own_language(people: dict[str, User]) -> None:
    for language, words in (("nl", "minstens 12 tekens"), ("en", "at least 12 characters")):
        User.objects.filter(username="lezer").update(language=language)
        client = Client()
        client.post("/sign-in/", GOOD)
        form = {"old_password": PASSWORD, "new_password1": "kort", "new_password2": "kort"}
        assert words in client.post("/password/", form).content.decode()

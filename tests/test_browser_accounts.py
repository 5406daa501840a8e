"""Accounts in a real browser: profile, second factor, passkey, sessions, invitation, leaving; axe finds nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import factor, rules
from klantenbeheer.foundation.accounts.models import ApiToken, Passkey, SecondFactor
from klantenbeheer.foundation.accounts.tests.helpers import code, with_app, work
from klantenbeheer.foundation.accounts.tokens import token_create, token_verify
from klantenbeheer.kernel.actors import SystemActor

from .conftest import PASSWORD

START = re.compile("^https?://[^/]+/$")
pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Aanmelden", exact=True).click()


def test_my_account(desk: Page) -> None:
    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("link", name="Mijn account").click()
    before = desk.locator("html").evaluate("html => getComputedStyle(html).getPropertyValue('--control')")
    desk.get_by_role("link", name="Bewerken").click()
    desk.locator("#id_full_name").fill("Bente Heersma-van der Zwaag")
    desk.get_by_label("Dichtheid").select_option("compact")
    desk.locator("#id_theme").select_option("dark")
    desk.get_by_label("Tijdzone").select_option("Asia/Tokyo")
    desk.get_by_role("button", name="Bewaren").click()
    expect(desk.get_by_text("Bente Heersma-van der Zwaag").last).to_be_visible()
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    after = desk.locator("html").evaluate("html => getComputedStyle(html).getPropertyValue('--control')")
    assert (before, after) == ("32px", "28px")
    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    with desk.expect_response("**/account/look/") as kept:
        desk.get_by_role("button", name="Licht").click()
    assert kept.value.status == 204
    expect(desk.locator("html")).to_have_attribute("data-theme", "light")
    assert User.objects.get(username="beheer").theme == "light"


def test_dense_rows_are_lower(desk: Page) -> None:
    height = "() => document.querySelector('.table tbody tr').getBoundingClientRect().height"
    roomy = desk.evaluate(height)
    User.objects.filter(username="beheer").update(density="compact")
    desk.reload()
    dense = desk.evaluate(height)
    assert dense < roomy - 4
    small = desk.evaluate(
        "() => [...document.querySelectorAll('.table tbody a, .toolbar .button')]"
        ".filter(one => one.checkVisibility() && one.classList.contains('button'))"
        ".map(one => one.getBoundingClientRect().height).filter(height => height < 24)"
    )
    assert small == []


@pytest.mark.parametrize("kept", ["dark", "light"])
def test_nothing_flashes(desk: Page, kept: str) -> None:
    """The very first paint has the user's own theme, whatever the browser remembers and the system says."""
    User.objects.filter(username="beheer").update(theme=kept)
    desk.emulate_media(color_scheme="light" if kept == "dark" else "dark")
    desk.evaluate(
        "localStorage.setItem('kb:theme', document.documentElement.dataset.saved === 'dark' ? 'light' : 'dark')"
    )
    desk.add_init_script(
        "new MutationObserver((_list, watcher) => { if (document.body) { window.early = "
        "document.documentElement.dataset.theme; watcher.disconnect(); } }).observe(document, "
        "{ childList: true, subtree: true });"
    )
    desk.goto("/account/")
    assert desk.evaluate("window.early") == kept
    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("button", name="Afmelden").click()
    expect(desk.locator("html")).to_have_attribute("data-theme", kept)


def test_an_app_set_up_and_used(desk: Page) -> None:
    desk.goto("/account/security/")
    desk.get_by_role("link", name="App instellen").click()
    expect(desk.get_by_role("img", name="QR-code")).to_be_visible()
    secret = desk.locator("code").inner_text().replace(" ", "")
    desk.locator("#id_code").fill("123")
    desk.get_by_role("button", name="Aanzetten").click()
    expect(desk.locator("#id_code_error")).to_be_visible()
    assert desk.locator("code").inner_text().replace(" ", "") == secret
    desk.locator("#id_code").fill(code(secret))
    desk.get_by_role("button", name="Aanzetten").click()
    recovery = desk.locator(".codes li").first.inner_text()
    desk.get_by_role("link", name="Ik heb ze bewaard").click()
    desk.wait_for_url(START)
    for given in (code(secret), recovery):
        SecondFactor.objects.update(last_step=0)
        desk.get_by_label(re.compile("^Gebruikersmenu")).click()
        desk.get_by_role("button", name="Afmelden").click()
        sign_in(desk, "beheer")
        expect(desk.get_by_role("heading", name="Tweede factor")).to_be_visible()
        expect(desk.locator("#id_code")).to_be_focused()
        desk.keyboard.type(given)
        desk.keyboard.press("Enter")
        desk.wait_for_url(START)


@pytest.fixture
def authenticator(context: BrowserContext, page: Page) -> Any:
    """Give the browser a key that knows its owner by itself."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def verified(value: bool) -> None:
        session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": value}
        )

    return verified


def test_a_passkey_instead_of_a_password_and_after_one(desk: Page, authenticator: Any) -> None:
    desk.goto("/account/security/")
    desk.get_by_label("Naam van de passkey").fill("Laptop")
    desk.get_by_role("button", name="Passkey toevoegen").click()
    expect(desk.locator(".codes li")).to_have_count(10)
    passkey = Passkey.objects.get()
    assert (passkey.name, passkey.user.username) == ("Laptop", "beheer")
    desk.goto("/account/security/")
    expect(desk.get_by_text(re.compile("^Laptop sinds"))).to_be_visible()

    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("button", name="Afmelden").click()
    desk.get_by_role("button", name="Aanmelden met passkey").click()
    desk.wait_for_url(START)
    assert Passkey.objects.get().sign_count > passkey.sign_count

    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("button", name="Afmelden").click()
    sign_in(desk, "beheer")
    desk.get_by_role("button", name="Aanmelden met passkey").click()
    desk.wait_for_url(START)

    # A copy of the key, whose counter is behind, is refused.
    Passkey.objects.update(sign_count=10_000)
    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("button", name="Afmelden").click()
    desk.get_by_role("button", name="Aanmelden met passkey").click()
    expect(desk.get_by_role("heading", name="Niet aangemeld")).to_be_visible()


def test_a_passkey_that_does_not_know_its_owner_is_no_password(desk: Page, authenticator: Any) -> None:
    desk.goto("/account/security/")
    desk.get_by_label("Naam van de passkey").fill("Laptop")
    desk.get_by_role("button", name="Passkey toevoegen").click()
    expect(desk.locator(".codes li")).to_have_count(10)
    desk.goto("/customers/")
    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("button", name="Afmelden").click()
    authenticator(False)
    desk.get_by_role("button", name="Aanmelden met passkey").click()
    expect(desk.get_by_text("Er is geen passkey getoond.")).to_be_visible()


def test_required_it_comes_before_anything_else(
    page: Page, people: dict[str, User], make_customer: Any
) -> None:
    rules.rules_set(actor=SystemActor("test"), required={"reader"})
    rules.REQUIRED.forget()
    sign_in(page, "lezer")
    expect(page.get_by_text("Uw rol vraagt een tweede factor.")).to_be_visible()
    page.goto("/customers/")
    page.wait_for_url("**/account/security/")
    page.get_by_role("link", name="App instellen").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    page.locator("#id_code").fill(code(secret))
    page.get_by_role("button", name="Aanzetten").click()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    page.wait_for_url(START)


def test_sessions_end(desk: Page, browser: Browser, base_url: str) -> None:
    other = browser.new_context(base_url=base_url, locale="nl-NL").new_page()
    sign_in(other, "beheer")
    other.wait_for_url(START)
    desk.goto("/account/sessions/")
    expect(desk.get_by_text("deze", exact=True)).to_be_visible()
    desk.get_by_role("button", name=re.compile("^Beëindigen: ")).click()
    expect(desk.get_by_text("1 sessie beëindigd.")).to_be_visible()
    other.goto("/customers/")
    other.wait_for_url("**/sign-in/**")
    other.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_token_made_shown_once_and_revoked(desk: Page, context: BrowserContext, scheme: Any) -> None:
    def fine(name: str) -> None:
        """Nothing for axe, and nothing beside a narrow screen."""
        for width in (1280, 390):
            desk.set_viewport_size({"width": width, "height": 800})
            results = Axe().run(desk)
            assert results.violations_count == 0, f"{name} {width}: {results.generate_report()}"
            assert not desk.evaluate("document.documentElement.scrollWidth > innerWidth"), (name, width)

    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    desk.goto("/account/tokens/")
    expect(desk.get_by_text("heeft nog geen API")).to_be_visible()
    fine("none")
    desk.locator(".page-head").get_by_role("link", name="Nieuw API-token").click()
    expect(desk.get_by_label("Geldig tot en met")).not_to_have_value("")
    fine("new")
    desk.get_by_label("Naam").fill("Koppeling van de webwinkel met de orderadministratie, productieomgeving")
    desk.get_by_label("Geldig tot en met").fill("2020-01-01")
    desk.get_by_role("button", name="Token maken").click()
    # The picker knows which days are possible; the service refuses them too.
    assert desk.get_by_label("Geldig tot en met").evaluate("field => field.validity.rangeUnderflow")
    assert not ApiToken.objects.exists()
    desk.get_by_label("Geldig tot en met").fill((timezone.localdate() + timedelta(days=7)).isoformat())
    desk.get_by_label("Bereik").select_option("write")
    desk.get_by_role("button", name="Token maken").click()
    text = desk.locator(".secret").inner_text().strip()
    assert token_verify(text) is not None
    desk.get_by_role("button", name="Kopiëren").click()
    expect(desk.get_by_text("Gekopieerd.")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == text
    fine("made")
    desk.get_by_role("link", name="Ik heb het bewaard").click()
    expect(desk.get_by_role("cell", name="Lezen en schrijven")).to_be_visible()
    expect(desk.get_by_text(text)).to_have_count(0)
    fine("list")
    desk.get_by_role("link", name=re.compile("^Intrekken: Koppeling")).click()
    expect(desk.locator("#dialog dialog")).to_be_visible()
    fine("asked")
    desk.get_by_role("button", name="Annuleren").click()
    expect(desk.locator("#dialog dialog")).to_have_count(0)
    assert token_verify(text) is not None
    desk.get_by_role("link", name=re.compile("^Intrekken: Koppeling")).click()
    desk.get_by_role("button", name="Intrekken", exact=True).click()
    expect(desk.get_by_text(re.compile("^ingetrokken [0-9]"))).to_be_visible()
    assert token_verify(text) is None
    fine("revoked")


def test_the_manager_revokes_a_token_of_a_colleague(desk: Page, people: dict[str, User]) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    _token, text = token_create(actor=people["lezer"], name="Webwinkel", scope="read", until=tomorrow)
    desk.goto(f"/settings/accounts/{people['lezer'].pk}/")
    desk.get_by_role("link", name="Intrekken: Webwinkel").click()
    desk.get_by_role("button", name="Intrekken", exact=True).click()
    expect(desk.get_by_text(re.compile("^ingetrokken [0-9]"))).to_be_visible()
    expect(desk.get_by_role("heading", name="Lezer")).to_be_visible()
    assert token_verify(text) is None


def test_invited_from_mail_to_first_page(desk: Page, browser: Browser, base_url: str) -> None:
    desk.goto("/settings/invitations/")
    desk.get_by_role("link", name="Collega uitnodigen").click()
    desk.locator("#dialog #id_email").fill("nieuw@example.com")
    desk.get_by_label("Verkoop", exact=True).check()
    desk.get_by_role("button", name="Bewaren").click()
    expect(desk.get_by_text("De uitnodiging voor nieuw@example.com is onderweg.")).to_be_visible()
    work()
    found = re.search(r"http\S+", str(mail.outbox[-1].body))
    assert found
    other = browser.new_context(base_url=base_url, locale="nl-NL").new_page()
    other.goto(found[0])
    other.locator("#id_full_name").fill("Nina Nieuw")
    other.locator("#id_username").fill("nina")
    other.locator("#id_new_password1").fill("Welkom2026!!")
    other.locator("#id_new_password2").fill("Welkom2026!!")
    other.get_by_role("button", name="Mijn account maken").click()
    expect(other.locator("#id_new_password1_error")).to_contain_text("het eerst geprobeerd")
    other.locator("#id_new_password1").fill("zeven groene fietsen")
    other.locator("#id_new_password2").fill("zeven groene fietsen")
    other.get_by_role("button", name="Mijn account maken").click()
    other.wait_for_url("**/sign-in/")
    sign_in(other, "nina", "zeven groene fietsen")
    other.wait_for_url(START)
    other.context.close()


def test_a_colleague_leaves_and_comes_back(desk: Page, people: dict[str, User]) -> None:
    User.objects.filter(username__in=["verkoop", "lezer"]).update(is_salesperson=True)
    desk.goto(f"/settings/accounts/{people['verkoop'].pk}/")
    desk.get_by_role("link", name="Vertrekt: overdragen").click()
    desk.get_by_label("Gaat naar").select_option(label="Lezer")
    desk.get_by_role("button", name="Tonen wat er overgaat").click()
    expect(desk.get_by_text("0 klanten gaan naar Lezer.")).to_be_visible()
    desk.get_by_role("button", name="Account beëindigen").click()
    expect(desk.get_by_text("niet actief")).to_be_visible()
    desk.get_by_role("button", name="Ongedaan maken").click()
    expect(desk.get_by_text("niet actief")).to_have_count(0)
    expect(desk).to_have_url(re.compile(rf"/settings/accounts/{people['verkoop'].pk}/$"))
    assert User.objects.get(username="verkoop").is_active


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_find(desk: Page, people: dict[str, User], scheme: Any) -> None:
    with_app(people["lezer"])
    token_create(
        actor=people["lezer"], name="x", scope="read", until=timezone.localdate() + timedelta(days=1)
    )
    Passkey.objects.create(user=people["beheer"], name="Laptop", credential_id="x", credential=b"x")
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    one = f"/settings/accounts/{people['lezer'].pk}/"
    for path in (
        "/account/", "/password/", "/account/confirm/", "/account/security/", "/account/security/app/",
        "/account/sessions/", "/account/tokens/", "/account/tokens/new/", "/account/sign-ins/", "/settings/accounts/",
        one, "/settings/sign-ins/",
        "/settings/invitations/", "/settings/invitations/new/", "/account/edit/",
        f"{one}leave/", "/forgot/", "/reset/x/",
    ):  # fmt: skip
        for density in ("comfortable", "compact"):
            User.objects.filter(username="beheer").update(density=density)
            desk.goto(path)
            results = Axe().run(desk)
            assert results.violations_count == 0, f"{path} {scheme} {density}: {results.generate_report()}"
            wide = desk.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, path
    desk.set_viewport_size({"width": 320, "height": 700})
    for path in (
        "/account/",
        "/account/security/",
        "/account/security/app/",
        "/account/sessions/",
        "/account/tokens/new/",
        "/settings/accounts/",
        one,
    ):
        desk.goto(path)
        assert not desk.evaluate("document.documentElement.scrollWidth > innerWidth"), path
    desk.goto("/customers/")
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.get_by_label(re.compile("^Gebruikersmenu")).click()
    desk.get_by_role("button", name="Afmelden").click()
    sign_in(desk, "lezer")
    results = Axe().run(desk)
    assert results.violations_count == 0, results.generate_report()
    assert factor.is_active(people["lezer"])

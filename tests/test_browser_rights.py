"""The grid of rights in a browser: by keyboard alone, as a screen reader and an ordinary eye find it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect

from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.access.role_services import levels_of
from klantenbeheer.kernel.actors import Level


def violations(page: Page) -> Any:
    return Axe().run(page).response["violations"]


def test_a_level_is_chosen_by_keyboard_and_saved(desk: Page) -> None:
    role = Role.objects.get(key="sales")
    desk.goto(f"/settings/roles/{role.pk}/")
    chosen = desk.get_by_role("radio", name="Notities: wijzigen")
    expect(chosen).to_be_checked()
    chosen.focus()
    desk.keyboard.press("ArrowLeft")
    seen = desk.get_by_role("radio", name="Notities: zien")
    expect(seen).to_be_focused()
    expect(seen).to_be_checked()
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("radio", name="Historie: wijzigen")).to_be_focused()
    desk.keyboard.press("Control+s")
    row = desk.get_by_role("region", name="Historie").get_by_role("row", name="Notities")
    expect(row.first).to_contain_text("wijzigen")
    expect(desk.get_by_role("radio", name="Notities: zien")).to_be_checked()
    assert levels_of(role)["tab.notes"] == Level.VIEW


def test_leaving_a_half_changed_grid_asks(desk: Page) -> None:
    desk.goto(f"/settings/roles/{Role.objects.get(key='sales').pk}/")
    desk.get_by_role("radio", name="Notities: geen").check()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.on("dialog", stay)
    desk.get_by_role("link", name="Rollen", exact=True).click()
    expect(desk.get_by_role("radio", name="Notities: geen")).to_be_checked()
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_and_nothing_beside_the_screen(desk: Page, scheme: Any) -> None:
    desk.emulate_media(color_scheme=scheme)
    role, user = Role.objects.get(key="sales"), User.objects.get(username="verkoop")
    pages = (
        "/settings/users/", f"/settings/users/{user.pk}/", "/settings/roles/", f"/settings/roles/{role.pk}/",
        "/settings/users/new/", f"/settings/roles/{role.pk}/delete/", f"/settings/tab-order/{role.pk}/",
        "/customers/K1/tab-order",
    )  # fmt: skip
    for path in pages:
        desk.goto(path)
        assert violations(desk) == [], path
        desk.set_viewport_size({"width": 320, "height": 800})
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        desk.set_viewport_size({"width": 1440, "height": 900})


def test_seen_as_a_role_a_bar_says_so_and_ends_it(desk: Page) -> None:
    desk.goto(f"/settings/roles/{Role.objects.get(key='reader').pk}/")
    desk.get_by_role("button", name="Bekijk als deze rol").click()
    bar = desk.get_by_role("status").filter(has=desk.get_by_role("button", name="Weer als uzelf kijken"))
    expect(bar).to_contain_text("U bekijkt het programma als “Inzien”")
    desk.goto("/customers/K1/notes/")
    expect(bar).to_be_visible()
    expect(desk.get_by_role("link", name="Notitie", exact=True)).to_have_count(0)
    assert violations(desk) == []
    desk.get_by_role("button", name="Markeren").click()
    expect(desk.get_by_text("intussen wordt er niets gewijzigd").first).to_be_visible()
    desk.get_by_role("button", name="Weer als uzelf kijken").click()
    expect(desk.get_by_role("heading", name="Rollen")).to_be_visible()
    expect(bar).to_have_count(0)

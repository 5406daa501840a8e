"""Walking through a page as somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Error, Page, expect

_IS_ON = "selector => Boolean(document.activeElement?.matches(selector))"


def _is_on(page: Page, selector: str) -> bool:
    """Say where focus is; a page that gives way to the next one is asked again when that is there."""
    try:
        return bool(page.evaluate(_IS_ON, selector))
    except Error as error:
        if "Execution context was destroyed" not in error.message:
            raise
        page.wait_for_load_state()
        return bool(page.evaluate(_IS_ON, selector))


def walk_to(page: Page, selector: str, *, back: bool = False, most: int = 90) -> None:
    """Press Tab until focus stands on what ``selector`` matches; fails when ``most`` presses do not get there."""
    for _press in range(most):
        if _is_on(page, selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def enter(page: Page, selector: str) -> None:
    """Walk to something and press Enter on it."""
    walk_to(page, selector)
    page.keyboard.press("Enter")


def retype(page: Page, selector: str, text: str) -> None:
    """Walk to a field and type over what is in it."""
    walk_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def save_refused(page: Page, field: str, *words: str) -> None:
    """Save with Ctrl+S; the message must stand at ``field``, name it to a screen reader, and focus be on it."""
    page.keyboard.press("Control+s")
    error = page.locator(f"[id='{field}_error']")
    for word in words:
        expect(error).to_contain_text(word)
    told = page.locator(f"[id='{field}']")
    expect(told).to_be_focused()
    expect(told).to_have_attribute("aria-invalid", "true")
    assert f"{field}_error" in (told.get_attribute("aria-describedby") or "").split(), field


def save_done(page: Page, opener: str = "") -> None:
    """Save with Ctrl+S; the dialog closes and focus returns to ``opener``."""
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog")).to_have_count(0)
    if opener:
        expect(page.locator(opener)).to_be_focused()

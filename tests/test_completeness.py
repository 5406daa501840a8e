"""Nothing is half there: each tab has its page in the handbook in both languages, its tests, its history."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from klantenbeheer.card.tabs import TABS
from klantenbeheer.foundation.audit.checks import every_kind_is_told
from klantenbeheer.foundation.handbook import pages
from klantenbeheer.foundation.handbook.places import HOME, PLACES, page_for

PACKAGE = Path(settings.PROJECT) / "src" / "klantenbeheer"
KEYBOARD = PACKAGE / "foundation" / "ui" / "static" / "ui" / "js" / "keyboard.js"


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_tab_and_place_has_a_page(language: str) -> None:
    wanted = {tab.key for tab in TABS} | {place.page for place in PLACES}
    assert wanted <= set(pages.keys(language))
    for tab in TABS:
        assert page_for(f"/customers/10001/{tab.key}/") == tab.key


def test_both_languages_say_the_same_in_the_same_order() -> None:
    assert pages.keys("nl") == pages.keys("en")
    for key in pages.keys("nl"):
        dutch, english = pages.page(key, "nl"), pages.page(key, "en")
        assert dutch is not None
        assert english is not None
        assert (dutch.language, english.language) == ("nl", "en")
        assert [one.level for one in dutch.headings] == [one.level for one in english.headings], key


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_link_leads_somewhere_and_every_page_is_in_the_contents(language: str) -> None:
    linked: dict[str, set[str]] = {}
    for key in pages.keys(language):
        found = pages.page(key, language)
        assert found is not None
        for target, anchor in re.findall(r'href="/handbook/(\w+)/(?:#([\w-]+))?"', found.html):
            other = pages.page(target, language)
            assert other is not None, (key, target)
            assert not anchor or anchor in {one.anchor for one in other.headings}, (key, target, anchor)
            linked.setdefault(key, set()).add(target)
        assert ".md" not in re.sub(r"<code>.*?</code>", "", found.html), key
    assert linked[HOME] == set(pages.keys(language)) - {HOME}


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_key_is_on_the_sheet(language: str) -> None:
    script = KEYBOARD.read_text(encoding="utf-8")
    plain = re.search(r"const PLAIN = \{(.*?)\n\};", script, re.DOTALL)
    assert plain is not None
    keys = set(re.findall(r'^  "?([^":\s]+)"?:', plain[1], re.MULTILINE)) | {
        "Esc",
        "Ctrl",
        "Alt",
        "K",
        "S",
        "1",
        "9",
    }
    sheet = (pages.folder() / language / "keys.md").read_text(encoding="utf-8")
    assert {key for key in keys if f"`{key}`" not in sheet} == set()


def test_every_tab_has_tests_and_every_record_a_place_in_history() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in (PACKAGE, PACKAGE.parents[1] / "tests")
        for path in folder.rglob("test_*.py")
        if path.name not in ("test_completeness.py", "test_rights.py", "test_budgets.py")
    )
    for tab in TABS:
        assert f"/{tab.key}/" in tests, tab.key
    assert every_kind_is_told(None) == []

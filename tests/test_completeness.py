"""Nothing is half there: each tab has its page in the handbook in both languages, its tests, its history."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from klantenbeheer.card.tabs import TABS
from klantenbeheer.config import bootstrap
from klantenbeheer.customers.fields import BASIC_FIELDS
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.access.models import RoleLevel
from klantenbeheer.foundation.access.rights import RIGHTS, Right
from klantenbeheer.foundation.audit.checks import every_kind_is_told
from klantenbeheer.foundation.audit.erasure import Erasure
from klantenbeheer.foundation.handbook import pages
from klantenbeheer.foundation.handbook.places import HOME, PLACES, page_for
from klantenbeheer.kernel.actors import Level

PACKAGE = Path(settings.PROJECT) / "src" / "klantenbeheer"
CATALOGUE = PACKAGE / "locale" / "nl" / "LC_MESSAGES" / "django.po"
SCRIPTS = PACKAGE / "foundation" / "ui" / "static" / "ui" / "js"


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


def keys_of(script: str) -> set[str]:
    """Give the keys that a script listens to, as the browser names them."""
    keys = set(re.findall(r'\bkey(?:\.toLowerCase\(\))? === "([^"]+)"', script))
    keys |= set(re.findall(r'\bcode === "Key([A-Z])"', script))
    keys |= {"1", "9"} if "Digit[1-9]" in script else set()
    # { Name: what it does, … }: looked up with the key, at once or under a name.
    tables = re.findall(r"\{([^{}]*)\}\[event\.key\]", script)
    for name in re.findall(r"\b([A-Z]+)\[key\]", script):
        tables += re.findall(rf"const {name} = \{{\n(.*?)\n\}};", script, re.DOTALL)
    for table in tables:
        keys |= set(re.findall(r'(?:^|, |\{ ?)\s*"?([^"\s:,{}]+)"?: ', table, re.MULTILINE))
    return keys | {word for held, word in HELD.items() if held in script}


HELD = {"ctrlKey": "Ctrl", "altKey": "Alt", "shiftKey": "Shift"}
ARROWS = {
    "nl": {"ArrowUp": "omhoog", "ArrowDown": "omlaag", "ArrowLeft": "links", "ArrowRight": "rechts"},
    "en": {"ArrowUp": "up", "ArrowDown": "down", "ArrowLeft": "left", "ArrowRight": "right"},
}


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_key_is_on_the_sheet(language: str) -> None:
    sheet = (pages.folder() / language / "keys.md").read_text(encoding="utf-8")
    listening = {
        path.name: keys_of(text)
        for path in SCRIPTS.glob("*.js")
        if '"keydown"' in (text := path.read_text(encoding="utf-8"))
    }
    assert {"/", "?", "e", "n", "j", "k", "Enter", "Escape", "K", "s", "1", "Alt"} <= listening["keyboard.js"]
    for name, keys in listening.items():
        assert keys, f"{name} listens to keys that this test does not see"
        for key in keys:
            word = ARROWS[language].get(key)
            short = {"Escape": "Esc", "s": "S"}.get(key, key)
            assert (word in sheet) if word else (f"`{short}`" in sheet), (name, key)


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_key_that_a_screen_announces_is_on_the_sheet(language: str) -> None:
    sheet = (pages.folder() / language / "keys.md").read_text(encoding="utf-8")
    announced = {
        key
        for path in PACKAGE.rglob("*.html")
        for key in re.findall(r'aria-keyshortcuts="([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert announced >= {"/", "?", "Control+K"}
    told = {
        key: " + ".join(f"`{part}`" for part in key.replace("Control", "Ctrl").split("+"))
        for key in announced
    }
    assert {key for key in announced if told[key] not in sheet} == set()


def screen_words(language: str) -> list[re.Pattern[str]]:
    """Give every text of the screens in a language; what is filled in may be anything."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    texts: list[str] = []
    for message in messages:
        said = message.id if language == "en" else message.string
        texts += [said] if isinstance(said, str) else list(said or ())
    return [
        re.compile(re.sub(r"%\\?\(\w+\\?\)[ds]", ".+?", re.escape(text)), re.IGNORECASE)
        for text in texts
        if text
    ]


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_what_is_bold_stands_so_on_the_screen(language: str) -> None:
    """A button or message that is renamed is renamed in the handbook. A lead-in that ends with a dot is exempt."""
    words = screen_words(language)
    unknown = []
    for key in pages.keys(language):
        text = (pages.folder() / language / f"{key}.md").read_text(encoding="utf-8")
        prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
        prose = re.sub(r"^- \*\*[^*]+\.\*\*", "", prose, flags=re.MULTILINE)
        bold = re.findall(r"\*\*(.+?)\*\*", prose)
        unknown += [(key, said) for said in bold if not any(word.fullmatch(said) for word in words)]
    assert unknown == []


def test_the_catalogue_holds_no_old_texts() -> None:
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(r"#\s?\||#~|#,.*fuzzy", line)] == []


def test_undoing_goes_by_one_word() -> None:
    """What "Ongedaan maken" does is called so wherever it is told of: never turning back."""
    places = {"django.po": CATALOGUE.read_text(encoding="utf-8").replace('"\n"', "")}
    places |= {page.name: page.read_text(encoding="utf-8") for page in (pages.folder() / "nl").glob("*.md")}
    other = re.compile(r"terug\s?(te\s)?draai|teruggedraai|\bdraai\w*\s(\w+\s){0,4}terug\b", re.IGNORECASE)
    assert {name: found[0] for name, text in places.items() if (found := other.search(text))} == {}


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_field_of_the_basic_data_is_explained(language: str) -> None:
    text = (pages.folder() / language / "card.md").read_text(encoding="utf-8").casefold()
    with translation.override(language):
        assert [field.key for field in BASIC_FIELDS if str(field.label).casefold() not in text] == []


LEVEL_WORDS = {"nl": ("nee", "zien", "wijzigen", "ja"), "en": ("no", "view", "edit", "yes")}


@pytest.mark.django_db
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_the_table_of_rights_says_what_the_roles_may(language: str) -> None:
    bootstrap.ensure_roles()
    no, view, edit, yes = LEVEL_WORDS[language]
    read_only = {tab.right_key for tab in TABS if all(route.level < Level.EDIT for route in tab.routes)}
    given = {(row.role.key, row.right): row.level for row in RoleLevel.objects.select_related("role")}

    def word(role: str, right: Right) -> str:
        level = Level.EDIT if role == "manager" else given.get((role, right.key), Level.NONE)
        if level == Level.NONE:
            return no
        if Level.VIEW not in right.levels:
            return yes
        return view if level == Level.VIEW or right.key in read_only else edit

    page = (pages.folder() / language / "administration.md").read_text(encoding="utf-8")
    with translation.override(language):
        rows = [
            f"| **{right.label}** | {' | '.join(word(role, right) for role in ('manager', 'sales', 'reader'))} |"
            for right in RIGHTS
        ]
    assert [row for row in rows if row not in page] == []


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


@pytest.mark.parametrize(
    "rule", [None, Erasure(fields=("text", "geheim")), Erasure(fields=("text",), remove=True)]
)
def test_a_record_without_an_erasure_rule_stops_the_start(
    rule: Erasure | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Note, "audit_erasure", rule)
    assert [error.id for error in every_kind_is_told(None)] == ["audit.E003"]

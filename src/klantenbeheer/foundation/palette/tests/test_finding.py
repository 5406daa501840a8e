"""The palette chooses by what was typed, errors and all, and reads the sign before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from klantenbeheer.foundation.palette.finding import choose, find, parse, score
from klantenbeheer.foundation.palette.registry import Entry, Mode
from klantenbeheer.kernel.actors import SystemActor
from tests.cast import SYSTEM

ENTRIES = [
    Entry("new", "Nieuwe klant", "/new", words="toevoegen"),
    Entry("import", "Klanten importeren", "/import"),
    Entry("settings", "Instellingen", "/settings"),
    Entry("vat", "Btw-controle", "/vat"),
]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("nieuw", "new"), ("niuewe klant", "new"), ("klant nieuw", "new"), ("toevoegn", "new"), ("import", "import"),
        ("imprt", "import"), ("insteln", "settings"), ("INSTELLINGEN", "settings"), ("btw", "vat"), ("controle", "vat"),
    ],
)  # fmt: skip
def test_a_mistyped_word_finds_it(typed: str, first: str) -> None:
    assert choose(typed, ENTRIES, 5)[0].key == first


@pytest.mark.parametrize("typed", ["jansen", "xyz", "klant jansen", "---", "q"])
def test_what_does_not_fit_is_not_offered(typed: str) -> None:
    assert choose(typed, ENTRIES, 5) == []


def test_the_own_words_go_before_other_words_for_it() -> None:
    other = Entry("other", "Toevoegen aan lijst", "/x")
    assert score("toevoegen", other) > score("toevoegen", ENTRIES[0]) > 0
    assert choose("", ENTRIES, 2) == ENTRIES


@pytest.mark.parametrize(
    ("typed", "mode", "query"),
    [("> nieuw", Mode.ACTIONS, "nieuw"), ("#100", Mode.NUMBERS, "100"), ("@jan", Mode.CONTACTS, "jan"),
     ("jan", Mode.ALL, "jan"), ("", Mode.ALL, ""), ("@", Mode.CONTACTS, ""), ("x" * 500, Mode.ALL, "x" * 100)],
)  # fmt: skip
def test_the_sign_before_a_query(typed: str, mode: Mode, query: str) -> None:
    asked = parse(SystemActor("test"), typed, recent="K1,,K2," + "x," * 300)
    assert (asked.mode, asked.query) == (mode, query)
    assert asked.recent[:2] == ("K1", "K2")
    assert len(asked.recent) <= 20


@pytest.mark.django_db
def test_a_sign_narrows_to_its_groups(make_customer: Callable[..., Any], people: Any) -> None:
    make_customer("Nieuwe Maas Handel", number="K1")
    keys = {
        sign: {group.key for group in find(parse(SYSTEM, f"{sign}n", path="/customers/K1/notes/"))}
        for sign in ("", ">", "#", "@")
    }
    assert {"card", "actions", "customers"} <= keys[""]
    assert keys[">"] <= {"card", "actions", "pages"}
    assert "actions" in keys[">"]
    assert keys["#"] == set()
    assert keys["@"] == set()
    assert [entry.url for group in find(parse(SYSTEM, "#k")) for entry in group.entries] == ["/customers/K1/"]

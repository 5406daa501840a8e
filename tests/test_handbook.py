"""The handbook: the page of where one is, in one's language, searchable, and nothing outside its folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.handbook import pages
from klantenbeheer.foundation.handbook.places import page_for
from klantenbeheer.foundation.ui.markdown import document


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/customers/", "customers"),
        ("/customers/new", "customers"),
        ("/customers/import", "import"),
        ("/customers/import/3", "import"),
        ("/customers/10001/", "card"),
        ("/customers/10001/notes/", "notes"),
        ("/customers/10001/notes/items/new/", "notes"),
        ("/jobs/4/", "jobs"),
        ("/password/", "account"),
        ("/account/tokens/new/", "account"),
        ("/settings/accounts/3/tokens/4/revoke/", "accounts"),
        ("/nergens/", "index"),
        ("https://elders.example/customers/", "index"),
    ],
)
def test_the_page_of_an_address(path: str, page: str) -> None:
    assert page_for(path) == page


@pytest.mark.django_db
def test_pages_in_the_reader_s_language(
    as_user: Callable[[str], Client], make_customer: Callable[..., Customer]
) -> None:
    make_customer(number="K1")
    client = as_user("lezer")
    assert 'href="/handbook/at?path=/customers/K1/notes/"' in client.get("/customers/K1/notes/").text
    answer = client.get("/handbook/at?path=/customers/K1/notes/")
    assert answer["Location"] == "/handbook/notes/"
    assert "Een notitie schrijven" in client.get("/handbook/notes/").text
    assert client.get("/handbook/at?path=/customers/K1/onzin/")["Location"] == "/handbook/index/"
    for key in pages.keys("nl"):
        assert client.get(f"/handbook/{key}/").status_code == 200


def test_a_page_that_one_language_lacks_comes_in_the_other(tmp_path: Path, settings: Any) -> None:
    for language, key in (("nl", "alleen"), ("en", "only")):
        (tmp_path / language).mkdir()
        (tmp_path / language / f"{key}.md").write_text(f"# {key.title()}\n\nText.\n", encoding="utf-8")
    settings.HANDBOOK = tmp_path
    try:
        pages.page.cache_clear()
        found = [pages.page(key, language) for key, language in (("alleen", "en"), ("only", "nl"))]
        assert [one and (one.title, one.language) for one in found] == [("Alleen", "nl"), ("Only", "en")]
        assert pages.page("neither", "nl") is None
    finally:
        pages.page.cache_clear()


@pytest.mark.django_db
def test_who_works_in_english_reads_english(
    as_user: Callable[[str], Client], people: dict[str, User]
) -> None:
    people["lezer"].language = "en"
    people["lezer"].save()
    text = as_user("lezer").get("/handbook/notes/").text
    assert "Writing a note" in text
    assert '<article class="panel prose" lang="en">' in text


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["bestaat-niet", "..%2f..%2fREADME", "Notes", "x" * 300])
def test_there_is_nothing_else(as_user: Callable[[str], Client], key: str) -> None:
    assert as_user("lezer").get(f"/handbook/{key}/").status_code == 404


def test_search_finds_words_in_any_order_and_mends_them() -> None:
    assert pages.search("blokkade reden", "nl")[0].page.key == "customer_settings"
    assert pages.search("Vestiging toevoegen", "nl")[0].section.title == "Een vestiging toevoegen"
    assert any(hit.page.key == "customer_settings" for hit in pages.search("blokade", "nl"))
    assert any(hit.page.key == "import" for hit in pages.search("undo import", "en"))
    assert pages.search("kwantummechanica", "nl") == []
    assert pages.search("", "nl") == []


def test_an_excerpt_holds_no_markup() -> None:
    excerpts = [hit.excerpt for hit in pages.search("melding betekent", "nl") + pages.search("dry-run", "nl")]
    assert any("--dry-run" in text for text in excerpts)
    assert [text for text in excerpts if re.search(r"[|*`\[\]]|---|(?:^|\s)- ", text)] == []


@pytest.mark.django_db
def test_what_was_searched_is_shown_as_text(as_user: Callable[[str], Client]) -> None:
    text = as_user("lezer").get("/handbook/?q=<script>alert(1)</script>").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_document_gets_anchors_and_loses_markup() -> None:
    html, headings = document(
        "## Één kop\n\n## Één kop\n\n<b>x</b> [y](z.md)\n", link=lambda target: f"/{target}"
    )
    assert [one.anchor for one in headings] == ["een-kop", "een-kop-1"]
    assert 'id="een-kop-1"' in html
    assert 'href="/z.md"' in html
    assert "<b>" not in html

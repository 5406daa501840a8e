"""Text as search and comparison see it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klantenbeheer.kernel.text import (
    clean,
    clean_lines,
    compact,
    email_words,
    join_street,
    normalise,
    query_terms,
    split_person,
    split_street,
)


@pytest.mark.parametrize(
    ("typed", "norm"),
    [
        ("Café Müller & Zn.", "cafe muller zn"), ("'s-Hertogenbosch", "s hertogenbosch"), ("STRAßE", "strasse"),
        ("Ægir Øst Łódź Đà", "aegir ost lodz da"), ("İstanbul Iğdır", "istanbul igdir"), ("A_B-C", "a b c"),
        ("ﬁn", "fin"),
        ("O’Neil d'Or", "oneil dor"), ("  ", ""), ("東京", "東京"), ("Straße\u00a012", "strasse 12"),
    ],
)  # fmt: skip
def test_normalise(typed: str, norm: str) -> None:
    assert normalise(typed) == norm


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert " " not in compact(text)


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\0" not in once
    assert "\u202e" not in once
    assert clean_lines(clean_lines(text)) == clean_lines(text)


def test_cleaning_takes_what_nobody_sees() -> None:
    assert clean(" a\u200b \u202eb\x07\t c\n") == "a b c"
    assert clean_lines("a\r\nb\rc\x00\u202e ") == "a\nb\nc"


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("030-234 56 78", ["0302345678"]), ("+31 (30) 2345678", ["31302345678"]), ("0031 30 2345678", ["31302345678"]),
        ("1234 ab", ["1234ab"]), ("NL91 ABNA 0417 1643 00", ["nl91abna0417164300"]),
        ("NL 0000.99998.B57", ["nl000099998b57"]), ("ATU 13585627", ["atu13585627"]),
        ("Café de Zon", ["cafe", "de", "zon"]), ("info@jansen.example", ["jansen"]), ("zon zon zon", ["zon"]), ("", []),
        ("...", []), ("a b c d e f g h i j", ["a", "b", "c", "d", "e", "f", "g", "h"]), ("\x00", []),
    ],
)  # fmt: skip
def test_query_terms(typed: str, terms: list[str]) -> None:
    assert query_terms(typed) == terms


@given(st.text(max_size=300))
def test_any_query_gives_few_plain_terms(text: str) -> None:
    terms = query_terms(text)
    assert len(terms) <= 8
    assert all(term and not term.isspace() and "\0" not in term for term in terms)


def test_email_words() -> None:
    assert email_words("info@de-zon.example") == ["de", "zon"]
    assert email_words("p.zwaan@kantoor.example") == ["p", "zwaan", "kantoor"]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Dorpsstraat 5", ("Dorpsstraat", "5", "")), ("Industrieweg 12a", ("Industrieweg", "12", "a")),
        ("Markt 1-2", ("Markt", "1", "2")), ("Plein 1944 10", ("Plein 1944 10", "", "")), ("Kade", ("Kade", "", "")),
        ("12 Rue de Rivoli", ("12 Rue de Rivoli", "", "")), ("Obere Str. 57", ("Obere Str.", "57", "")),
        ("", ("", "", "")),
        ("Laan 3 bis links", ("Laan 3 bis links", "", "")), ("Postbus 90001", ("Postbus", "90001", "")),
    ],
)  # fmt: skip
def test_split_street(line: str, parts: tuple[str, str, str]) -> None:
    assert split_street(line) == parts


STREETS = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[A-Z][a-z ]{2,12} [0-9]{1,5}( |-)?([A-Za-z]{1,3}|[0-9]{1,4})?", fullmatch=True),
)


@given(STREETS)
def test_a_split_street_joins_to_the_same_line(line: str) -> None:
    assert join_street(*split_street(line)) == clean(line)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jan van der Berg", ("Jan", "van der", "Berg")), ("Jansen", ("", "", "Jansen")), ("", ("", "", "")),
        ("A.B. de Vries", ("A.B.", "de", "Vries")), ("Jan Piet Jansen", ("Jan Piet", "", "Jansen")),
        ("Van Gogh", ("Van", "", "Gogh")), ("Jan van", ("Jan", "", "van")), ("Jan van der", ("Jan", "van", "der")),
    ],
)  # fmt: skip
def test_split_person(name: str, parts: tuple[str, str, str]) -> None:
    assert split_person(name) == parts


@given(st.text(alphabet=st.sampled_from("ab de vand'" + "é "), max_size=30))
def test_a_split_person_joins_to_the_same_name(name: str) -> None:
    assert " ".join(part for part in split_person(name) if part) == clean(name)

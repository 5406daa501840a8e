"""The text of a filter: what is written is read again as it was, and nothing that is typed breaks it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klantenbeheer.foundation.lists.conditions import (
    MOST_CONDITIONS,
    OPERATORS,
    Condition,
    Filter,
    make,
    make_group,
    parse,
)
from klantenbeheer.foundation.lists.fields import days_of
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

_values = st.text(min_size=1, max_size=60).map(clean).filter(bool)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    operator = draw(st.sampled_from(sorted(OPERATORS)))
    name = draw(
        st.from_regex(r"[a-z][a-z0-9_]{0,14}", fullmatch=True).filter(lambda text: text not in ("and", "or"))
    )
    return Condition(name, operator, draw(_values) if OPERATORS[operator] else "")


_items = conditions() | st.builds(
    lambda items, any_of: make_group(items, any=any_of),
    st.lists(conditions(), min_size=1, max_size=4),
    st.booleans(),
)
_filters = st.builds(
    lambda items, any_of: make(items, any=any_of), st.lists(_items, max_size=6), st.booleans()
)


@given(_filters)
def test_what_is_written_is_read_again(asked: Filter) -> None:
    text = str(asked)
    if len(text) <= 4_000:
        read = parse(text)
        assert list(read.conditions()) == list(asked.conditions())
        assert str(read) == text


@given(st.text(max_size=200) | st.text(alphabet='()"\\ andorisemptyname\0', max_size=120))
def test_anything_else_is_read_or_refused_with_words(text: str) -> None:
    found, problems = None, {}
    try:
        found = parse(text)
    except InvalidInput as error:
        problems = dict(error.problems)
    assert problems["where"][0] if found is None else parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name contains "jan', "aanhalingsteken"),
        ("name contains", "midden"),
        ("name likes jan", "likes"),
        ("name is a and city is b or city is c", "haakjes"),
        ("(name is a and (city is b))", "groep"),
        ("name is a name is b", "name"),
        ("()", ")"),
        (" and ".join(["name is a"] * (MOST_CONDITIONS + 1)), str(MOST_CONDITIONS)),
        ("x" * 5_000, "4000"),
        ("name is " + "y" * 300, "200"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse(text)
    assert words in str(error.value)


def test_ten_thousand_conditions_are_refused() -> None:
    with pytest.raises(InvalidInput):
        parse(" and ".join(["name is a"] * 10_000))


def test_a_filter_with_a_condition_more_and_one_less() -> None:
    asked = parse("status is active or country is NL")
    more = asked.plus(Condition("marked", "yes"))
    assert str(more) == "(status is active or country is NL) and marked yes"
    assert str(more.without(0)) == "marked yes"
    kept = parse("status is active and (c9 is x or city empty)").only(lambda one: one.field != "c9")
    assert str(kept) == "status is active and city empty"


@pytest.mark.parametrize(
    ("operator", "text", "first", "last"),
    [
        ("last", "30", date(2026, 10, 26), date(2026, 11, 25)),
        ("next", "7", date(2026, 11, 25), date(2026, 12, 2)),
        ("older", "1", None, date(2026, 11, 23)),
        ("this", "week", date(2026, 11, 23), date(2026, 11, 29)),
        ("this", "month", date(2026, 11, 1), date(2026, 11, 30)),
        ("this", "quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("this", "year", date(2026, 1, 1), date(2026, 12, 31)),
        ("since", "1-11-2026", date(2026, 11, 1), None),
    ],
)
def test_relative_days(operator: str, text: str, first: date | None, last: date | None) -> None:
    assert days_of(operator, text, date(2026, 11, 25)) == (first, last)


@given(st.sampled_from(["last", "next", "older", "this", "on", "since", "until"]), st.text(max_size=12))
def test_days_are_days_or_refused(operator: str, text: str) -> None:
    try:
        first, last = days_of(operator, text, date(2026, 11, 25))
    except (ValueError, OverflowError):
        return
    assert first is None or last is None or first <= last

"""Conditions as one readable text: what stands in an address, is saved with a view, and is shared.

``status is active and (city contains utrecht or city empty) and changed last 30``: conditions joined by one word, and
groups of conditions joined by the other, no deeper. The text names fields and operators; what they mean, a fixed map
says (:mod:`.fields`), so nothing in it ever becomes a part of a query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

PARAMETER = "where"
MOST_TEXT = 4_000
MOST_CONDITIONS = 50
MOST_VALUE = 200

# Operator to whether it takes a value.
OPERATORS: dict[str, bool] = {
    "is": True, "isnt": True, "just": True, "contains": True, "starts": True, "empty": False, "filled": False,
    "least": True, "most": True, "on": True, "since": True, "until": True, "last": True, "next": True, "older": True,
    "this": True, "yes": False, "no": False,
}  # fmt: skip

_TOKEN = re.compile(r'\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))')
_BARE = re.compile(r"[\w.,:@+/&'*-]+")
_WORDS = {True: "or", False: "and"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a field, an operator, and the value as it was typed."""

    field: str
    operator: str
    value: str = ""

    def __str__(self) -> str:
        parts = [self.field, self.operator]
        if OPERATORS[self.operator]:
            parts.append(_quoted(self.value))
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all must hold, or any."""

    items: tuple[Condition, ...]
    any: bool = False

    def __str__(self) -> str:
        return "(" + f" {_WORDS[self.any]} ".join(map(str, self.items)) + ")"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed by: conditions and groups of which all must hold, or any."""

    items: tuple[Condition | Group, ...] = ()
    any: bool = False

    def __str__(self) -> str:
        return f" {_WORDS[self.any]} ".join(map(str, self.items))

    def __bool__(self) -> bool:
        return bool(self.items)

    def conditions(self) -> Iterator[Condition]:
        """Give every condition, those within groups too."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.items
            else:
                yield item

    def without(self, place: int) -> Filter:
        """Give it without one of its items."""
        return make([item for index, item in enumerate(self.items) if index != place], any=self.any)

    def plus(self, condition: Condition) -> Filter:
        """Give it with a condition that must hold besides."""
        if self.any and len(self.items) > 1:
            if any(isinstance(item, Group) for item in self.items):
                raise InvalidInput(
                    {PARAMETER: [_("This filter has groups already: change it in its window.")]}
                )
            return make([make_group(list(self.conditions()), any=True), condition])
        return make([*self.items, condition])

    def only(self, fits: Callable[[Condition], bool]) -> Filter:
        """Give it with only those conditions that fit; a group that has none left is gone."""
        kept: list[Condition | Group] = []
        for item in self.items:
            own = item.items if isinstance(item, Group) else (item,)
            left = [one for one in own if fits(one)]
            if left:
                kept.append(make_group(left, any=item.any if isinstance(item, Group) else False))
        return make(kept, any=self.any)


def make_group(items: Sequence[Condition], *, any: bool = False) -> Condition | Group:
    """Give a group; of one condition that condition."""
    return items[0] if len(items) == 1 else Group(tuple(items), any)


def make(items: Sequence[Condition | Group], *, any: bool = False) -> Filter:
    """Give a filter in its one form: a single group is opened, one item needs no 'or'."""
    if len(items) == 1 and isinstance(items[0], Group):
        return Filter(items[0].items, items[0].any)
    return Filter(tuple(items), any and len(items) > 1)


def _quoted(value: str) -> str:
    if _BARE.fullmatch(value) and value not in ("and", "or"):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def refusal(text: str) -> InvalidInput:
    """Give the error of a filter that cannot be used."""
    return InvalidInput({PARAMETER: [text]})


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool = False

    def is_sign(self, *signs: str) -> bool:
        return not self.quoted and self.text in signs


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise refusal(_("The filter has a quotation mark that is not closed."))
        sign, quoted, word = match.groups()
        if quoted is not None:
            found.append(_Token(re.sub(r"\\(.)", r"\1", quoted), quoted=True))
        else:
            found.append(_Token(sign or word))
        place = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.count = 0

    def next(self) -> _Token:
        if self.place >= len(self.tokens):
            raise refusal(_("The filter ends in the middle of a condition."))
        token = self.tokens[self.place]
        self.place += 1
        return token

    def at(self, *signs: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place].is_sign(*signs)

    def condition(self) -> Condition:
        self.count += 1
        if self.count > MOST_CONDITIONS:
            raise refusal(_("A filter has at most %(most)d conditions.") % {"most": MOST_CONDITIONS})
        field = self.next()
        if field.is_sign("(", ")", "and", "or") or field.quoted or not field.text.replace("_", "").isalnum():
            raise refusal(_("“%(value)s” is no field to filter by.") % {"value": field.text[:40]})
        operator = self.next()
        if operator.quoted or operator.text not in OPERATORS:
            raise refusal(_("“%(value)s” is no comparison.") % {"value": operator.text[:40]})
        value = ""
        if OPERATORS[operator.text]:
            token = self.next()
            if token.is_sign("(", ")", "and", "or"):
                raise refusal(_("The filter has a condition without a value."))
            value = clean(token.text)
            if not value:
                raise refusal(_("The filter has a condition without a value."))
            if len(value) > MOST_VALUE:
                raise refusal(
                    _("A value in a filter has at most %(most)d characters.") % {"most": MOST_VALUE}
                )
        return Condition(field.text, operator.text, value)

    def joined(self, *, inside: bool) -> tuple[list[Condition | Group], bool]:
        """Read items up to the end, or to the bracket that closes a group; gives them and whether any is enough."""
        items: list[Condition | Group] = []
        word = ""
        while True:
            if self.at("("):
                if inside:
                    raise refusal(_("A group in a filter cannot hold another group."))
                self.next()
                own, any_of = self.joined(inside=True)
                items.append(make_group([one for one in own if isinstance(one, Condition)], any=any_of))
            else:
                items.append(self.condition())
            if inside and self.at(")"):
                self.next()
                break
            if not inside and self.place >= len(self.tokens):
                break
            joint = self.next()
            if not joint.is_sign("and", "or"):
                raise refusal(
                    _("Between two conditions stands “and” or “or”, not “%(value)s”.")
                    % {"value": joint.text[:40]}
                )
            if word and joint.text != word:
                raise refusal(_("“and” and “or” cannot be mixed without brackets."))
            word = joint.text
        return items, word == "or"


def parse(text: str) -> Filter:
    """Read a filter. Raises ``InvalidInput`` that says what is wrong with it; never anything else."""
    if len(text) > MOST_TEXT:
        raise refusal(
            _("The filter in the address has %(length)d characters; at most %(most)d fit.")
            % {"length": len(text), "most": MOST_TEXT}
        )
    tokens = _tokens(text.replace("\0", ""))
    if not tokens:
        return Filter()
    items, any_of = _Reader(tokens).joined(inside=False)
    return make(items, any=any_of)

"""Choosing what fits a query, typing errors and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.text import clean, normalise

from .registry import SOURCES, Asked, Entry, Mode

LONGEST = 100
_MOST_RECENT = 20
_MOST_HERE, _LONGEST_LABEL, _LONGEST_HERE = 80, 120, 8_000
# Where a mistyped word still counts as the word; below four letters everything is near to everything.
_NEAR, _SHORTEST = 75.0, 4


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is shown."""

    key: str
    label: Any
    entries: Sequence[Entry]


def parse(actor: Actor, query: str, *, path: str = "", recent: str = "", here: str = "") -> Asked:
    """Read what came with a request: the sign before the query, numbers comma by comma, controls line by line."""
    typed = query[:LONGEST].strip()
    mode = Mode(typed[:1]) if typed[:1] in (">", "#", "@") else Mode.ALL
    numbers = tuple(number for number in recent[:600].split(",") if number)[:_MOST_RECENT]
    return Asked(actor, typed[len(mode) :].strip(), mode, path[:300], numbers, tuple(_controls(here)))


def _controls(here: str) -> Iterator[tuple[str, str]]:
    """Give name and address of each control, in its place: what is no control keeps an empty one."""
    for line in here[:_LONGEST_HERE].split("\n")[:_MOST_HERE]:
        label, _tab, url = line.partition("\t")
        yield clean(label)[:_LONGEST_LABEL], url.strip()


def _word(word: str, among: Sequence[str]) -> float:
    best = 0.0
    for other in among:
        if other.startswith(word):
            return 100.0
        if len(word) < 3:
            continue
        if word in other:
            best = max(best, 90.0)
        elif len(word) >= _SHORTEST:
            # The beginning of a long word, mistyped, as well as the whole of it.
            near = max(fuzz.ratio(word, other), fuzz.ratio(word, other[: len(word)]))
            best = max(best, near * 0.9 if near >= _NEAR else 0.0)
    return best


def score(query: str, entry: Entry) -> float:
    """Say how well an entry fits, 0 for not at all: every word must fit one of its own; other words count less."""
    words = normalise(query).split()
    own = normalise(f"{entry.label} {entry.detail}").split()
    other = normalise(str(entry.words)).split()
    total = 0.0
    for word in words:
        fits = max(_word(word, own), _word(word, other) * 0.8)
        if not fits:
            return 0.0
        total += fits
    return total / len(words) if words else 0.0


def choose(query: str, entries: Sequence[Entry], most: int) -> list[Entry]:
    """Give the entries that fit, the best first; all of them in their order when nothing is asked."""
    if not normalise(query):
        return [] if query.strip() else list(entries)
    scored = [(score(query, entry), -place, entry) for place, entry in enumerate(entries)]
    found = sorted((row for row in scored if row[0]), key=lambda row: row[:2], reverse=True)
    return [entry for _score, _place, entry in found[:most]]


def find(asked: Asked) -> list[Group]:
    """Give the groups that hold something, in their order; what was asked for by its sign, as far as it goes."""
    groups = []
    offered = {source.key: source.entries(asked) for source in SOURCES if asked.mode in source.modes}
    for source in SOURCES:
        if source.key not in offered:
            continue
        entries = offered[source.key]
        if source.yields:
            entries = _not_offered(
                entries, [one for key, all_ in offered.items() if key != source.key for one in all_]
            )
        if source.matches:
            entries = choose(asked.query, entries, 20 if asked.mode != Mode.ALL else source.most)
        if entries:
            groups.append(Group(source.key, source.label, entries))
    return groups


def _not_offered(entries: Sequence[Entry], others: Sequence[Entry]) -> list[Entry]:
    """Give the entries that lead nowhere where one of the others leads, and are not called as it is."""
    known = {one.url for one in others if one.url} | {str(one.label).casefold() for one in others}
    return [one for one in entries if one.url not in known and str(one.label).casefold() not in known]


def everything(actor: Actor, path: str = "") -> list[Entry]:
    """Give all that this actor is offered there without searching records."""
    asked = Asked(actor, path=path)
    return [entry for source in SOURCES if source.matches for entry in source.entries(asked)]

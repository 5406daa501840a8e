"""The words of ``names`` made ready once, at import: split, and with their form in a host name beside them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from . import names

# What Unicode does not take apart into a letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae"})


def slug(text: str) -> str:
    """Give the text as part of a host name: lower case letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    kept = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'.")
    return "-".join("".join(char if char.isascii() and char.isalnum() else " " for char in kept).split())


@dataclass(frozen=True, slots=True)
class Family:
    """A family name: as a company begins with it, its infix and the rest for a person, and for hosts."""

    title: str
    infix: str
    last: str
    slug: str


@dataclass(frozen=True, slots=True)
class Kit:
    """All that names of one country are made of; words are pairs of the word and its slug."""

    families: tuple[Family, ...]
    people: tuple[tuple[str, str, str], ...]  # salutation, first name, slug
    trades: tuple[tuple[str, str], ...]
    forms: tuple[str, ...]
    patterns: tuple[tuple[str, str], ...]  # of the name and of the host


def _family(text: str) -> Family:
    words = text.split()
    count = next((i for i, word in enumerate(words) if not word.lstrip("'")[:1].islower()), 0)
    # "'t" stands before its name with a small letter, so it counts as infix.
    infix = " ".join(words[:count])
    title = text if text.startswith("'") else text[0].upper() + text[1:]
    return Family(title, infix, " ".join(words[count:]), slug(text))


def _host_pattern(pattern: str) -> str:
    for sign in ("{l}", "&"):
        pattern = pattern.replace(sign, " ")
    words = pattern.split()
    return "-".join(word if word.startswith("{") else slug(word) for word in words)


def _kit(words: names.Words) -> Kit:
    people = [("mr", name, slug(name)) for name in words.men]
    people += [("mrs", name, slug(name)) for name in words.women]
    # Of some people nobody noted the salutation.
    people += [("", name, slug(name)) for name in (words.men[0], words.women[0])]
    return Kit(
        tuple(_family(family) for family in words.families),
        tuple(people),
        tuple((trade, slug(trade)) for trade in words.trades),
        words.forms,
        tuple((pattern, _host_pattern(pattern)) for pattern in words.patterns),
    )


KITS = {key: _kit(words) for key, words in names.WORDS.items()}
LONG = tuple(
    (name, _host_pattern(name)[:40].strip("-")) for name in names.LONG_NAMES if "{" not in name
) + tuple((name, "{t}-{c}") for name in names.LONG_NAMES if "{" in name)

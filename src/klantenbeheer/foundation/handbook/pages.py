"""Reading the pages. They are files of ours, read once per process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from PIL import Image as Picture
from rapidfuzz import fuzz

from klantenbeheer.foundation.ui.markdown import Heading, Image, document
from klantenbeheer.kernel.text import normalise

from .places import HOME, is_hidden

LANGUAGES = ("nl", "en")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LINK = re.compile(r"(?P<page>[a-z][a-z0-9_]*)\.md(?P<anchor>#[\w-]+)?")
# What marks a text up: rules below the heads of tables, fences, marks of lists, stress, targets of links.
_MARKS = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|^\|[-| ]+\|$|^```$|^(?:-|\d+\.) |[*`|\[\]]|\(\S+\.md\S*\)", re.MULTILINE
)
_PICTURE = re.compile(r"pictures/(?P<name>[a-z][a-z0-9_]*)\.webp")
_NEAR = 84.0
_ENTRY = re.compile(
    r'<li>(?:(?!</li>).)*?href="/handbook/(?P<page>[a-z0-9_]+)/(?:(?!</li>).)*</li>\n?', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page below one heading, as the search sees it."""

    title: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``html`` stands without its title."""

    key: str
    language: str
    title: str
    html: str
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a search found."""

    page: Page
    section: Section
    excerpt: str


def folder() -> Path:
    """Give the folder that holds a folder of pages per language."""
    return Path(settings.HANDBOOK)


def keys(language: str) -> list[str]:
    """Give the keys of all pages in a language."""
    return sorted(path.stem for path in (folder() / language).glob("*.md"))


def link(target: str) -> str:
    """Turn a link between files into one between addresses."""
    match = _LINK.fullmatch(target)
    return f"/handbook/{match['page']}/{match['anchor'] or ''}" if match else target


def picture(language: str, name: str) -> Path | None:
    """Give the file of a picture, or nothing where there is none by that name."""
    if language not in LANGUAGES or not _KEY.fullmatch(name):
        return None
    path = folder() / language / "pictures" / f"{name}.webp"
    return path if path.is_file() else None


def _image(target: str, language: str) -> Image | None:
    match = _PICTURE.fullmatch(target)
    path = picture(language, match["name"]) if match else None
    if path is None:
        return None
    with Picture.open(path) as opened:
        width, height = opened.size
    return Image(f"/handbook/pictures/{language}/{path.stem}.webp", width, height)


@cache
def page(key: str, language: str) -> Page | None:
    """Give a page; in the other language when it is missing in this one, and nothing when there is none at all."""
    if not _KEY.fullmatch(key):
        return None
    for tried in dict.fromkeys((language, *LANGUAGES)):
        path = folder() / tried / f"{key}.md"
        if tried in LANGUAGES and path.is_file():
            return _read(key, tried, path.read_text(encoding="utf-8"))
    return None


def _read(key: str, language: str, text: str) -> Page:
    first, _newline, rest = text.partition("\n")
    title = first.removeprefix("# ").strip()
    html, headings = document(rest, link=link, image=lambda target: _image(target, language))
    return Page(key, language, title, html, tuple(headings), tuple(_sections(title, rest, headings)))


def _sections(title: str, text: str, headings: list[Heading]) -> list[Section]:
    parts = re.split(r"^#{2,3} .*$", text, flags=re.MULTILINE)
    names = [(title, ""), *((heading.text, heading.anchor) for heading in headings)]
    return [
        Section(name, anchor, " ".join(_MARKS.sub("", part).split()))
        for (name, anchor), part in zip(names, parts, strict=True)
    ]


@cache
def _index(language: str) -> list[tuple[Page, Section, str]]:
    rows = []
    for key in keys(language):
        found = page(key, language)
        if found and key != HOME:
            rows += [
                (found, part, normalise(f"{found.title} {part.title} {part.text}")) for part in found.sections
            ]
    return rows


def search(query: str, language: str, *, most: int = 20) -> list[Hit]:
    """Find the parts that hold every word of the query, best first; a mistyped word finds what is near it."""
    words = normalise(query[:100]).split()[:8]
    scored: list[tuple[float, int, Hit]] = []
    for place, (found, part, text) in enumerate(_index(language) if words else []):
        scores = [
            100.0 if word in text else fuzz.partial_ratio(word, text) if len(word) > 3 else 0.0
            for word in words
        ]
        if min(scores) < _NEAR:
            continue
        title = normalise(f"{found.title} {part.title}")
        bonus = sum(50.0 for word in words if word in title)
        scored.append((sum(scores) + bonus, -place, Hit(found, part, _excerpt(part.text, words))))
    return [hit for _score, _place, hit in sorted(scored, key=lambda row: row[:2], reverse=True)[:most]]


def without_hidden(html: str) -> str:
    """Leave out the entries of the contents that lead to a page which does not exist now."""
    return SafeString(
        _ENTRY.sub(lambda entry: "" if is_hidden(entry["page"]) else entry[0], html)
    )  # files of ours


def _excerpt(text: str, words: list[str], length: int = 160) -> str:
    plain = text.casefold()
    at = min((index for word in words if (index := plain.find(word)) >= 0), default=0)
    start = max(0, text.rfind(" ", 0, max(0, at - 40)))
    cut = text[start : start + length].strip()
    return f"{'… ' if start else ''}{cut}{' …' if start + length < len(text) else ''}"

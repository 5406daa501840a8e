"""Texts as HTML: the one place that trusts text, after it has been cleaned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from klantenbeheer.kernel.text import normalise

# No raw HTML, no images (they would call other hosts); headings are too loud inside a tab.
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "html_block", "html_inline"]
)
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h3", "h4", "hr"}


def markdown(text: str) -> SafeString:
    """Give the text as HTML with nothing in it that could run or load."""
    html = (
        _PARSER.render(text)
        .replace("<h1>", "<h3>")
        .replace("</h1>", "</h3>")
        .replace("<h2>", "<h3>")
        .replace("</h2>", "</h3>")
    )
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return SafeString(cleaned)


_DOCUMENT = MarkdownIt("commonmark", {"html": False}).enable("table")
_DOCUMENT_TAGS = _TAGS | {"h2", "table", "thead", "tbody", "tr", "th", "td", "div", "img"}


@dataclass(frozen=True, slots=True)
class Image:
    """Where a picture of a document is, and how large, so that nothing moves when it comes."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document, and the anchor that leads to it."""

    level: int
    text: str
    anchor: str


def document(
    text: str, *, link: Callable[[str], str], image: Callable[[str], Image | None] = lambda target: None
) -> tuple[SafeString, list[Heading]]:
    """Give a document of ours (the handbook) as HTML, with its headings; ``link`` turns the targets of links.

    ``image`` gives the pictures; one that it does not know is left out.
    Headings get anchors, tables a frame that scrolls. Two headings of one text get anchors of their own.
    """
    tokens = _DOCUMENT.parse(text)
    headings: list[Heading] = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[index + 1].content.replace("`", "").replace("*", "")
            anchor = normalise(words).replace(" ", "-")
            anchor += f"-{len(headings)}" if any(one.anchor == anchor for one in headings) else ""
            headings.append(Heading(int(token.tag[1]), words, anchor))
            token.attrSet("id", anchor)
        elif token.type == "inline":
            for child in token.children or ():
                if child.type == "link_open":
                    child.attrSet("href", link(str(child.attrGet("href") or "")))
            token.children = [child for child in token.children or () if _placed(child, image)]
    html = nh3.clean(
        # A line of code may be wider than the page: the keyboard must be able to scroll it.
        _DOCUMENT.renderer.render(_framed(tokens), _DOCUMENT.options, {}).replace("<pre>", '<pre tabindex="0">'),
        tags=_DOCUMENT_TAGS,
        attributes={
            "a": {"href"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"},
            "div": {"class", "tabindex"}, "pre": {"tabindex"}, "img": {"src", "alt", "width", "height", "loading"},
        },
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )  # fmt: skip
    return SafeString(html), headings


def _placed(child: Token, image: Callable[[str], Image | None]) -> bool:
    """Set where a picture is; say whether this stays in the document."""
    if child.type != "image":
        return True
    found = image(str(child.attrGet("src") or ""))
    if found is not None:
        child.attrs |= {"src": found.url, "width": found.width, "height": found.height, "loading": "lazy"}
    return found is not None


def _framed(tokens: list[Token]) -> list[Token]:
    framed: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            framed.append(
                Token("frame_open", "div", 1, attrs={"class": "table-wrap", "tabindex": "0"}, block=True)
            )
        framed.append(token)
        if token.type == "table_close":
            framed.append(Token("frame_close", "div", -1, block=True))
    return framed

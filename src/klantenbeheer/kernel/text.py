"""Text as search and comparison see it."""

from __future__ import annotations

import re
import unicodedata

# Letters that do not fall apart into a base letter and an accent.
_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ħ": "h",
    "’": "", "'": "", "`": "", "´": "",
})  # fmt: skip
_NOT_WORD = re.compile(r"[\W_]+")
# Control characters, the marks that turn the direction of text (they make a name look like another one), and what
# is no character at all (halves, and what no XML can hold).
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")
_PHONE = re.compile(r"[+\d][\d\s\-./()]*")
_POSTCODE = re.compile(r"[1-9]\d{3} ?[a-z]{2}")
_CODE = re.compile(r"[a-z]{2}\d{2}[a-z0-9]+|[a-z]{2}\d{8,}[a-z0-9]*|[a-z]{2}u\d{8}")
_SHARED_MAILBOXES = {"info", "sales", "mail", "contact", "office", "verkoop", "administratie"}
INFIXES = {
    "van", "de", "der", "den", "het", "'t", "ten", "ter", "te", "op", "in", "von", "zu", "la", "le", "du", "des",
    "d'", "di", "da", "dos", "el", "van't", "'s", "aan", "bij", "onder", "uit", "voor", "vom", "zum", "zur",
}  # fmt: skip


def clean(text: str) -> str:
    """Give the text as it may be stored: without unseen characters, white space folded, NFC."""
    text = _UNSEEN.sub("", text)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())


def clean_lines(text: str) -> str:
    """Like :func:`clean`, for texts of several lines."""
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text.strip())


def normalise(text: str) -> str:
    """Give lower-case words without accents or punctuation, one space between them."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        text = "".join(char for char in text if not unicodedata.combining(char))
    else:
        text = text.lower().replace("'", "").replace("`", "")
    return _NOT_WORD.sub(" ", text).strip()


def compact(text: str) -> str:
    """Give the normalised text without spaces."""
    return normalise(text).replace(" ", "")


def query_terms(query: str) -> list[str]:
    """Give the terms that a typed query stands for.

    A telephone number becomes its digits (national with the zero, or international), a Dutch postcode, an IBAN
    and a VAT number lose their spaces, an e-mail address keeps what :func:`email_words` keeps of it; anything else
    falls into words.
    """
    typed = clean(query).lower()
    if _PHONE.fullmatch(typed):
        digits = "".join(char for char in typed if char.isdigit())
        if digits.startswith("00") and len(digits) > 6:
            digits = digits[2:]
        return [digits] if digits else []
    whole = compact(typed)
    if _POSTCODE.fullmatch(typed) or (any(char.isdigit() for char in typed) and _CODE.fullmatch(whole)):
        return [whole]
    terms: list[str] = []
    for word in typed.split():
        terms += (email_words(word) if "@" in word else []) or normalise(word).split()
    return list(dict.fromkeys(terms))[:8]


def email_words(address: str) -> list[str]:
    """Give the words that an e-mail address is found by: not 'info', and not the last part of the domain.

    What is left out is shared by so many addresses that looking for it would cost much and find nothing.
    """
    local, _at, domain = address.partition("@")
    host = domain.rpartition(".")[0] or domain
    return normalise(f"{'' if local.lower() in _SHARED_MAILBOXES else local} {host}").split()


_STREET_LAST = re.compile(
    r"(?P<street>[^\d,]*[^\d,\s])(?P<gap>\s)(?P<number>\d{1,5})(?P<addition>(?:[ -]?[A-Za-z]{1,2}|-\d{1,4})?)"
)


def join_street(street: str, number: str, addition: str) -> str:
    """Give street, number and addition as one line."""
    line = f"{street} {number}".strip()
    if not addition:
        return line
    return f"{line}{'' if len(addition) <= 2 and addition.isalpha() else '-'}{addition.lstrip('-')}"


def split_street(line: str, country: str = "") -> tuple[str, str, str]:
    """Split 'Industrieweg 12-A' into street, number and addition; what cannot be split safely stays whole.

    Only where joining gives the same line again: nothing that was typed may be lost.
    """
    line = clean(line)
    match = _STREET_LAST.fullmatch(line)
    if match is None:
        return line, "", ""
    parts = match["street"], match["number"], match["addition"].strip(" -")
    return parts if join_street(*parts) == line else (line, "", "")


def split_person(name: str) -> tuple[str, str, str]:
    """Split a person's name into first name, infix ('van der') and last name; joined they are the name again."""
    words = clean(name).split(" ")
    if len(words) == 1:
        return "", "", words[0]
    start = next((i for i, word in enumerate(words) if i and word.lower() in INFIXES), None)
    if start is None:
        return " ".join(words[:-1]), "", words[-1]
    end = start
    while end < len(words) - 1 and words[end].lower() in INFIXES:
        end += 1
    return " ".join(words[:start]), " ".join(words[start:end]), " ".join(words[end:])

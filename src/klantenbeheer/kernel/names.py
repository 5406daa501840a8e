"""Company names as they are heard and spelled: without legal form, and as a sound that misspellings share."""

from __future__ import annotations

import re
from functools import lru_cache

from .text import normalise

# As normalised words; those of one word first. What is between '&' and 'kg' goes too.
_FORMS = re.compile(
    r"\b(?:gmbh(?: co kg)?|ug haftungsbeschrankt|bvba|bv|nv|vof|cv|cvba|srl|sprl|sarl|sas|sasu|sa|ag|kg|ohg|ug|mbh|gbr|"
    r"ltd|limited|plc|llc|inc|spa|sl|slu|oy|ab|aps|eood|ood|doo|sro|kft|zoo|lda|ek|eenmanszaak|maatschap|"
    r"g m b h|b v b a|b v|n v|v o f|c v|s r l|s p r l|s a r l|s a s|s p a|s r o|sp z o o|d o o|s a|s l|e k)\b"
)
# Words that say little about which company it is.
_SMALL = {
    "de", "het", "een", "van", "der", "den", "ten", "ter", "te", "en", "in", "op", "aan", "bij", "voor", "t", "s",
    "und", "die", "das", "von", "vom", "zu", "zum", "zur", "fur", "am", "im", "the", "and", "of", "et", "la",
    "le", "les", "du", "des", "co", "e", "y",
}  # fmt: skip


def without_form(name: str) -> str:
    """Give a normalised name without its legal form; a name that is nothing else stays."""
    text = normalise(name)
    bare = " ".join(_FORMS.sub(" ", text).split())
    return bare or text


def telling_words(bare: str) -> list[str]:
    """Give the words of a name (without legal form) that tell companies apart, in their order."""
    words = bare.split()
    return [word for word in words if word not in _SMALL] or words


# In this order. Dutch and German spellings of one sound, in normalised letters.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"(?:sch|sj|sh|tsch|tzsch)", "s"), (r"ph", "f"), (r"th", "t"), (r"qu|kw", "kw"), (r"x|cks|chs|ks", "ks"),
        (r"c(?=[eiy])", "s"), (r"ck|ch(?=[rl])|c(?!h)|q", "k"), (r"ch|gh", "g"), (r"ij|y|(?<=[aeiou])j", "i"),
        (r"j(?=[aeiou])|^j", "J"), (r"tz|ts|zz?|ss?", "s"), (r"dt|d$", "t"), (r"v", "f"), (r"(?<=.)h", ""),
    )
)  # fmt: skip
_VOWELS = re.compile(r"[aeiou]+")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Give how a normalised word sounds: its consonants, and whether it begins with a vowel.

    'Meijer', 'Meyer' and 'Maier' are one sound, and so are 'Schmidt' and 'Smit', 'Kuijpers' and 'Cuypers'. A word with
    a digit is its own sound.
    """
    if not word.isalpha() or not word.isascii():
        return word
    text = word
    for pattern, by in _SOUNDS:
        text = pattern.sub(by, text)
    text = text[:1].replace("J", "j") + text[1:].replace("J", "j")
    first, rest = text[:1], text[1:]
    if first in "aeiou":
        first, rest = "a", text
    return _TWICE.sub(r"\1", first + _VOWELS.sub("", rest))


def sounds(bare: str) -> list[str]:
    """Give the sounds of the telling words of a name."""
    return [heard for heard in map(sound, telling_words(bare)) if heard]

"""What was taken out of a text and what was put in, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# More words than this are compared line by line: comparing grows with the square.
_WORDS_MOST = 800
# Words around a difference that are shown.
_AROUND = 8
_WORDS = re.compile(r"\S+\s*|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: ``sign`` is '-' (taken out), '+' (put in), '' (in both) or '…' (in both, left out)."""

    sign: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Give the pieces of two texts in order; what both share far from a difference is left out."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    pieces = [Piece("", "".join(old[:head]))]
    if max(len(middle_old), len(middle_new)) > _WORDS_MOST:
        middle_old, middle_new = _LINES.findall("".join(middle_old)), _LINES.findall("".join(middle_new))
    if max(len(middle_old), len(middle_new)) > _WORDS_MOST:
        pieces += [Piece("-", "".join(middle_old)), Piece("+", "".join(middle_new))]
    else:
        pieces += _compared(middle_old, middle_new)
    pieces.append(Piece("", "".join(old[len(old) - tail :]) if tail else ""))
    return _shortened([piece for piece in pieces if piece.text])


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for mine, theirs in zip(old, new, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _compared(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    pieces = []
    for tag, low, high, new_low, new_high in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("", "".join(old[low:high])))
            continue
        pieces.append(Piece("-", "".join(old[low:high])))
        pieces.append(Piece("+", "".join(new[new_low:new_high])))
    return pieces


def _shortened(pieces: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        words = _WORDS.findall(piece.text) if not piece.sign else []
        first, last = place == 0, place == len(pieces) - 1
        most = _AROUND if first or last else 2 * _AROUND
        if piece.sign or len(words) <= most + 2:
            found.append(piece)
            continue
        if not first:
            found.append(Piece("", "".join(words[:_AROUND])))
        found.append(Piece("…", "…"))
        if not last:
            found.append(Piece("", "".join(words[-_AROUND:])))
    return found

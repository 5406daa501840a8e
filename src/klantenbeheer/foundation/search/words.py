"""Mending typing errors: the nearest known word. Each process keeps the words and reads new ones when needed."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from django.db import connections, router
from rapidfuzz import fuzz, process

from .models import Word

_SHORTEST, _LONGEST = 4, 60
_lock = threading.Lock()
_words: list[str] = []
_known: set[str] = set()
_last_id = 0


def _newest() -> int:
    # By hand: it is asked at every search that found nothing, and composing it takes longer than answering.
    with connections[router.db_for_read(Word)].cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {Word._meta.db_table}")
        return int(cursor.fetchone()[0] or 0)


def _refresh() -> list[str]:
    global _last_id
    with _lock:
        newest = _newest()
        if newest < _last_id:  # another database (tests) or a restored one
            _words.clear()
            _known.clear()
            _last_id = 0
        if newest > _last_id:
            for pk, word in Word.objects.filter(pk__gt=_last_id).order_by("pk").values_list("pk", "word"):
                _last_id = pk
                if word not in _known:
                    _known.add(word)
                    _words.append(word)
        return _words


def learn(texts: Iterable[str]) -> None:
    """Add the words of normalised texts. Part of the transaction that stores the texts."""
    words = {
        word
        for text in texts
        for word in text.split()
        if _SHORTEST <= len(word) <= _LONGEST and word.isalpha()
    }
    new = sorted(words - _known)
    if new:
        Word.objects.bulk_create([Word(word=word) for word in new], ignore_conflicts=True, batch_size=400)


def forget_cache() -> None:
    """Drop what this process keeps (tests that change databases)."""
    global _last_id
    with _lock:
        _words.clear()
        _known.clear()
        _last_id = 0


def is_known(term: str) -> bool:
    """Whether this word occurs as it is and needs no mending, by what :func:`nearest` read last."""
    return term in _known


def nearest(term: str, *, least: float = 72.0, most: int = 3) -> list[str]:
    """Give known words like this one, the best first; none when nothing is near enough."""
    if len(term) < _SHORTEST or not term.isalpha():
        return []
    words = _refresh()
    found = process.extract(term, words, scorer=fuzz.ratio, score_cutoff=least, limit=most)
    return [word for word, _score, _index in found if word != term]


def unlearn(words: Iterable[str]) -> None:
    """Remove words that must not be kept. Part of the caller's transaction; the other processes follow in time."""
    gone = list(words)
    for start in range(0, len(gone), 400):
        Word.objects.filter(word__in=gone[start : start + 400]).delete()
    forget_cache()

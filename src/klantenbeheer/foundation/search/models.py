"""The words that occur in names and places, to mend typing errors with."""

from __future__ import annotations

from django.db import models


class Word(models.Model):
    """A normalised word of four letters or more that occurs somewhere. Removed only when somebody is erased: a spare
    word does no harm."""

    word = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.word

"""Stored pictures, each under the hash of its contents: never changed, so a browser may keep them for ever."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Picture(models.Model):
    """One re-encoded picture. Records point at it by its key; a version of a record in history does too."""

    key = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.key[:12]

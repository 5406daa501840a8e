"""Keeping pictures and giving them to the browser."""

from __future__ import annotations

import hashlib
from typing import IO

from django.http import Http404, HttpResponse

from .models import Picture
from .reencode import Crop, reencode


def picture_store(file: IO[bytes], *, side: int, crop: Crop | None = None) -> str:
    """Re-encode and keep a picture; gives its key. Part of the caller's transaction. Raises ``InvalidInput``."""
    content = reencode(file, side=side, crop=crop)
    key = hashlib.sha256(content).hexdigest()
    Picture.objects.get_or_create(key=key, defaults={"content": content})
    return key


def picture_response(key: str) -> HttpResponse:
    """Give a kept picture; whoever asks this has looked at the right of the record that points at it."""
    picture = Picture.objects.filter(key=key).first()
    if picture is None:
        raise Http404
    response = HttpResponse(bytes(picture.content), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Disposition"] = "inline"
    return response

"""Sealing what must come back readable (a shared secret, a waiting mail), and digests of what must not.

The key is made of the installation's secret; former secrets (``SECRET_KEY_FALLBACKS``) still open. So a copy of the
database alone opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"klantenbeheer.accounts"


class Unreadable(ValueError):
    """It was sealed with a secret that this installation no longer has."""


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    def fernet(secret: str) -> Fernet:
        derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
        return Fernet(base64.urlsafe_b64encode(derived))

    return MultiFernet([fernet(key) for key in keys])


def _current() -> MultiFernet:
    return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def seal(text: str) -> str:
    """Make text unreadable for who has the database alone."""
    return _current().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Give the text back. Raises :class:`Unreadable`."""
    try:
        return _current().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise Unreadable("sealed with another secret") from error


def new_token() -> tuple[str, str]:
    """Give a token that nobody guesses, and its digest: only the digest is stored."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    """Give what a token, or a code of that many random bits, is kept as."""
    return hashlib.sha256(token.encode()).hexdigest()

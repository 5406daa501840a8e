"""Reading the environment: loud about what is missing, never a guess."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    """Give the variable's value; raises ``ImproperlyConfigured`` when it is missing or empty."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


SECRET_LEAST = 32


def long_secret(name: str) -> str:
    """Give the variable's value; raises ``ImproperlyConfigured`` when it is missing or too short to be secret."""
    value = required(name)
    if len(value) < SECRET_LEAST:
        raise ImproperlyConfigured(
            f"{name} has {len(value)} characters and needs at least {SECRET_LEAST}; make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return value


def whole_number(name: str, otherwise: int, *, least: int, most: int) -> int:
    """Give the variable as a number; raises ``ImproperlyConfigured`` for what is none, or out of bounds."""
    text = os.environ.get(name, "").strip()
    if not text:
        return otherwise
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"{name} must be a number from {least} to {most}, not {text!r}.")
    return int(text)


def one_of(name: str, words: Sequence[str]) -> str:
    """Give the variable's value, the first word when it is missing; raises ``ImproperlyConfigured`` for another."""
    value = os.environ.get(name, "").strip().casefold() or words[0]
    if value not in words:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(words)}, not {value!r}.")
    return value


def time_zone(name: str, otherwise: str) -> str:
    """Give the variable as the name of a time zone; raises ``ImproperlyConfigured`` for what is none."""
    zone = os.environ.get(name, "").strip() or otherwise
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as {otherwise}, not {zone!r}."
        ) from error
    return zone


def database_address(name: str, otherwise: str) -> str:
    """Give the address of the database; raises ``ImproperlyConfigured`` for one that is not SQLite or PostgreSQL.

    The message tells no more than the scheme: an address holds a password.
    """
    address = os.environ.get(name, "").strip() or otherwise
    scheme, separator, _rest = address.partition("://")
    if not separator or scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"{name} must begin with postgres:// or sqlite://, not with {scheme[:12]!r}."
        )
    return address


def data_folder() -> Path:
    """Give the folder of database and files (``KLANTENBEHEER_DATA``, default ``data/``), made when absent."""
    folder = Path(os.environ.get("KLANTENBEHEER_DATA", "").strip() or "data").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept_secret(path: Path) -> str:
    """Give the random secret kept in this file, readable by its owner only; made at the first call."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    secret = secrets.token_urlsafe(48)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    return secret

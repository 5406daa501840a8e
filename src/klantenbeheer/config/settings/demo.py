"""What ``make run`` gives: works at once, on the loopback address only."""

from __future__ import annotations

from klantenbeheer.config.env import kept_secret

from .base import *  # noqa: F403 - a settings module is its base plus what differs
from .base import DATA, MAIL_MODE

DEMO = True
SECRET_KEY = kept_secret(DATA / "secret-key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# Mails stay here to be read, unless a mail server was given.
MAIL_MODE = MAIL_MODE or "outbox"

"""Production: nothing has a fallback."""

from __future__ import annotations

import os

from klantenbeheer.config.env import long_secret, required

from .base import *  # noqa: F403 - a settings module is its base plus what differs

SECRET_KEY = long_secret("KLANTENBEHEER_SECRET_KEY")
SECRET_KEY_FALLBACKS = (
    [former] if (former := os.environ.get("KLANTENBEHEER_SECRET_KEY_FORMER", "").strip()) else []
)
ALLOWED_HOSTS = [host.strip() for host in required("KLANTENBEHEER_HOSTS").split(",")]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith((".", "*"))]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000
if os.environ.get("KLANTENBEHEER_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

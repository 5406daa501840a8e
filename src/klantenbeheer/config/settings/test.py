"""Tests: quick hashing, files in a throw-away folder, either database."""

from __future__ import annotations

import os
import tempfile

# A process that a test starts shares the folder of that test.
os.environ["KLANTENBEHEER_DATA"] = os.environ.get("KLANTENBEHEER_TEST_DATA") or tempfile.mkdtemp(
    prefix="klantenbeheer-test-"
)

from .base import *  # noqa: F403 - the folder must be known before the base settings are read
from .base import DATABASES, STATIC_ROOT, STORAGES

SECRET_KEY = "only-for-tests"  # noqa: S105 - guards nothing outside a test run
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
KEPT_SETTINGS_SECONDS = 10**9  # so that no page asks for it between two counts of queries
AXES_ENABLED = True
MAIL_MODE = "smtp"
DEFAULT_FROM_EMAIL = "klantenbeheer@example.com"
VIES_URL = ""  # a test that asks VIES starts a server of its own
VIES_PAUSES = (0.0, 0.0)
VIES_PER_MINUTE = 60_000
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: WAL, locks and a second process behave as in production.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["KLANTENBEHEER_DATA"], "test.sqlite3")}
else:
    # The pool keeps connections open, which would stop the test database from being dropped.
    DATABASES["default"]["OPTIONS"].pop("pool")
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a missing folder

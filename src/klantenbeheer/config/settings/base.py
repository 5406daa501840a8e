"""Settings that hold in every mode."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from klantenbeheer.config.env import data_folder, database_address, one_of, time_zone, whole_number

PACKAGE = Path(__file__).resolve().parents[2]
PROJECT = PACKAGE.parents[1]
HANDBOOK = PROJECT / "docs" / "handbook"

DEBUG = False
DEMO = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "simple_history",
    "template_partials.apps.SimpleAppConfig",
    "klantenbeheer.foundation.access",
    "klantenbeheer.foundation.accounts",
    "klantenbeheer.foundation.audit",
    "klantenbeheer.foundation.handbook",
    "klantenbeheer.foundation.jobs",
    "klantenbeheer.foundation.lists",
    "klantenbeheer.foundation.palette",
    "klantenbeheer.foundation.paper",
    "klantenbeheer.foundation.company",
    "klantenbeheer.foundation.pictures",
    "klantenbeheer.foundation.search",
    "klantenbeheer.foundation.start",
    "klantenbeheer.foundation.ui",
    "klantenbeheer.customers",
    "klantenbeheer.card",
    "klantenbeheer.domains.characteristics",
    "klantenbeheer.domains.conditions",
    "klantenbeheer.domains.contacts",
    "klantenbeheer.domains.customer_settings",
    "klantenbeheer.domains.notes",
    "klantenbeheer.domains.privacy",
    "klantenbeheer.domains.vat_check",
    "klantenbeheer.domains.history",
    "klantenbeheer.domains.territories",
    "klantenbeheer.domains.leaving",
    "klantenbeheer.domains.duplicates",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "klantenbeheer.foundation.access.middleware.SeenAs",
    "klantenbeheer.foundation.access.middleware.UserLocale",
    "klantenbeheer.foundation.company.middleware.CompanyZone",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "klantenbeheer.foundation.audit.middleware.NoteActions",
    "klantenbeheer.foundation.access.middleware.Gate",
    "klantenbeheer.foundation.accounts.middleware.Accounts",
    "klantenbeheer.foundation.ui.middleware.DialogPages",
    "klantenbeheer.foundation.ui.middleware.Errors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "klantenbeheer.config.urls"
WSGI_APPLICATION = "klantenbeheer.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            # Written out: both packages rewrite this list by themselves, and the later one drops the other's.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "klantenbeheer.foundation.access.context.signed_in",
                "klantenbeheer.foundation.ui.context.shell",
            ],
        },
    }
]

# -- database ---------------------------------------------------------------------------------------------------
DATA = data_folder()


def database(url: str) -> dict[str, Any]:
    """Give Django's settings for a database address, with what was measured to be safe on each engine."""
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    if settings["ENGINE"].endswith("sqlite3"):
        settings |= {
            "ENGINE": "klantenbeheer.kernel.waiting_sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # IMMEDIATE: read-then-write would otherwise fail with "database is locked" under load.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                    "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=8000; PRAGMA journal_size_limit=67108864;"
                ),
            },
        }
    else:
        settings |= {
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                **settings.get("OPTIONS", {}),
                "pool": {"min_size": 1, "max_size": 6, "timeout": 10},
                "target_session_attrs": "read-write",
                "connect_timeout": 5,
            },
        }
    return settings


DATABASES = {
    "default": database(database_address("DATABASE_URL", f"sqlite:///{DATA / 'klantenbeheer.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILES = DATA / "files"

# How long a killed worker's job waits for another worker.
JOB_LEASE_SECONDS = whole_number("KLANTENBEHEER_JOB_LEASE", 30, least=1, most=3_600)

# -- signing in -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "klantenbeheer.foundation.access.backend.AccountBackend",
]
PASSWORD_HASHERS = ["klantenbeheer.foundation.access.hashers.Argon2"]
_RULES = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "klantenbeheer.foundation.access.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": _RULES + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": _RULES + "CommonPasswordValidator"},
    {"NAME": "klantenbeheer.foundation.accounts.passwords.EasyPassword"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# As the names are compared: five attempts are five, however the name is written.
AXES_USERNAME_CALLABLE = "klantenbeheer.foundation.access.backend.attempted_name"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
SESSION_ENGINE = "klantenbeheer.foundation.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "klantenbeheer.foundation.ui.errors.csrf_failed"

SIGN_IN_LOG_DAYS = whole_number("KLANTENBEHEER_SIGN_IN_LOG_DAYS", 180, least=1, most=3_650)

# -- mail -------------------------------------------------------------------------------------------------------
# "smtp" sends it, "outbox" keeps it to be read (the demonstration), "" has none: what needs mail is not offered.
EMAIL_HOST = os.environ.get("KLANTENBEHEER_SMTP_HOST", "").strip()
EMAIL_PORT = whole_number("KLANTENBEHEER_SMTP_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = os.environ.get("KLANTENBEHEER_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("KLANTENBEHEER_SMTP_PASSWORD", "")
_SECURITY = one_of("KLANTENBEHEER_SMTP_SECURITY", ("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _SECURITY == "starttls", _SECURITY == "tls"
EMAIL_TIMEOUT = 20  # shorter than a job's lease
DEFAULT_FROM_EMAIL = os.environ.get("KLANTENBEHEER_MAIL_FROM", "").strip() or EMAIL_HOST_USER
MAIL_MODE = "smtp" if EMAIL_HOST and DEFAULT_FROM_EMAIL else ""

# -- checks of VAT numbers and bank accounts ---------------------------------------------------------------------
# Nothing is sent unless somebody asks for a check, or automatic checking is switched on.
VIES_URL = os.environ.get("KLANTENBEHEER_VIES_URL", "https://ec.europa.eu/taxation_customs/vies/rest-api")
VIES_TIMEOUT = 20.0  # seconds for a whole answer; shorter than a job's lease
VIES_TIMEOUT_PERSON = 8.0  # somebody waits for it
VIES_PER_MINUTE = whole_number("KLANTENBEHEER_VIES_PER_MINUTE", 60, least=1, most=600)
VIES_PAUSES = (2.0, 4.0)  # seconds before a question is put again to a member state that is busy
VIES_AUTOMATIC = os.environ.get("KLANTENBEHEER_VIES_AUTOMATIC") == "1"
VIES_ALLOW_PRIVATE = False  # the tests' own server only
VAT_REQUESTER = os.environ.get("KLANTENBEHEER_VAT_REQUESTER", "")
VAT_VALID_DAYS = whole_number("KLANTENBEHEER_VAT_DAYS", 30, least=1, most=3_650)
BANK_CONFIRM_FIRST = os.environ.get("KLANTENBEHEER_BANK_CONFIRM_FIRST") == "1"
BIC_SEARCH_URL = "https://www.swift.com/bsl/?bicSearch_bic={bic}"
BIC_PROVIDER = os.environ.get("KLANTENBEHEER_BIC_PROVIDER", "")

# -- the browser ------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
]
# Flags come from a locked package, never from the repository.
_FLAGS = PROJECT / "node_modules" / "flag-icons" / "flags" / "4x3"
STATICFILES_DIRS = [("flags", str(_FLAGS))] if _FLAGS.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# -- language ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
# How long a process may show times in the company's former zone after another process changed it.
KEPT_SETTINGS_SECONDS = 5
TIME_ZONE = time_zone("KLANTENBEHEER_TIME_ZONE", "Europe/Amsterdam")

# -- history ----------------------------------------------------------------------------------------------------
SIMPLE_HISTORY_ENABLED = (
    False  # versions are written by audit.models.write, with their action, not by signals
)
SIMPLE_HISTORY_DATE_INDEX = False  # the timeline is read by record and by action, not by date alone
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

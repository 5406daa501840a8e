"""Which settings a process runs with."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

MODES = {"demo": "klantenbeheer.config.settings.demo", "production": "klantenbeheer.config.settings.prod"}


def choose_settings() -> str:
    """Set ``DJANGO_SETTINGS_MODULE`` from ``KLANTENBEHEER_MODE`` (demo unless told) and give its name.

    Demo serves on the loopback address only; production has no default for anything secret. Raises
    ``ImproperlyConfigured`` for an unknown mode.
    """
    mode = os.environ.get("KLANTENBEHEER_MODE", "").strip() or "demo"
    if mode not in MODES:
        raise ImproperlyConfigured(f"KLANTENBEHEER_MODE must be one of {', '.join(MODES)}, not {mode!r}.")
    return os.environ.setdefault("DJANGO_SETTINGS_MODULE", MODES[mode])

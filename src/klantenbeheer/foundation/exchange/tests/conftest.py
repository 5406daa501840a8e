"""These tests need no database; run on their own they need no settings either."""

from __future__ import annotations

import os

from django.conf import settings

if not os.environ.get("DJANGO_SETTINGS_MODULE") and not settings.configured:
    settings.configure(USE_I18N=False)

"""The WSGI entry point."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from klantenbeheer.config.mode import choose_settings

choose_settings()
application = get_wsgi_application()

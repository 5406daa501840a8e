from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "klantenbeheer.foundation.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from . import checks

        register(checks.every_route_is_guarded)

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "klantenbeheer.foundation.audit"
    label = "audit"
    verbose_name = _("History")

    def ready(self) -> None:
        from . import checks, jobs

        jobs.register()
        register(checks.every_kind_is_told)

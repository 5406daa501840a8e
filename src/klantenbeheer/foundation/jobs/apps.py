from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "klantenbeheer.foundation.jobs"
    label = "jobs"
    verbose_name = _("Background work")

    def ready(self) -> None:
        from . import housekeeping, start

        housekeeping.register()
        start.register()

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    name = "klantenbeheer.domains.history"
    label = "history"
    verbose_name = _("History")

    def ready(self) -> None:
        from . import tab

        tab.register()

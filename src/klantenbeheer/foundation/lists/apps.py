from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    name = "klantenbeheer.foundation.lists"
    label = "lists"
    verbose_name = _("Lists")

    def ready(self) -> None:
        from . import files

        files.register()

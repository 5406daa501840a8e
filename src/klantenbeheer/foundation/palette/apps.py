from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaletteConfig(AppConfig):
    name = "klantenbeheer.foundation.palette"
    label = "palette"
    verbose_name = _("Command palette")

    def ready(self) -> None:
        from . import everywhere

        everywhere.register()

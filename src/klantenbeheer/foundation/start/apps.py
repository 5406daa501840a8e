from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StartConfig(AppConfig):
    name = "klantenbeheer.foundation.start"
    label = "start"
    verbose_name = _("Start page")

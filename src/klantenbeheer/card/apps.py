from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardConfig(AppConfig):
    name = "klantenbeheer.card"
    label = "card"
    verbose_name = _("Customer card")

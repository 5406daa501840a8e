"""Numbering of what the house gives out."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaperConfig(AppConfig):
    name = "klantenbeheer.foundation.paper"
    label = "paper"
    verbose_name = _("Numbering")

    def ready(self) -> None:
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page

        register_settings_page(
            SettingsPage(
                "series", _("Number series"), "/settings/series/", 20, "administration",
                _("How customer numbers and other numbers look, and which comes next."),
            )
        )  # fmt: skip

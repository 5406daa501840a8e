from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CompanyConfig(AppConfig):
    name = "klantenbeheer.foundation.company"
    label = "company"
    verbose_name = _("Company data")

    def ready(self) -> None:
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page
        from klantenbeheer.kernel.kept import forget_all

        from . import undoing

        undoing.register()
        # What is kept in memory may say what the tables no longer do.
        post_migrate.connect(lambda **_signal: forget_all(), sender=self, weak=False)
        register_place(Place(r"/settings/", "settings", 40))
        register_settings_page(
            SettingsPage(
                "company", _("Company data"), "/settings/company/", 10, "administration",
                _("Names, addresses, numbers, logo, time zone and fiscal year of your own company."),
            )
        )  # fmt: skip

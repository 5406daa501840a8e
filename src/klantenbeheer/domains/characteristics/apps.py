from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CharacteristicsConfig(AppConfig):
    name = "klantenbeheer.domains.characteristics"
    label = "characteristics"
    verbose_name = _("Characteristics")

    def ready(self) -> None:
        from klantenbeheer.customers.exporting import EXPORT_PARTS
        from klantenbeheer.customers.importing.parts import PARTS
        from klantenbeheer.customers.list_parts import LIST_PARTS
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page

        from . import importing, listing, merging, tab, undoing
        from .defining import ADMINISTRATION

        tab.register()
        undoing.register()
        merging.declare()
        PARTS.register(importing.CharacteristicsPart())
        EXPORT_PARTS.register(importing.CharacteristicsExport())
        LIST_PARTS.register(listing.CharacteristicsList())
        register_settings_page(
            SettingsPage(
                "characteristics", _("Characteristics"), "/settings/characteristics/", 35, ADMINISTRATION,
                _("What you want to select customers by: definitions, in groups."), makes=_("Characteristic"),
            )
        )  # fmt: skip

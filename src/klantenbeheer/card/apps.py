from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardConfig(AppConfig):
    name = "klantenbeheer.card"
    label = "card"
    verbose_name = _("Customer card")

    def ready(self) -> None:
        from klantenbeheer.foundation.access.explaining import ROLE_LINKS, RoleLink
        from klantenbeheer.foundation.handbook.places import HIDDEN, Place, register_place
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page

        from . import undoing
        from .arranging import custom_tabs

        undoing.register()
        ROLE_LINKS.append(RoleLink(_("Order of the tabs"), "/settings/tab-order/%d/", "drag"))
        register_settings_page(
            SettingsPage(
                "custom_tabs", _("Custom tabs"), "/settings/custom-tabs/", 36, "administration",
                _("Tabs that were made for your company: on or off."), lambda: bool(custom_tabs()),
            )
        )  # fmt: skip
        HIDDEN.append(lambda page: any(tab.key == page and not tab.is_on for tab in custom_tabs()))

        from . import actions, palette, warned

        actions.register()
        palette.register()
        warned.register()
        # A tab's page carries the tab's key.
        register_place(Place(r"/customers/[^/]+/(?P<page>[a-z_]+)/", "card", 20))
        register_place(Place(r"/customers/[^/]+/", "card", 30))

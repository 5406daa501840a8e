from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "klantenbeheer.foundation.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page

        from . import checks
        from .services import RIGHT

        register(checks.every_route_is_guarded)
        register_place(Place(r"/settings/(?:users|roles)/", "rights", 30))
        register_settings_page(
            SettingsPage(
                "users", _("Users"), "/settings/users/", 12, RIGHT,
                _("Who signs in, with which roles, and what each may do and why."), makes=_("User"),
            )
        )  # fmt: skip
        register_settings_page(
            SettingsPage(
                "roles", _("Roles"), "/settings/roles/", 14, RIGHT,
                _("What each role may do with every tab and application, and which customers it reaches."),
                makes=_("Role"),
            )
        )  # fmt: skip

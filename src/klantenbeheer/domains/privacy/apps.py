from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "klantenbeheer.domains.privacy"
    label = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from klantenbeheer.card.more import MORE, MoreLink
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application

        from . import jobs, permissions

        permissions.register()
        jobs.register()
        APPLICATIONS.register(Application("privacy", _("Privacy"), "/privacy/", 80, permissions.PRIVACY))
        MORE.register(
            MoreLink("privacy", _("Privacy"), "/privacy/customers/%s/", "lock", permissions.PRIVACY)
        )
        register_place(Place(r"/privacy/", "privacy", 40))

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeavingConfig(AppConfig):
    name = "klantenbeheer.domains.leaving"
    label = "leaving"
    verbose_name = _("Leaving colleague")

    def ready(self) -> None:
        from klantenbeheer.foundation.accounts.offers import OFFERS, AccountOffer

        from . import jobs, undoing
        from .services import RIGHT

        jobs.register()
        undoing.register()
        OFFERS.register(
            AccountOffer(
                "leave", _("Leaves: hand over"), "/settings/accounts/{user}/leave/", RIGHT, "sign-out", 10
            )
        )

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardConfig(AppConfig):
    name = "klantenbeheer.card"
    label = "card"
    verbose_name = _("Customer card")

    def ready(self) -> None:
        from klantenbeheer.foundation.handbook.places import Place, register_place

        from . import actions, palette, warned

        actions.register()
        palette.register()
        warned.register()
        # A tab's page carries the tab's key.
        register_place(Place(r"/customers/[^/]+/(?P<page>[a-z_]+)/", "card", 20))
        register_place(Place(r"/customers/[^/]+/", "card", 30))

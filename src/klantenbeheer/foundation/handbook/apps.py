from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandbookConfig(AppConfig):
    name = "klantenbeheer.foundation.handbook"
    label = "handbook"
    verbose_name = _("Handbook")

    def ready(self) -> None:
        from .places import Place, register_place

        register_place(Place(r"/$", "start", 1000))
        register_place(Place(r"/jobs/", "jobs", 10))
        register_place(Place(r"/password/", "account", 20))

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuplicatesConfig(AppConfig):
    name = "klantenbeheer.domains.duplicates"
    label = "duplicates"
    verbose_name = _("Duplicate customers")

    def ready(self) -> None:
        from klantenbeheer.card.more import MORE, MoreLink
        from klantenbeheer.customers.derive import on_changed
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application
        from klantenbeheer.kernel.actors import Level

        from . import belonging, erasing, jobs, permissions, services, undoing

        permissions.register()
        jobs.register()
        belonging.declare()
        erasing.register()
        undoing.register()
        on_changed(services.customers_changed)
        APPLICATIONS.register(
            Application("duplicates", _("Duplicates"), "/duplicates/", 85, permissions.DUPLICATES)
        )
        register_place(Place(r"/duplicates/", "duplicates", 40))
        MORE.register(
            MoreLink(
                "merge", _("Merge with another"), "/duplicates/merge/?customer=%s", "copy", permissions.MERGE,
                Level.EDIT,
            )
        )  # fmt: skip

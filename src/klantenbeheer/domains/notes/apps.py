from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotesConfig(AppConfig):
    name = "klantenbeheer.domains.notes"
    label = "notes"
    verbose_name = _("Notes")

    def ready(self) -> None:
        from klantenbeheer.card.tabs import register_warning
        from klantenbeheer.card.warned import Warned, register_warned
        from klantenbeheer.customers import merging

        from . import selectors, tab
        from .services import RIGHT

        tab.register()
        register_warning(RIGHT, selectors.warnings, past=True)
        register_warned(
            Warned(
                "note", _("Important note"), 40, RIGHT, selectors.with_important, records=selectors.important
            )
        )
        merging.rows("notes.note", _("Notes"), RIGHT, 35)

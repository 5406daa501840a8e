from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConditionsConfig(AppConfig):
    name = "klantenbeheer.domains.conditions"
    label = "conditions"
    verbose_name = _("Condition groups")

    def ready(self) -> None:
        from klantenbeheer.card.status import STATUS, StatusSource
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.palette.registry import Action, Entry, register_action
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application
        from klantenbeheer.kernel.actors import Level

        from . import jobs, permissions, status, undoing

        permissions.register()
        jobs.register()
        undoing.register()
        APPLICATIONS.register(
            Application("conditions", _("Condition groups"), "/condition-groups/", 31, permissions.CONDITIONS)
        )
        new = Entry("conditions.new", _("New condition group"), "/condition-groups/new/", "add", dialog=True)
        register_action(Action(new, 33, permissions.CONDITIONS, Level.EDIT))
        register_place(Place(r"/condition-groups/", "conditions", 40))
        STATUS.register(StatusSource("condition_group", 20, status.line))

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "klantenbeheer.foundation.audit"
    label = "audit"
    verbose_name = _("History")

    def ready(self) -> None:
        from . import checks, jobs, versions_index

        jobs.register()
        post_migrate.connect(versions_index.ensure, dispatch_uid="audit.versions_index")
        register(checks.every_kind_is_told)

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "klantenbeheer.foundation.search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from .index import restore_triggers
        from .lookups import register_lookup

        register_lookup()
        # Infrastructure, not business flow: SQLite drops triggers whenever a migration rebuilds the table.
        post_migrate.connect(restore_triggers, dispatch_uid="search.restore_triggers")

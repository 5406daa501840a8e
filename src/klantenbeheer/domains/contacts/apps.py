from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "klantenbeheer.domains.contacts"
    label = "contacts"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from klantenbeheer.customers import derive, importing

        from . import importing as contact_import
        from . import palette, selectors, tab

        tab.register()
        palette.register()
        derive.contribute(selectors.search_texts, right="tab.contacts")
        importing.PARTS.register(contact_import.PART)

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "klantenbeheer.domains.contacts"
    label = "contacts"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from klantenbeheer.customers import derive, importing, merging

        from . import importing as contact_import
        from . import palette, selectors, tab, undoing

        tab.register()
        palette.register()
        undoing.register()
        derive.contribute(selectors.search_texts, right="tab.contacts")
        importing.PARTS.register(contact_import.PART)
        merging.rows("contacts.branch", _("Branches"), "tab.contacts", 30)
        merging.rows("contacts.contact", _("Contact persons"), "tab.contacts", 31)
        merging.rows("contacts.consent", _("Consents"), "tab.contacts", 32)

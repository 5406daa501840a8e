from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "klantenbeheer.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application

        from . import importing, permissions

        permissions.register()
        APPLICATIONS.register(
            Application("customers", _("Customers"), "/customers/", 10, permissions.CUSTOMERS, creates=True)
        )
        importing.register()

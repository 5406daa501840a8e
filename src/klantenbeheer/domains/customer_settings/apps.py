from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomerSettingsConfig(AppConfig):
    name = "klantenbeheer.domains.customer_settings"
    label = "customer_settings"
    verbose_name = _("Customer settings")

    def ready(self) -> None:
        from klantenbeheer.card.tabs import register_warning
        from klantenbeheer.card.warned import Warned, register_warned
        from klantenbeheer.customers import merging as registry
        from klantenbeheer.customers.permissions import CUSTOMERS

        from . import merging, selectors, tab, undoing

        tab.register()
        undoing.register()
        # Whoever sees the customer must know of a block, also without the right to this tab.
        register_warning(CUSTOMERS, selectors.warnings, past=True)
        register_warned(
            Warned(
                "block", _("Block in force"), 10, CUSTOMERS, selectors.with_block, records=selectors.in_force
            )
        )
        registry.rows("customer_settings.block", _("Blocks"), CUSTOMERS, 40)
        merging.declare()

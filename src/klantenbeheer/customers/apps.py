from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "klantenbeheer.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from klantenbeheer.foundation.access.explaining import register_reach
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.paper.registry import SERIES, SeriesKind
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application
        from klantenbeheer.foundation.ui.settings_pages import SettingsPage, register_settings_page

        from . import (
            absorbing,
            derive,
            former,
            further,
            groups,
            importing,
            list_kind,
            palette,
            permissions,
            reach,
            start,
            undoing,
        )
        from .bulk_edit import jobs as bulk_jobs
        from .bulk_edit import undoing as bulk_undoing
        from .display import LabelLink, register_label
        from .extra_list import ExtraPart
        from .list_parts import LIST_PARTS
        from .services import FIRST_NUMBER

        permissions.register()
        LIST_PARTS.register(ExtraPart())
        list_kind.register()
        bulk_jobs.register()
        register_label(LabelLink("iban", "/customers/%s/bank", permissions.CUSTOMERS, text=_("Bank")))
        APPLICATIONS.register(
            Application("customers", _("Customers"), "/customers/", 10, permissions.CUSTOMERS, creates=True)
        )
        palette.register()
        start.register()
        register_place(Place(r"/customers/import", "import", 10))
        register_place(Place(r"/customers/", "customers", 40))
        register_place(Place(r"/lists/", "lists", 40))
        importing.register()
        derive.contribute(former.words_of, right=permissions.CUSTOMERS)
        absorbing.declare()
        further.register()
        undoing.register()
        bulk_undoing.register()
        SERIES.register(SeriesKind("customer", _("Customer numbers"), 10, start=FIRST_NUMBER))
        register_settings_page(
            SettingsPage(
                "mailing_codes", _("Mailing codes"), "/settings/mailing-codes/", 40, permissions.ADMINISTRATION,
                _("Groups of customers that get the same mail."), makes=_("Mailing code"),
            )
        )  # fmt: skip
        register_settings_page(
            SettingsPage(
                "extra_fields", _("Extra fields"), "/settings/extra-fields/", 30, permissions.ADMINISTRATION,
                _("What you want to know of every customer besides the basic data."),
            )
        )  # fmt: skip
        register_reach(reach.count_lines)
        post_migrate.connect(groups.ensure_general, sender=self)

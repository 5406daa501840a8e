from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VatCheckConfig(AppConfig):
    name = "klantenbeheer.domains.vat_check"
    label = "vat_check"
    verbose_name = _("VAT check")

    def ready(self) -> None:
        from klantenbeheer.card.warned import Warned, register_warned
        from klantenbeheer.customers.display import LabelLink, register_action, register_label
        from klantenbeheer.customers.permissions import CUSTOMERS
        from klantenbeheer.customers.vat import is_for_vies
        from klantenbeheer.foundation.handbook.places import Place, register_place
        from klantenbeheer.foundation.ui.navigation import APPLICATIONS, Application
        from klantenbeheer.kernel.actors import Level

        from . import jobs, merging, permissions, selectors, vies

        permissions.register()
        jobs.register()
        merging.declare()
        register_place(Place(r"/vat-check/", "vat_check", 10))
        register_place(Place(r"/customers/[^/]+/(vat|bank)$", "vat_check", 11))
        APPLICATIONS.register(
            Application("vat_check", _("VAT check"), "/vat-check/", 80, permissions.VAT_CHECK)
        )
        for place, (key, word, tone) in enumerate((
            ("invalid", _("VAT number not valid"), "danger"),
            ("wrong", _("VAT number of a wrong form"), "danger"),
            ("missing", _("VAT number missing"), "warning"),
        )):  # fmt: skip
            first, url = selectors.first_in_state(key, word, tone), f"/vat-check/?state={key}"
            register_warned(Warned(f"vat_{key}", word, 20 + place, permissions.VAT_CHECK, first, url))
        label = LabelLink("vat_number", "/customers/%s/vat", permissions.VAT_CHECK, text=_("VAT number"))
        register_label(label)
        register_action(
            LabelLink(
                "vat_number", "/customers/%s/vat/check", CUSTOMERS, Level.EDIT, _("Check with VIES"), "refresh",
                vies.is_on, is_for_vies,
            )
        )  # fmt: skip

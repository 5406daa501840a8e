"""The forms of the Settings tab."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.ui.forms import DateField

from .choices import Channel, Collective, DeliveryMethod, Incoterm, Scope, VatRegime
from .models import RETENTION_YEARS

_NOTHING_AGREED = ("", _("nothing agreed"))
_ON_PAPER_OR_MAIL = [choice for choice in Channel.choices if choice[0] != Channel.PEPPOL]


def _channel(label: Any, choices: Any = _ON_PAPER_OR_MAIL) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices)


class SettingsForm(forms.Form):
    """All settings of one customer; :data:`GROUPS` says what stands together."""

    quotation_by = _channel(_("Quotations"))
    confirmation_by = _channel(_("Order confirmations"))
    delivery_note_by = _channel(_("Delivery notes"))
    invoice_by = _channel(_("Invoices"), Channel.choices)
    reminder_by = _channel(_("Reminders"))
    sales_email = forms.CharField(label=_("E-mail for quotations and orders"), required=False)
    invoice_email = forms.CharField(label=_("E-mail for invoices"), required=False)
    reminder_email = forms.CharField(label=_("E-mail for reminders"), required=False)
    peppol_id = forms.CharField(
        label=_("Peppol participant"), required=False, help_text=_("Such as 0106:12345678 for a KvK number.")
    )
    order_confirmation = forms.BooleanField(label=_("Send order confirmations"), required=False)
    collective_invoice = forms.ChoiceField(label=_("Invoice"), choices=Collective.choices)
    customer_reference = forms.BooleanField(
        label=_("An order needs the customer's own reference"), required=False
    )
    vat_regime = forms.ChoiceField(label=_("VAT"), choices=VatRegime.choices)
    prices_include_vat = forms.BooleanField(label=_("Show prices with VAT"), required=False)
    incoterm = forms.ChoiceField(
        label=_("Delivery terms"), choices=[_NOTHING_AGREED, *Incoterm.choices], required=False
    )
    incoterm_place = forms.CharField(label=_("Place of the delivery terms"), required=False, max_length=80)
    delivery_method = forms.ChoiceField(
        label=_("Delivery method"), choices=[_NOTHING_AGREED, *DeliveryMethod.choices], required=False
    )
    retention_years = forms.IntegerField(
        label=_("Keep for (years)"), initial=RETENTION_YEARS,
        help_text=_("Counted from the end of the year of the last business with this customer."),
    )  # fmt: skip


GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Documents"), (
        "quotation_by", "confirmation_by", "delivery_note_by", "invoice_by", "reminder_by",
        "sales_email", "invoice_email", "reminder_email", "peppol_id",
    )),
    (_("Orders and invoices"), (
        "order_confirmation", "customer_reference", "collective_invoice", "vat_regime", "prices_include_vat",
    )),
    (_("Delivery"), ("incoterm", "incoterm_place", "delivery_method")),
    (_("Retention"), ("retention_years",)),
)  # fmt: skip


class BlockForm(forms.Form):
    """A block."""

    scope = forms.ChoiceField(label=_("Blocked"), choices=Scope.choices)
    reason = forms.CharField(label=_("Reason"))
    since = DateField(label=_("Since"), required=False)
    until = DateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate

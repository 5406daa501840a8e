"""A customer's settings and blocks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.erasure import Erasure
from klantenbeheer.foundation.audit.models import Audited, history

from .choices import Channel, Collective, DeliveryMethod, Incoterm, Scope, VatRegime

# Fiscal law asks seven years for the debtors' records (AWR art. 52).
RETENTION_YEARS = 7
RETENTION_MOST = 30


def _channel(label: Any) -> models.CharField[str, str]:
    return models.CharField(label, max_length=10, choices=Channel.choices, default=Channel.MAIL)


class CustomerSettings(Audited):
    """One row for a customer who differs from the defaults; the defaults of the fields hold for all others."""

    subject_field = "customer_id"
    audit_kind = "customer_settings"
    audit_erasure = Erasure(fields=("sales_email", "invoice_email", "reminder_email", "customer_reference"))
    audit_label = _("Settings")
    audit_right = "tab.customer_settings"

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+")
    quotation_by = _channel(_("quotations"))
    confirmation_by = _channel(_("order confirmations"))
    delivery_note_by = _channel(_("delivery notes"))
    invoice_by = _channel(_("invoices"))
    reminder_by = _channel(_("reminders"))
    sales_email = models.CharField(_("e-mail for quotations and orders"), max_length=254, blank=True)
    invoice_email = models.CharField(_("e-mail for invoices"), max_length=254, blank=True)
    reminder_email = models.CharField(_("e-mail for reminders"), max_length=254, blank=True)
    peppol_id = models.CharField(_("Peppol participant"), max_length=60, blank=True)
    order_confirmation = models.BooleanField(_("send order confirmations"), default=True)
    collective_invoice = models.CharField(
        _("invoice"), max_length=10, choices=Collective.choices, default=Collective.ORDER
    )
    customer_reference = models.BooleanField(_("own reference required"), default=False)
    incoterm = models.CharField(_("delivery terms"), max_length=3, choices=Incoterm.choices, blank=True)
    incoterm_place = models.CharField(_("place of the delivery terms"), max_length=80, blank=True)
    delivery_method = models.CharField(
        _("delivery method"), max_length=10, choices=DeliveryMethod.choices, blank=True
    )
    vat_regime = models.CharField(
        _("VAT"), max_length=20, choices=VatRegime.choices, default=VatRegime.AUTOMATIC
    )
    prices_include_vat = models.BooleanField(_("show prices with VAT"), default=False)
    retention_years = models.PositiveSmallIntegerField(_("keep for (years)"), default=RETENTION_YEARS)

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retention_years__gte=1, retention_years__lte=RETENTION_MOST),
                name="customer_settings_retention",
            ),
            models.CheckConstraint(
                condition=~models.Q(invoice_by=Channel.PEPPOL) | ~models.Q(peppol_id=""),
                name="customer_settings_peppol_needs_id",
            ),
        ]

    def __str__(self) -> str:
        return self.get_collective_invoice_display()


class Block(Audited):
    """Something that we do not do for a customer now, and why."""

    subject_field = "customer_id"
    audit_kind = "block"
    audit_erasure = Erasure(fields=("reason",), stand_ins={"reason": "gewist"})
    audit_label = _("Block")
    audit_right = "customers"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(_("blocked"), max_length=10, choices=Scope.choices)
    reason = models.CharField(_("reason"), max_length=200)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["-since", "-id"]
        indexes = [models.Index(fields=["since", "id"], name="customer_settings_blocks_last")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="customer_settings_block_period",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="customer_settings_block_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: {self.reason}"

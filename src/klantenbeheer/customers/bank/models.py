"""What is kept about a customer's bank beside the IBAN and BIC in his basic data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL, Erasure
from klantenbeheer.foundation.audit.models import Audited, history
from klantenbeheer.kernel.checks import format_iban

from ..choices import AccountKind, ChangeState, Channel, MandateScheme, MandateSequence, MandateState
from ..permissions import CUSTOMERS


class BankAccount(Audited):
    """An account beside what the basic data hold: IBAN and BIC of the first account stand on the customer."""

    subject_field = "customer_id"
    audit_kind = "bank_account"
    audit_erasure = Erasure(fields=("holder", "iban", "bic"), books=("holder", "iban", "bic"))
    audit_label = _("Bank account")
    audit_right = CUSTOMERS

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="bank_accounts")
    kind = models.CharField(_("account"), max_length=10, choices=AccountKind.choices)
    holder = models.CharField(_("account holder"), max_length=140, blank=True)
    iban = models.CharField(_("IBAN"), max_length=60, blank=True)
    bic = models.CharField(_("BIC"), max_length=20, blank=True)
    bank_name = models.CharField(_("bank"), max_length=140, blank=True)
    bank_address = models.CharField(_("address of the bank"), max_length=200, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="customers_one_account_per_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.values), name="customers_account_kind_known"
            ),
            # One place for each number: that of the first account is the customer's own column.
            models.CheckConstraint(
                condition=models.Q(kind=AccountKind.SECOND) | models.Q(iban="", bic=""),
                name="customers_first_iban_on_customer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.iban}".strip()


class IbanChange(Audited):
    """A changed IBAN. Until a second user confirms it, the old one stays in force."""

    subject_field = "customer_id"
    audit_kind = "iban_change"
    audit_erasure = Erasure(
        fields=("old_iban", "new_iban", "new_bic", "new_details", "remark"),
        books=("old_iban", "new_iban", "new_bic", "new_details"),
    )
    audit_label = _("Changed IBAN")
    audit_right = CUSTOMERS

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="iban_changes")
    account = models.CharField(_("account"), max_length=10, choices=AccountKind.choices)
    old_iban = models.CharField(_("old IBAN"), max_length=60, blank=True)
    new_iban = models.CharField(_("new IBAN"), max_length=60, blank=True)
    new_bic = models.CharField(_("BIC"), max_length=20, blank=True)
    # Holder, bank and its address that came with the new number; in force together with it.
    new_details = models.JSONField(default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ChangeState.choices, default=ChangeState.PENDING
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("proposed by"),
    )  # fmt: skip
    proposed_label = models.CharField(_("proposed by"), max_length=120)
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(null=True)
    channel = models.CharField(_("verified"), max_length=10, choices=Channel.choices, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "account"], condition=models.Q(state=ChangeState.PENDING),
                name="customers_one_change_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ChangeState.values), name="customers_change_state_known"
            ),
            # Two people: whoever proposed a change never confirms it. Who proposed may be no user (an import by
            # command); who confirms is always one.
            models.CheckConstraint(
                condition=~models.Q(state=ChangeState.CONFIRMED)
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(channel="")
                    & (models.Q(proposed_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")))
                ),
                name="customers_change_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.old_iban} → {self.new_iban}"

    @property
    def old_text(self) -> str:
        """The old IBAN in groups of four."""
        return format_iban(self.old_iban)

    @property
    def new_text(self) -> str:
        """The new IBAN in groups of four."""
        return format_iban(self.new_iban)


class Mandate(Audited):
    """A customer's permission to collect by SEPA direct debit."""

    subject_field = "customer_id"
    audit_kind = "mandate"
    audit_erasure = Erasure(
        fields=("reference",), books=("reference",), stand_ins={"reference": "gewist-{id}"}
    )
    audit_label = _("SEPA mandate")
    audit_right = CUSTOMERS

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="mandates")
    reference = models.CharField(_("mandate reference"), max_length=35)
    signed_on = models.DateField(_("signed on"))
    scheme = models.CharField(_("scheme"), max_length=10, choices=MandateScheme.choices)
    sequence = models.CharField(_("collection"), max_length=10, choices=MandateSequence.choices)
    state = models.CharField(_("state"), max_length=10, choices=MandateState.choices)

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="customers_one_mandate"),
            models.UniqueConstraint(fields=["reference"], name="customers_mandate_reference_once"),
            models.CheckConstraint(condition=~models.Q(reference=""), name="customers_mandate_reference"),
            models.CheckConstraint(
                condition=models.Q(
                    scheme__in=MandateScheme.values, sequence__in=MandateSequence.values,
                    state__in=MandateState.values,
                ),
                name="customers_mandate_choices_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class BicCheck(Audited):
    """What an online register said about a BIC, and when; written once."""

    subject_field = "customer_id"
    audit_kind = "bic_check"
    audit_erasure = NOTHING_PERSONAL
    audit_label = _("BIC check")
    audit_right = CUSTOMERS

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="bic_checks")
    bic = models.CharField(_("BIC"), max_length=20)
    # None: the register gave no answer.
    found = models.BooleanField(_("found"), null=True)
    source = models.CharField(_("source"), max_length=100)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    checked_at = models.DateTimeField(default=timezone.now)
    checked_label = models.CharField(_("checked by"), max_length=120)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.bic

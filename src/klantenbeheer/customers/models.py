"""The customer, his addresses, and what belongs to him. What his basic data point at is in :mod:`.definitions`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import REMOVED, Erasure
from klantenbeheer.foundation.audit.models import Audited, AuditedQuerySet, history
from klantenbeheer.foundation.fields.money import CentsField
from klantenbeheer.foundation.fields.number import NumberField
from klantenbeheer.foundation.pictures.fields import PictureField
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.postal import Place

from .bank.models import BankAccount, BicCheck, IbanChange, Mandate
from .bulk_edit.models import BulkEdit
from .choices import SLOTS, AddressKind, Language, Status, VatState
from .definitions import GENERAL_GROUP, ConditionGroup, ExtraField, MailingCode, Territory
from .former import FormerNumber
from .hours_field import HoursField
from .import_models import ImportIssue, ImportMapping, ImportRun
from .indexes import CUSTOMER_INDEXES
from .permissions import CUSTOMERS
from .reach import narrowed


class CustomerQuerySet(AuditedQuerySet):
    def visible_to(self, actor: Actor) -> CustomerQuerySet:
        """Narrow to the customers that this actor may know of."""
        return narrowed(self, actor)

    def with_numbers(self, numbers: Iterable[str]) -> CustomerQuerySet:
        """Narrow to those who have one of these numbers, capitals or not, by the index that numbers have."""
        keys = {number.upper() for number in numbers}
        return self.alias(number_key=Upper("number")).filter(number_key__in=sorted(keys))


class Customer(Audited):
    """A company or person that is sold to, or may be."""

    subject_field = "id"
    audit_kind = "customer"
    audit_erasure = Erasure(
        fields=(
            "name",
            "website",
            "email",
            "phone",
            "fax",
            "kvk_number",
            "vat_number",
            "iban",
            "bic",
            "picture",
            "extra_text_1",
            "extra_text_2",
            "extra_text_3",
            "extra_text_4",
            "extra_text_5",
            "extra_text_6",
            "extra_number",
            "opening_hours",
            "flags",
        ),
        books=("name", "kvk_number", "vat_number", "iban", "bic"),
        stand_ins={"name": "Gewiste klant"},
    )
    audit_label = _("Basic data")
    audit_right = CUSTOMERS
    # Computed from the other columns and from what belongs to the customer; they have no history of their own.
    derived_fields: ClassVar[tuple[str, ...]] = (
        "name_norm", "search_text", "phone_norm", "city", "city_norm", "postcode", "postcode_key", "country",
        "flagged", "modified_at", "modified_by", "modified_by_id", "vat_state", "vat_asked_number", "vat_verdict",
        "vat_checked_at", "vat_remark", "vat_name", "iban_pending", "erased_on",
    )  # fmt: skip

    number = models.CharField(_("number"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.DUTCH)
    website = models.CharField(_("website"), max_length=300, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    fax = models.CharField(_("fax"), max_length=60, blank=True)
    kvk_number = models.CharField(_("Chamber of Commerce number"), max_length=40, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    iban = models.CharField(_("IBAN"), max_length=60, blank=True)
    bic = models.CharField(_("BIC"), max_length=20, blank=True)
    credit_limit = CentsField(_("credit limit"), null=True, blank=True)
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("territory"),
    )
    condition_group = models.ForeignKey(
        ConditionGroup,
        on_delete=models.PROTECT,
        default=GENERAL_GROUP,
        related_name="+",
        db_index=False,
        verbose_name=_("condition group"),
    )
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("salesperson"),
    )
    picture = PictureField(_("picture"))
    # What these hold, ExtraField says. Null when empty: the indexes below have only those that are filled.
    extra_number = NumberField(null=True, blank=True)
    extra_text_1 = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - see above
    extra_text_2 = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - see above
    extra_text_3 = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - see above
    extra_text_4 = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - see above
    extra_text_5 = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - see above
    extra_text_6 = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 - see above
    opening_hours = HoursField(_("opening hours"), default=dict, blank=True)
    flags = models.JSONField(_("to be checked"), default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    name_norm = models.CharField(max_length=200, editable=False)
    city = models.CharField(_("city"), max_length=100, blank=True, editable=False)
    city_norm = models.CharField(max_length=100, blank=True, editable=False)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True, editable=False)
    postcode_key = models.BigIntegerField(default=0, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True, editable=False)
    phone_norm = models.CharField(max_length=20, blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    # What VIES said last: the number it was asked, its verdict on that number and when, the reason of the last
    # failure to answer, and the name it gave. The answers themselves are kept as evidence by the VAT check.
    vat_state = models.CharField(
        max_length=10, blank=True, editable=False, choices=VatState.choices, default=VatState.NONE
    )
    vat_asked_number = models.CharField(max_length=40, blank=True, editable=False)
    vat_verdict = models.CharField(max_length=10, blank=True, editable=False)
    vat_checked_at = models.DateTimeField(null=True, editable=False)
    vat_remark = models.CharField(max_length=40, blank=True, editable=False)
    vat_name = models.CharField(max_length=300, blank=True, editable=False)
    # The IBAN that waits for a second user's confirmation; '-' when the removal waits.
    iban_pending = models.CharField(max_length=60, blank=True, editable=False)
    flagged = models.BooleanField(default=False, editable=False)
    # The day on which the personal data were erased; what was left is locked from then on.
    erased_on = models.DateField(null=True, editable=False)
    modified_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    modified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    # Where he was read as he was at a moment (:mod:`.past`): that moment.
    as_of: datetime | None = None

    history: ClassVar[Any] = history(
        excluded_fields=[name for name in derived_fields if name != "modified_by_id"]
    )
    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Upper("number"), name="customers_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[A-Za-z0-9._-]{1,20}\Z"), name="customers_number_form"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="customers_name_given"),
            models.CheckConstraint(
                condition=models.Q(status__in=[value for value, _label in Status.choices]),
                name="customers_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(credit_limit__isnull=True) | models.Q(credit_limit__gte=0),
                name="customers_credit_not_negative",
            ),
        ]
        # Not db_index: that would put an index on the history too, and a second one for LIKE on PostgreSQL.
        indexes = CUSTOMER_INDEXES

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @classmethod
    def audit_field_label(cls, name: str) -> Any:
        """Give the word for a field on the timeline; an extra one is called as the application manager named it."""
        from .extra import label_of  # reads these models

        return label_of(name) if name in SLOTS else super().audit_field_label(name)


class PostalAddress(models.Model):
    """Where something is. Structured, since banks refuse free-text addresses (SEPA, 15 November 2026)."""

    audit_field_names: ClassVar[Any] = {"country_text": _("country as typed")}

    street = models.CharField(_("street"), max_length=200, blank=True)
    house_number = models.CharField(_("house number"), max_length=20, blank=True)
    addition = models.CharField(_("addition"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # What was typed when it was recognised as no country: kept, shown and flagged.
    country_text = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True

    @property
    def place(self) -> Place:
        """The parts, as lines and bar codes are made of them."""
        return Place(
            self.street, self.house_number, self.addition, self.postcode, self.city, self.region, self.country
        )


class Address(Audited, PostalAddress):
    """One of a customer's addresses.

    One of each kind stands. A further one is another place (a second warehouse), or holds in a period: while it does,
    it takes the place of the one that stands.
    """

    subject_field = "customer_id"
    audit_kind = "address"
    audit_erasure = Erasure(
        fields=(
            "street",
            "house_number",
            "addition",
            "postcode",
            "city",
            "region",
            "country_text",
            "label",
            "attention",
        ),
        books=("street", "house_number", "addition", "postcode", "city", "region", "country_text"),
    )
    audit_label = _("Address")
    audit_right = CUSTOMERS

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=10, choices=AddressKind.choices)
    further = models.BooleanField(default=False, editable=False)
    label = models.CharField(_("description"), max_length=60, blank=True)
    attention = models.CharField(_("for the attention of"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=models.Q(further=False),
                name="customers_one_standing_address_per_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(further=True)
                | (~models.Q(kind="other") & models.Q(valid_from__isnull=True, valid_until__isnull=True)),
                name="customers_standing_address_has_no_period",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="customers_address_validity",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[value for value, _label in AddressKind.choices]),
                name="customers_address_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street} {self.house_number}{self.addition} {self.postcode} {self.city}".strip()

    @property
    def is_dated(self) -> bool:
        """Whether it takes the place of the standing address of its kind for a time."""
        return self.valid_from is not None or self.valid_until is not None

    def holds_on(self, day: date) -> bool:
        """Say whether the period includes this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class CustomerMailingCode(Audited):
    """A customer in a mailing group."""

    subject_field = "customer_id"
    audit_kind = "mailing_code"
    audit_erasure = REMOVED
    audit_label = _("Mailing code")
    audit_field_names: ClassVar[Any] = {"code": _("code")}
    audit_right = CUSTOMERS

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="mailing_codes")
    code = models.ForeignKey(MailingCode, on_delete=models.PROTECT, related_name="+")

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "code"], name="customers_mailing_code_once")
        ]

    def __str__(self) -> str:
        return str(self.code)


class CustomerMark(models.Model):
    """A personal mark: nobody but its user sees or changes it, so it has no place in the shared history."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="customers_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.customer_id}"


__all__ = [
    "GENERAL_GROUP", "Address", "BankAccount", "BicCheck", "BulkEdit", "ConditionGroup", "Customer",
    "CustomerMailingCode", "CustomerMark", "ExtraField", "FormerNumber", "IbanChange",
    "ImportIssue", "ImportMapping", "ImportRun", "MailingCode", "Mandate",
    "PostalAddress", "Territory",
]  # fmt: skip

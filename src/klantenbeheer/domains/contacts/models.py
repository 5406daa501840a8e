"""Contact persons and branches."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.choices import Language
from klantenbeheer.customers.models import Customer, PostalAddress
from klantenbeheer.foundation.audit.erasure import REMOVED, Erasure
from klantenbeheer.foundation.audit.models import Audited, history

from .choices import Answer, Channel, Role, Salutation
from .words import contact_words, name_key


class RolesField(models.JSONField):
    """The codes of a person's roles, in the order of :class:`Role`."""

    def told(self, codes: list[str]) -> str:
        """Give what a history of changes says of a value."""
        return role_names(codes)


def role_names(codes: list[str]) -> str:
    """Give the words for these roles."""
    return ", ".join(str(role.label) for role in Role if role in codes)


class Branch(Audited, PostalAddress):
    """A place of the customer with its own address."""

    subject_field = "customer_id"
    audit_kind = "branch"
    audit_erasure = Erasure(
        fields=(
            "name",
            "street",
            "house_number",
            "addition",
            "postcode",
            "city",
            "region",
            "country_text",
            "phone",
            "delivery_instructions",
        ),
        stand_ins={"name": "gewist"},
    )
    audit_label = _("Branch")
    audit_right = "tab.contacts"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="branches")
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    gln = models.CharField(_("GLN"), max_length=13, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    delivery_instructions = models.TextField(_("delivery instructions"), blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Contact(Audited):
    """A person who works at the customer."""

    subject_field = "customer_id"
    audit_kind = "contact"
    audit_erasure = REMOVED
    audit_label = _("Contact person")
    derived_fields: ClassVar[tuple[str, ...]] = ("name_norm", "search_text")
    audit_right = "tab.contacts"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    branch = models.ForeignKey(
        Branch,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("branch"),
    )
    salutation = models.CharField(_("salutation"), max_length=4, choices=Salutation.choices, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    infix = models.CharField(_("infix"), max_length=30, blank=True)
    last_name = models.CharField(_("last name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    roles = RolesField(_("roles"), default=list, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    mobile = models.CharField(_("mobile"), max_length=60, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, blank=True)
    left_on = models.DateField(_("left the company on"), null=True, blank=True)

    # What the palette finds a person by: the name as lists sort it, and all words that somebody may type.
    name_norm = models.CharField(max_length=240, blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)

    history: ClassVar[Any] = history(excluded_fields=["name_norm", "search_text"])

    class Meta:
        ordering = ["left_on", "last_name", "first_name", "id"]
        indexes = [models.Index(fields=["name_norm", "id"], name="contacts_by_name")]

    def __str__(self) -> str:
        return self.full_name

    def derive(self) -> None:
        self.name_norm = name_key(self.first_name, self.infix, self.last_name)
        words = contact_words(
            self.first_name, self.infix, self.last_name, self.phone, self.mobile, self.email
        )
        self.search_text = " ".join(dict.fromkeys(" ".join(words).split()))

    @property
    def full_name(self) -> str:
        """First name, infix and last name."""
        return " ".join(part for part in (self.first_name, self.infix, self.last_name) if part)


# A version leaves them out, and derive() works them out at the next write: the package need not ask for each version
# what they are now.
Contact.history.model._history_excluded_fields = []


class Consent(Audited):
    """What a person said about being approached over a channel: when, how we know, and who noted it.

    It goes and comes back with its person, by the service: hence nothing that the database does by itself.
    """

    subject_field = "customer_id"
    audit_kind = "consent"
    audit_erasure = REMOVED
    audit_label = _("Consent")
    audit_right = "tab.contacts"
    audit_field_names: ClassVar[Any] = {"contact": _("contact person")}

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.DO_NOTHING, related_name="consents")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    told_on = models.DateField(_("date"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    noted_label = models.CharField(_("noted by"), max_length=120, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["contact_id", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "channel"], name="contacts_one_consent_per_channel"),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values, answer__in=Answer.values),
                name="contacts_consent_choices_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_answer_display()}"

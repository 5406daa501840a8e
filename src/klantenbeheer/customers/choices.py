"""The fixed choices of a customer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PROSPECT = "prospect", _("Prospect")
    ACTIVE = "active", _("Active")
    BLOCKED = "blocked", _("Blocked")
    ARCHIVED = "archived", _("Archived")


class Language(models.TextChoices):
    DUTCH = "nl", _("Dutch")
    ENGLISH = "en", _("English")
    GERMAN = "de", _("German")
    FRENCH = "fr", _("French")


class AddressKind(models.TextChoices):
    VISITING = "visiting", _("Visiting address")
    POSTAL = "postal", _("Postal address")
    DELIVERY = "delivery", _("Delivery address")
    BILLING = "billing", _("Billing address")
    OTHER = "other", _("Other address")


# The kinds of which a customer has one that stands; any other address has a name or a period.
STANDING_KINDS = (AddressKind.VISITING, AddressKind.POSTAL, AddressKind.DELIVERY, AddressKind.BILLING)


class VatState(models.TextChoices):
    """What is known of a VAT number: its form (checked here) and, for this very number, VIES' last verdict."""

    NONE = "", _("none")
    UNCHECKED = "unchecked", _("not confirmed")
    WRONG = "wrong", _("wrong")
    VALID = "valid", _("confirmed by VIES")
    INVALID = "invalid", _("not valid according to VIES")
    OUTSIDE = "outside", _("outside the EU")


class AccountKind(models.TextChoices):
    FIRST = "first", _("First account")
    SECOND = "second", _("Second account")


# The columns of the extra fields.
NUMBER_SLOT = "extra_number"
TEXT_SLOTS = tuple(f"extra_text_{place}" for place in range(1, 7))
SLOTS = (NUMBER_SLOT, *TEXT_SLOTS)


class ChangeState(models.TextChoices):
    PENDING = "pending", _("waits for confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Channel(models.TextChoices):
    """How a changed bank account was verified: never by the message that brought the change."""

    PHONE = "phone", _("By telephone, on a number known before")
    VISIT = "visit", _("In person")
    LETTER = "letter", _("By letter to the address known before")
    OTHER = "other", _("In another way (say how)")


class MandateScheme(models.TextChoices):
    CORE = "core", _("Core (general)")
    B2B = "b2b", _("B2B (business)")


class MandateSequence(models.TextChoices):
    FIRST = "first", _("First collection still to come")
    RECURRENT = "recurrent", _("Recurrent")
    ONCE = "once", _("One collection only")


class MandateState(models.TextChoices):
    ACTIVE = "active", _("Active")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")

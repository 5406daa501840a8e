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

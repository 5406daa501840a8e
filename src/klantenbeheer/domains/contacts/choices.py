"""The fixed choices of a contact."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Salutation(models.TextChoices):
    NONE = "", _("—")
    MR = "mr", _("Mr")
    MRS = "mrs", _("Ms")


class Role(models.TextChoices):
    """What a person is to us; one may be several."""

    MANAGEMENT = "management", _("Management")
    DECIDES = "decides", _("Decides")
    PURCHASING = "purchasing", _("Purchasing")
    TECHNICAL = "technical", _("Technical")
    PLANNING = "planning", _("Planning")
    LOGISTICS = "logistics", _("Logistics")
    ADMINISTRATION = "administration", _("Bookkeeping")
    INVOICES = "invoices", _("Invoices and reminders")


class MailConsent(models.TextChoices):
    UNKNOWN = "unknown", _("Not asked")
    YES = "yes", _("Given")
    NO = "no", _("Refused")

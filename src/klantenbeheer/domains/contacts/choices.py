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


class Channel(models.TextChoices):
    """How a person may be approached with what he did not ask for; each asks a consent of its own."""

    MAIL = "mail", _("E-mail")
    PHONE = "phone", _("Telephone")
    POST = "post", _("Post")
    MESSAGE = "message", _("Text message")


class Answer(models.TextChoices):
    """What a person said about a channel; who was never asked has no record."""

    ASKED = "asked", _("Asked, no answer")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")

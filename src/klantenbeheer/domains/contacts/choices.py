"""The fixed choices of a contact."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Salutation(models.TextChoices):
    NONE = "", _("—")
    MR = "mr", _("Mr")
    MRS = "mrs", _("Ms")


class MailConsent(models.TextChoices):
    UNKNOWN = "unknown", _("Not asked")
    YES = "yes", _("Given")
    NO = "no", _("Refused")

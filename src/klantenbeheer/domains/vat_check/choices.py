"""How VIES can answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """Only the first two are verdicts. No answer passes and is asked again; a refusal is for us to mend."""

    VALID = "valid", _("confirmed")
    INVALID = "invalid", _("not valid")
    NO_ANSWER = "no_answer", _("no answer")
    REFUSED = "refused", _("refused")


class Source(models.TextChoices):
    """What made us ask."""

    CARD = "card", _("from the card")
    FILE = "file", _("whole file")
    QUEUE = "queue", _("asked again")
    DAILY = "daily", _("daily check")


class Selection(models.TextChoices):
    """Which customers a check of the whole file takes."""

    NEVER = "never", _("Never checked")
    OLDER = "older", _("Not checked since a number of days")
    ALL = "all", _("All VAT numbers")

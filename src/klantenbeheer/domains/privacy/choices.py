"""The fixed choices of the register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What somebody asks (chapter III of the GDPR)."""

    ACCESS = "access", _("Access to the data")
    ERASURE = "erasure", _("Erasure")
    RECTIFICATION = "rectify", _("Rectification")
    RESTRICTION = "restrict", _("Restriction")
    OBJECTION = "objection", _("Objection")


class Outcome(models.TextChoices):
    """How a request ended; an open one has none."""

    OPEN = "", _("Still open")
    GRANTED = "granted", _("Granted")
    PARTLY = "partly", _("Granted in part")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Fate(models.TextChoices):
    """What an erasure does with a kind of record."""

    GOES = "goes", _("is erased")
    ANONYMISED = "anonymised", _("is anonymised")
    STAYS = "stays", _("stays")

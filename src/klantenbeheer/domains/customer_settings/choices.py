"""The fixed choices of a customer's settings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a document leaves the house."""

    MAIL = "mail", _("By e-mail")
    POST = "post", _("By post")
    PEPPOL = "peppol", _("Through Peppol")


class Document(models.TextChoices):
    """What leaves the house; for each there is a setting ``<document>_by``."""

    QUOTATION = "quotation", _("Quotations")
    CONFIRMATION = "confirmation", _("Order confirmations")
    DELIVERY_NOTE = "delivery_note", _("Delivery notes")
    INVOICE = "invoice", _("Invoices")
    REMINDER = "reminder", _("Reminders")


class Collective(models.TextChoices):
    """What one invoice holds."""

    ORDER = "order", _("One invoice per order")
    WEEK = "week", _("One invoice a week")
    MONTH = "month", _("One invoice a month")


class Incoterm(models.TextChoices):
    """Incoterms 2020 (International Chamber of Commerce); the last four are for ships only."""

    EXW = "EXW", "EXW – Ex Works"
    FCA = "FCA", "FCA – Free Carrier"
    CPT = "CPT", "CPT – Carriage Paid To"
    CIP = "CIP", "CIP – Carriage and Insurance Paid To"
    DAP = "DAP", "DAP – Delivered at Place"
    DPU = "DPU", "DPU – Delivered at Place Unloaded"
    DDP = "DDP", "DDP – Delivered Duty Paid"
    FAS = "FAS", "FAS – Free Alongside Ship"
    FOB = "FOB", "FOB – Free On Board"
    CFR = "CFR", "CFR – Cost and Freight"
    CIF = "CIF", "CIF – Cost, Insurance and Freight"


class DeliveryMethod(models.TextChoices):
    """How goods go to the customer."""

    OWN = "own", _("Own transport")
    CARRIER = "carrier", _("Carrier")
    PARCEL = "parcel", _("Parcel service")
    COLLECT = "collect", _("Collected by the customer")


class VatRegime(models.TextChoices):
    """Which VAT an invoice to this customer carries."""

    AUTOMATIC = "automatic", _("From country and VAT number")
    DOMESTIC = "domestic", _("Domestic")
    INTRA_COMMUNITY = "intra_community", _("Intra-Community, 0 %")
    EXPORT = "export", _("Export, 0 %")
    REVERSE_CHARGE = "reverse_charge", _("Domestic reverse charge")


class Scope(models.TextChoices):
    """What a block holds up."""

    QUOTATIONS = "quotations", _("Quotations")
    ORDERS = "orders", _("Orders")
    DELIVERIES = "deliveries", _("Deliveries")
    ALL = "all", _("Everything")

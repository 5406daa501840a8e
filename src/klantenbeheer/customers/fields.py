"""The basic data as data: one list that card, dialog, list, import, export, and history read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class BasicField:
    """One value of the basic data.

    ``kind``: text, email, phone, url, amount, choice, territory, salesperson, condition_group, codes. ``names`` are
    further column names that an import recognises (Dutch and English; the key and both labels always count).
    ``group`` is the column of the card it stands in; 'status' stands in the status bar.
    """

    key: str
    label: Any
    kind: str = "text"
    group: str = "company"
    names: tuple[str, ...] = ()
    help: Any = ""
    right: str = ""


BASIC_FIELDS: tuple[BasicField, ...] = (
    BasicField("name", _("Name"), group="header", names=(
        "klantnaam", "naam", "bedrijfsnaam", "bedrijf", "company", "company name", "customer name",
        "firma", "relatienaam",
    )),
    BasicField("website", _("Website"), "url", "reach", ("url", "homepage", "internet", "web")),
    BasicField("email", _("E-mail"), "email", "reach", (
        "e-mail", "mail", "emailadres", "e-mailadres", "email address")),
    BasicField("phone", _("Telephone"), "phone", "reach", (
        "telefoon", "telefoonnummer", "tel", "phone number", "telephone",
    )),
    BasicField("fax", _("Fax"), "phone", "reach", ("faxnummer", "fax number", "telefax")),
    BasicField("kvk_number", _("KvK number"), names=(
        "kvk", "kvk nummer", "kvknr", "kamer van koophandel", "chamber of commerce", "coc", "registration number",
    )),
    BasicField("vat_number", _("VAT number"), names=(
        "btw", "btw nummer", "btwnr", "btw id", "vat", "vat id", "vat registration no", "tax id",
    )),
    BasicField("iban", _("IBAN"), group="finance", names=(
        "bank", "rekeningnummer", "bankrekening", "bank account", "iban nummer", "rekening",
    )),
    BasicField("bic", _("BIC"), group="finance", names=("swift", "swift code", "bic code")),
    BasicField("credit_limit", _("Credit limit"), "amount", "finance", (
        "kredietlimiet", "limiet", "krediet", "max saldo", "maximaal saldo",
    ), help=_("Empty means: no limit."), right="customers.credit"),
    BasicField("mailing_codes", _("Mailing codes"), "codes", "sales", (
        "mailingcode", "mailing", "mailingcodes", "mailing code")),
    BasicField("territory", _("Territory"), "territory", "sales", ("rayon", "regio verkoop", "sales region")),
    BasicField("salesperson", _("Salesperson"), "salesperson", "sales", (
        "verkoper", "vertegenwoordiger", "account manager", "accountmanager", "sales rep",
    )),
    BasicField("condition_group", _("Condition group"), "condition_group", "status", (
        "conditiegroep", "kortingsgroep", "prijsgroep", "discount group", "price group", "customer group",
    ), right="customers.conditions"),
    BasicField("language", _("Language"), "choice", "sales", ("taal",)),
    BasicField("status", _("Status"), "choice", "sales", ("staat",)),
)  # fmt: skip

FIELD_BY_KEY = {field.key: field for field in BASIC_FIELDS}
ADDRESS_PARTS = ("street", "house_number", "addition", "postcode", "city", "region", "country")

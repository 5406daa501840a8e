"""Checking and normalising identifiers. Nothing here raises: what is wrong comes back as reasons."""

from __future__ import annotations

from .banking import bank_of, check_bic, check_iban, format_iban
from .company import VatCheck, check_gln, check_kvk, check_vat, vat_number_country
from .peppol import check_peppol
from .reach import check_email, check_phone, check_postcode, check_website, phone_url
from .result import Checked, Problem

__all__ = [
    "Checked", "Problem", "VatCheck", "bank_of", "check_bic", "check_email", "check_gln", "check_iban", "check_kvk",
    "check_peppol", "check_phone", "check_postcode", "check_vat", "check_website", "format_iban", "phone_url",
    "vat_number_country",
]  # fmt: skip

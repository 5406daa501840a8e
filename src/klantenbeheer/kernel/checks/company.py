"""Chamber of Commerce and VAT numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.gb import vat as gb_vat

from klantenbeheer.kernel.countries import vat_prefix

from .result import Checked, Problem, right, wrong

# How a VAT number looks in each country, for who typed it wrong: 9 is a digit, X a letter or a digit.
# Source: European Commission, VIES, frequently asked questions, "What is the format of a VAT number".
_FORMS = {
    "AT": "ATU99999999", "BE": "BE0999999999", "BG": "BG999999999", "CY": "CY99999999X", "CZ": "CZ99999999",
    "DE": "DE999999999", "DK": "DK99999999", "EE": "EE999999999", "EL": "EL999999999", "ES": "ESX9999999X",
    "FI": "FI99999999", "FR": "FRXX999999999", "HR": "HR99999999999", "HU": "HU99999999", "IE": "IE9999999XX",
    "IT": "IT99999999999", "LT": "LT999999999", "LU": "LU99999999", "LV": "LV99999999999", "MT": "MT99999999",
    "NL": "NL999999999B99", "PL": "PL9999999999", "PT": "PT999999999", "RO": "RO9999999999", "SE": "SE999999999999",
    "SI": "SI99999999", "SK": "SK9999999999", "XI": "XI999999999",
}  # fmt: skip


def check_kvk(text: str) -> Checked:
    """Check a KvK number: eight digits, leading zeros kept. There is no published check digit."""
    plain = re.sub(r"[\s.\-]", "", text)
    if not plain or re.fullmatch(r"[0-9]{8}", plain):
        return right(plain)
    return wrong(text, "length", _("KvK number “%(value)s” must have 8 digits."))


def check_gln(text: str) -> Checked:
    """Check a Global Location Number: thirteen digits, the last a check digit; spaces and dots go."""
    plain = re.sub(r"[\s.\-]", "", text)
    if not plain or (re.fullmatch(r"[0-9]{13}", plain) and ean.is_valid(plain)):
        return right(plain)
    return wrong(text, "check_digit", _("“%(value)s” is no GLN: 13 digits, the last a check digit."))


@dataclass(frozen=True, slots=True)
class VatCheck(Checked):
    """A checked VAT number with the state that its colour shows: none, amber (form is right) or red."""

    state: str = "none"


def _red(text: str, code: str, message: object, **details: object) -> VatCheck:
    return VatCheck(text, False, (Problem(code, message, text, tuple(details.items())),), "red")


@lru_cache(maxsize=4096)  # an import asks twice about each: when it reads a row and when it stores it
def check_vat(text: str, country: str = "") -> VatCheck:
    """Check a VAT number by its country's rules, offline.

    ``country`` (ISO) supplies a missing prefix; a number of another country than the address stays possible,
    since companies register abroad. 'GR…' becomes 'EL…', as VIES writes it.
    """
    plain = re.sub(r"[\s.\-/]", "", text).upper()
    if not plain:
        return VatCheck("", True, (), "none")
    prefix = vat_prefix(country)
    if not plain.isascii() or not plain.replace("+", "").replace("*", "").isalnum():
        return _red(text, "characters", _("VAT number “%(value)s” holds characters that no VAT number has."))
    if plain.startswith("GR"):
        plain = "EL" + plain[2:]
    if plain[:2] not in _FORMS:
        if plain[:1].isdigit() or prefix in ("AT", "ES", "FR", "IE", "CY"):
            if prefix not in _FORMS:
                return _red(
                    text, "unknown_prefix", _("VAT number “%(value)s” must begin with its country code.")
                )
            plain = prefix + plain
        else:
            return _red(
                text, "unknown_prefix", _("“%(value)s” does not begin with the code of an EU country.")
            )
    if plain.startswith("EL") and len(plain) == 10:
        plain = (
            "EL0" + plain[2:]
        )  # from before 1 January 1999, when the number had eight digits; VIES knows nine
    try:
        body = plain[2:]
        if plain[:2] == "XI":
            gb_vat.validate(body)
        else:
            eu_vat.validate(plain)
    except InvalidLength:
        message = _("VAT number “%(value)s” has the wrong length for its country: it looks like %(form)s.")
        return _red(text, "length", message, form=_FORMS[plain[:2]])
    except InvalidChecksum:
        return _red(text, "check_digit", _("The check digits of VAT number “%(value)s” are not right."))
    except (ValidationError, ValueError, IndexError):
        message = _("“%(value)s” is no VAT number of its country: it looks like %(form)s.")
        return _red(text, "form", message, form=_FORMS[plain[:2]])
    return VatCheck(plain, True, (), "amber")

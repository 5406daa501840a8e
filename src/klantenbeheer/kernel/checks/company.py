"""Chamber of Commerce and VAT numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.gb import vat as gb_vat

from klantenbeheer.kernel.countries import vat_prefix

from .result import Checked, Problem, right, wrong

_PREFIXES = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
}  # fmt: skip


def check_kvk(text: str) -> Checked:
    """Check a KvK number: eight digits, leading zeros kept. There is no published check digit."""
    plain = re.sub(r"[\s.\-]", "", text)
    if not plain or re.fullmatch(r"[0-9]{8}", plain):
        return right(plain)
    return wrong(text, "length", _("KvK number “%(value)s” must have 8 digits."))


@dataclass(frozen=True, slots=True)
class VatCheck(Checked):
    """A checked VAT number with the state that its colour shows: none, amber (form is right) or red."""

    state: str = "none"


def _red(text: str, code: str, message: object) -> VatCheck:
    return VatCheck(text, False, (Problem(code, message, text),), "red")


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
    if plain[:2] not in _PREFIXES:
        if plain[:1].isdigit() or prefix in ("AT", "ES", "FR", "IE", "CY"):
            if prefix not in _PREFIXES:
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
        return _red(text, "length", _("VAT number “%(value)s” has the wrong length for its country."))
    except InvalidChecksum:
        return _red(text, "check_digit", _("The check digits of VAT number “%(value)s” are not right."))
    except (ValidationError, ValueError, IndexError):
        return _red(text, "form", _("“%(value)s” is no VAT number of its country."))
    return VatCheck(plain, True, (), "amber")

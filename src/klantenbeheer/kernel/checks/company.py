"""Chamber of Commerce and VAT numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum.ch import uid as ch_uid
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.no import orgnr as no_orgnr
from stdnum.util import get_cc_module

from klantenbeheer.kernel.countries import is_country, vat_prefix

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
    """A checked VAT number with what its form says: none, amber (right, for VIES), outside (the EU) or red."""

    state: str = "none"


# Who writes the numbers of another country: Monaco the French, the Isle of Man the British, Liechtenstein the Swiss.
_SAME_SERIES = {"MC": "FR", "IM": "GB", "LI": "CH"}
# What always stands before a number of these countries, also when it was not typed.
_WRITTEN_BEFORE = {"GB": "GB", "NO": "NO", "CH": "CHE"}
# The number without the word that says that VAT is owed (MWST, MVA), as registers and letterheads have it too.
_WITHOUT_WORD: dict[str, Any] = {"CH": ch_uid, "NO": no_orgnr}


def _red(text: str, code: str, message: object, **details: object) -> VatCheck:
    return VatCheck(text, False, (Problem(code, message, text, tuple(details.items())),), "red")


def _strange(plain: str) -> bool:
    return not plain.isascii() or not plain.replace("+", "").replace("*", "").isalnum()


@lru_cache(maxsize=4096)  # an import asks twice about each: when it reads a row and when it stores it
def check_vat(text: str, country: str = "") -> VatCheck:
    """Check a VAT number by its country's rules, offline.

    ``country`` (ISO) supplies a missing prefix; a number of another country than the address stays possible,
    since companies register abroad. 'GR…' becomes 'EL…', as VIES writes it. A number from outside the EU VAT area
    is checked where its rule is known, and else kept as typed.
    """
    plain = re.sub(r"[\s.\-/]", "", text).upper()
    if not plain:
        return VatCheck("", True, (), "none")
    home = _SAME_SERIES.get(country, vat_prefix(country))
    if home and home not in _FORMS and plain[:2] != "XI":
        own = _by_rule(text, plain, home)
        if own and own.ok:
            return own
    if plain.startswith("GR"):
        plain = "EL" + plain[2:]
    if plain[:2] in _FORMS:
        return _european(text, plain)
    outside = plain[:2] if is_country(plain[:2]) else ""
    if home in ("AT", "ES", "FR", "IE", "CY") or (home in _FORMS and plain[:1].isdigit()):
        own = _european(text, home + plain)
        if own.ok or not outside:
            return own
    if outside or (home and home not in _FORMS):
        return _outside(text, plain, outside or home)
    if _strange(plain):
        return _red(text, "characters", _("VAT number “%(value)s” holds characters that no VAT number has."))
    if plain[:1].isdigit():
        return _red(text, "unknown_prefix", _("VAT number “%(value)s” must begin with its country code."))
    return _red(text, "unknown_prefix", _("“%(value)s” does not begin with the code of a country."))


def vat_number_country(number: str) -> str:
    """Give the letters of the country with which a VAT number begins (EL for Greece), or nothing."""
    code = "EL" if number[:2] == "GR" else number[:2]
    return code if code in _FORMS or is_country(code) else ""


def _european(text: str, plain: str) -> VatCheck:
    if _strange(plain):
        return _red(text, "characters", _("VAT number “%(value)s” holds characters that no VAT number has."))
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


@cache
def _rule(code: str) -> Any:
    return get_cc_module(code.lower(), "vat")


def _by_rule(text: str, plain: str, code: str) -> VatCheck | None:
    """Check by the rule of a country outside the EU; nothing where none is known."""
    rule, before = _rule(code), _WRITTEN_BEFORE.get(code, "")
    if rule is None:
        return None
    typed = plain.startswith(before or code)
    body = plain.removeprefix(before).removeprefix(code)
    failure: Exception | None = None
    for module in (rule, _WITHOUT_WORD.get(code)):
        if module is None:
            continue
        try:
            found = module.validate(f"CHE{body}" if code == "CH" else body)
        except (ValidationError, ValueError, IndexError) as error:
            if not isinstance(failure, InvalidChecksum):
                failure = error
        else:
            value = found if code == "CH" else f"{before or (code if typed else '')}{found}"
            return VatCheck(value, True, (), "outside")
    if isinstance(failure, InvalidLength):
        return _red(text, "length", _("VAT number “%(value)s” has the wrong length for its country."))
    if isinstance(failure, InvalidChecksum):
        return _red(text, "check_digit", _("The check digits of VAT number “%(value)s” are not right."))
    return _red(text, "form", _("“%(value)s” is no VAT number of its country."))


def _outside(text: str, plain: str, code: str) -> VatCheck:
    found = _by_rule(text, plain, code)
    if found is not None:
        return found
    if not any(char.isdigit() for char in plain):
        return _red(text, "form", _("“%(value)s” is no VAT number of its country."))
    return VatCheck(text.strip(), True, (), "outside")

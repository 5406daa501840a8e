"""IBAN and BIC (ISO 13616, ISO 9362)."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from stdnum import numdb
from stdnum.iso7064 import mod_97_10

from klantenbeheer.kernel.countries import find_country

from .result import Checked, right, wrong

_BIC = re.compile(r"[A-Z0-9]{4}([A-Z]{2})[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
_PART = re.compile(r"([1-9][0-9]*)!([nac])")  # how the registry writes a structure: 4!a10!n
_CHARACTERS = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


def _is_country(code: str) -> bool:
    # Kosovo has a code in the registers of banks and none in ISO 3166.
    return code == "XK" or find_country(code) == code


@lru_cache(maxsize=256)
def _structure(country: str) -> tuple[int, re.Pattern[str]] | None:
    """Give length and form of a country's IBAN by the registry of SWIFT, or nothing for a country without one."""
    known = numdb.get("iban").info(country)[0][1].get("bban", "")
    parts = _PART.findall(known)
    if not parts:
        return None
    form = "".join(f"{_CHARACTERS[kind]}{{{count}}}" for count, kind in parts)
    return 4 + sum(int(count) for count, _kind in parts), re.compile(form)


def check_iban(text: str) -> Checked:
    """Check country, length, structure and check digits, in this order; spaces and dots go.

    National check digits inside the account number are left alone: the registry's own Belgian example fails them.
    """
    plain = re.sub(r"[\s.\-]", "", text).upper()
    if not plain:
        return right("")
    if not _IBAN.fullmatch(plain) or not _is_country(plain[:2]):
        return wrong(text, "form", _("“%(value)s” is no IBAN."))
    structure = _structure(plain[:2])
    if structure is None:
        return wrong(text, "country", _("“%(value)s”: this country has no IBAN."))
    length, form = structure
    if len(plain) != length:
        return wrong(
            text,
            "length",
            _("IBAN “%(value)s” has %(has)d characters; in this country it has %(length)d."),
            has=len(plain),
            length=length,
        )
    if not form.fullmatch(plain, 4):
        return wrong(text, "form", _("“%(value)s” is no IBAN."))
    if mod_97_10.checksum(plain[4:] + plain[:4]) != 1:
        return wrong(text, "check_digit", _("The check digits of IBAN “%(value)s” are not right."))
    return right(plain)


def check_bic(text: str) -> Checked:
    """Check the form of a BIC: 8 or 11 characters, the fifth and sixth a country."""
    plain = re.sub(r"\s", "", text).upper()
    if not plain:
        return right("")
    match = _BIC.fullmatch(plain)
    if match and _is_country(match[1]):
        return right(plain)
    return wrong(text, "form", _("“%(value)s” is no BIC: it has 8 or 11 letters and digits."))


def format_iban(iban: str) -> str:
    """Give the IBAN in groups of four."""
    return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))


@lru_cache(maxsize=4096)
def bank_of(iban: str) -> tuple[str, str]:
    """Give BIC and bank name of a right IBAN from the national lists; empty where they do not say."""
    from schwifty import IBAN  # loads the bank lists: only when somebody asks
    from schwifty.exceptions import SchwiftyException

    try:
        account = IBAN(iban, allow_invalid=True)
        return str(account.bic or ""), str(account.bank_name or "")
    except (SchwiftyException, ValueError):
        return "", ""

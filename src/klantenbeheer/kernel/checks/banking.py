"""IBAN and BIC (ISO 13616, ISO 9362)."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from stdnum import iban as stdnum_iban
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from klantenbeheer.kernel.countries import find_country

from .result import Checked, right, wrong

_BIC = re.compile(r"[A-Z0-9]{4}([A-Z]{2})[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")


def _is_country(code: str) -> bool:
    # Kosovo has a code in the registers of banks and none in ISO 3166.
    return code == "XK" or find_country(code) == code


def check_iban(text: str) -> Checked:
    """Check length, structure and check digits for every IBAN country; spaces and dots go."""
    plain = re.sub(r"[\s.\-]", "", text).upper()
    if not plain:
        return right("")
    if not _IBAN.fullmatch(plain) or not _is_country(plain[:2]):
        return wrong(text, "form", _("“%(value)s” is no IBAN."))
    try:
        # The registry's own Belgian example fails stdnum's national check, so that one stays off.
        return right(stdnum_iban.validate(plain, check_country=False))
    except InvalidChecksum:
        return wrong(text, "check_digit", _("The check digits of IBAN “%(value)s” are not right."))
    except InvalidLength:
        return wrong(text, "length", _("IBAN “%(value)s” has the wrong length."))
    except (ValidationError, ValueError):
        return wrong(text, "form", _("“%(value)s” is no IBAN."))


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

"""Addresses in the Peppol network: '<scheme>:<identifier>', schemes from the EAS code list."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from stdnum import ean, iban, lei
from stdnum.be import vat as be_vat
from stdnum.exceptions import ValidationError

from .company import check_vat
from .result import Checked, right, wrong


def _by_stdnum(validate: Callable[[str], str]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return validate(text) == text
        except ValidationError:
            return False

    return check


def _vat(prefix: str) -> Callable[[str], bool]:
    return lambda text: text.startswith(prefix) and check_vat(text).ok


def _form(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


# Scheme to the check of its identifier: those that Dutch and neighbouring companies and authorities use.
_SCHEMES: dict[str, Callable[[str], bool]] = {
    "0007": _form(r"\d{10}"),  # Sweden, organisation number
    "0060": _form(r"\d{9}"),  # D-U-N-S
    "0088": lambda text: len(text) == 13 and ean.is_valid(text),  # GLN
    "0106": _form(r"\d{8}"),  # KvK number
    "0184": _form(r"\d{8}"),  # Denmark, CVR
    "0190": _form(r"\d{20}"),  # OIN of the Dutch government
    "0192": _form(r"\d{9}"),  # Norway, organisation number
    "0199": _by_stdnum(lei.validate),
    "0204": _form(r"\d{2,12}(-[A-Z0-9]{1,30})?-\d{2}"),  # Leitweg-ID of the German government
    "0208": _by_stdnum(be_vat.validate),  # Belgium, enterprise number
    "9918": _by_stdnum(iban.validate),
    "9925": _vat("BE"),
    "9930": _vat("DE"),
    "9944": _vat("NL"),
    "9957": _vat("FR"),
}


def check_peppol(text: str) -> Checked:
    """Check a participant's identifier, such as 0106:12345678; spaces go."""
    plain = re.sub(r"\s", "", text).upper()
    if not plain:
        return right("")
    scheme, _colon, identifier = plain.partition(":")
    if scheme not in _SCHEMES:
        return wrong(
            text,
            "scheme",
            _("“%(value)s” must begin with a known scheme and a colon, such as 0106: for a KvK number."),
        )
    if not _SCHEMES[scheme](identifier):
        return wrong(text, "form", _("“%(value)s” is no identifier of its Peppol scheme."))
    return right(plain)

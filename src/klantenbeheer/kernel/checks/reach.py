"""E-mail, telephone, website, postcode."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from .result import Checked, right, wrong

# Plain addresses that the library accepts unchanged; anything else goes through the library.
_PLAIN_MAIL = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?!\.)){0,60}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,4}[a-z]{2,12}"
)
_DUTCH_POSTCODE = re.compile(r"(?:NL[- ])?([1-9][0-9]{3}) ?([A-Z]{2})", re.IGNORECASE)
# Ireland's Eircode and the British postcode leave out letters that are read as others. Sources: Universal Postal Union,
# addressing sheets; An Post, Eircode; Royal Mail, Programmer's Guide to the Postcode Address File.
_BRITISH = (
    r"(?:GIR ?0AA|(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-PR-UWYZ]\d[A-HJKPSTUW]|"
    r"[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})"
)
_POSTCODES = {
    "BE": r"[1-9]\d{3}", "DE": r"\d{5}", "FR": r"\d{5}", "LU": r"\d{4}", "AT": r"\d{4}", "CH": r"\d{4}",
    "DK": r"\d{4}", "NO": r"\d{4}", "SE": r"\d{3} ?\d{2}", "FI": r"\d{5}", "ES": r"\d{5}", "IT": r"\d{5}",
    "PL": r"\d{2}-\d{3}", "PT": r"\d{4}(?:-\d{3})?", "US": r"\d{5}(?:-\d{4})?", "GR": r"\d{3} ?\d{2}",
    "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}", "HU": r"\d{4}", "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
    "BG": r"\d{4}", "CY": r"\d{4}", "LV": r"\d{4}", "SI": r"\d{4}", "EE": r"\d{5}", "HR": r"\d{5}", "LT": r"\d{5}",
    "RO": r"\d{6}", "MT": r"[A-Z]{3} ?\d{4}", "LI": r"94\d{2}", "MC": r"980\d{2}", "SM": r"4789\d",
    "IE": r"(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4}", "GB": _BRITISH, "GG": _BRITISH, "JE": _BRITISH,
    "IM": _BRITISH, "XI": rf"(?=BT){_BRITISH}",
}  # fmt: skip


def check_email(text: str) -> Checked:
    """Check an address without asking the network."""
    if _PLAIN_MAIL.fullmatch(text):
        return right(text)
    try:
        return right(validate_email(text, check_deliverability=False, test_environment=True).normalized)
    except (EmailNotValidError, ValueError):
        return wrong(text, "form", _("“%(value)s” is no e-mail address."))


# An extension as a Dutch office writes it, for a library that reads 'ext.' and 'x' only.
_EXTENSION = re.compile(
    r"[\s,;(/-]*(?<![a-z])(?:toestel(?:\s*(?:nr|nummer)\b)?|toest|tst|tstl|intern|ext|extension|x)(?![a-z])[\s.:]*(\d{1,7})\s*\)?\s*$",
    re.IGNORECASE,
)


def phone_url(text: str) -> str:
    """Give the link that dials a number, its extension a part of its own (RFC 3966); empty for what is no number."""
    number = _EXTENSION.sub("", text)
    extension = _EXTENSION.search(text)
    digits = re.sub(r"[\s().\-/]", "", number.replace("(0)", "") if text.startswith("+") else number)
    if not re.fullmatch(r"\+?[0-9]{3,20}", digits):
        return ""
    return f"tel:{digits}" + (f";ext={extension[1]}" if extension else "")


@lru_cache(maxsize=1024)
def check_phone(text: str, country: str = "") -> Checked:
    """Give a number in international form, '+31 30 123 4567'. Without '+' or '00' the country decides."""
    typed = _EXTENSION.sub(r" ext. \1", re.sub(r"^\s*00", "+", text))
    if not typed.lstrip().startswith("+") and not country:
        return wrong(
            text,
            "no_country",
            _("Telephone number “%(value)s” has no country; begin it with + and the country code."),
        )
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException:
        return wrong(text, "form", _("“%(value)s” is no telephone number."))
    if not phonenumbers.is_valid_number(number):
        return wrong(text, "unknown", _("Telephone number “%(value)s” does not exist in its country."))
    return right(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def check_website(text: str) -> Checked:
    """Give an address with its scheme; only http and https lead out of the card."""
    typed = (
        text
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", text) and not re.match(r"[^/]+\.[a-z]+:\d", text)
        else f"https://{text}"
    )
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        host, parts = "", None
    if parts is None or parts.scheme.lower() not in ("http", "https") or parts.username or parts.password:
        return wrong(
            text, "scheme", _("“%(value)s” is no website address: it must begin with http:// or https://.")
        )
    if (
        not re.fullmatch(r"[^\s<>\"'\\^`{|}]+", typed)
        or "." not in host
        or host.startswith(".")
        or host.endswith(".")
    ):
        return wrong(text, "form", _("“%(value)s” is no website address."))
    return right(typed)


def check_postcode(text: str, country: str) -> Checked:
    """Check a postcode by its country's pattern; a country without a known pattern takes what is typed."""
    if country == "NL":
        match = _DUTCH_POSTCODE.fullmatch(text)
        # SA, SD and SS are not given out (NEN 5825).
        if match and match[2].upper() not in ("SA", "SD", "SS"):
            return right(f"{match[1]} {match[2].upper()}")
        return wrong(text, "form", _("“%(value)s” is no Dutch postcode, such as 1234 AB."))
    pattern = _POSTCODES.get(country)
    typed = re.sub(rf"^{country}?-(?=\d)|^[A-Z]{{1,2}}-(?=\d)", "", text.upper()) if pattern else text
    if pattern is None or re.fullmatch(pattern, typed):
        return right(text)
    return wrong(text, "form", _("“%(value)s” is no postcode of its country."))

"""Checking and normalising what was typed, for every door: form, in-place edit, import, command, API."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.countries import find_country
from klantenbeheer.kernel.money import parse_amount, parse_number
from klantenbeheer.kernel.text import clean, normalise

from . import extra
from .choices import NUMBER_SLOT, SLOTS, Language, Status
from .fields import FIELD_BY_KEY
from .models import GENERAL_GROUP, ConditionGroup, Customer, MailingCode, PostalAddress, Territory

NUMBER_FORM = re.compile(r"[A-Za-z0-9._-]{1,20}")
CREDIT_MOST = Decimal("9999999999.99")

_STATUS = {str(value): str(value) for value in Status.values} | {
    "klant": "active", "actief": "active", "customer": "active", "lead": "prospect", "geblokkeerd": "blocked",
    "gearchiveerd": "archived", "inactief": "archived", "inactive": "archived",
}  # fmt: skip
_LANGUAGE = {str(value): str(value) for value in Language.values} | {
    "nederlands": "nl", "dutch": "nl", "engels": "en", "english": "en", "duits": "de", "german": "de",
    "deutsch": "de", "frans": "fr", "french": "fr", "francais": "fr",
}  # fmt: skip


@dataclass(slots=True)
class Cleaned:
    """What became of the typed values.

    ``values`` can be stored; ``problems`` are refusals per field; ``flags`` name what was kept as typed because
    it could not be normalised (field to code of the reason).
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)

    def refuse(self, key: str, message: Any) -> None:
        """Refuse this field."""
        self.problems.setdefault(key, []).append(str(message))


def clean_number(text: str) -> str:
    """Give the customer number; raises ``ValueError`` with the reason."""
    number = clean(text)
    if not NUMBER_FORM.fullmatch(number):
        raise ValueError(
            _("The number “%(value)s” may hold up to 20 letters, digits and - . _ only.")
            % {"value": number[:40]}
        )
    if not number.strip("."):  # /customers/../ is another address
        raise ValueError(_("The number “%(value)s” needs more than dots.") % {"value": number})
    return number


def _check(key: str, text: str, country: str) -> checks.Checked:
    if key == "email":
        return checks.check_email(text)
    if key in ("phone", "fax"):
        return checks.check_phone(text, country)
    if key == "website":
        return checks.check_website(text)
    if key == "kvk_number":
        return checks.check_kvk(text)
    if key == "vat_number":
        return checks.check_vat(text, country)
    if key == "iban":
        return checks.check_iban(text)
    return checks.check_bic(text)


CHECKED = ("email", "phone", "fax", "website", "kvk_number", "vat_number", "iban", "bic")


def too_long(model: Any, key: str, text: str) -> str:
    """Give the refusal of a text that does not fit its column, or nothing."""
    most = model._meta.get_field(key).max_length
    if most is None or len(text) <= most:
        return ""
    return _("“%(value)s…” has %(length)d characters; at most %(most)d fit.") % {
        "value": text[:30],
        "length": len(text),
        "most": most,
    }


def clean_values(typed: Mapping[str, Any], *, country: str, keep: bool) -> Cleaned:
    """Check the basic data in ``typed`` (keys of ``BASIC_FIELDS`` and of the extra fields; others are an error).

    ``country`` (ISO code or empty) is that of the visiting address: it reads telephone and VAT numbers without
    a prefix. With ``keep`` a value that cannot be normalised is stored as typed and flagged (import); without,
    it is refused with the reason (forms).
    """
    result = Cleaned()
    for key, raw in typed.items():
        if key not in FIELD_BY_KEY and key not in SLOTS:
            raise KeyError(key)
        if key in CHECKED:
            text = clean(str(raw or ""))
            if not text:
                result.values[key] = ""
                continue
            checked = _check(key, text, country)
            value = checked.value if checked.ok else text
            refusal = too_long(Customer, key, value)
            if refusal:
                result.refuse(key, refusal)
            elif checked.ok:
                result.values[key] = value
            elif keep:
                result.values[key] = text
                result.flags[key] = checked.problems[0].code if checked.problems else "unclear"
            else:
                for problem in checked.problems:
                    result.refuse(key, problem)
        else:
            _clean_other(result, key, raw, keep=keep)
    return result


def _clean_other(result: Cleaned, key: str, raw: Any, *, keep: bool) -> None:
    if key == "name":
        text = clean(str(raw or ""))
        refusal = too_long(Customer, key, text)
        if not text:
            result.refuse(key, _("A customer needs a name."))
        elif refusal:
            result.refuse(key, refusal)
        else:
            result.values[key] = text
    elif key == "credit_limit":
        _clean_amount(result, key, raw)
    elif key in ("status", "language"):
        table = _STATUS if key == "status" else _LANGUAGE
        text = normalise(str(raw or ""))
        value = table.get(text)
        if value is None and not text:
            value = Status.ACTIVE.value if key == "status" else Language.DUTCH.value
        if value is None:
            result.refuse(key, _("“%(value)s” is none of the choices.") % {"value": raw})
        else:
            result.values[key] = value
    elif key == "territory":
        _clean_reference(result, key, raw, Territory, "code", _("There is no territory “%(value)s”."))
    elif key == "salesperson":
        _clean_reference(result, key, raw, User, "username", _("There is no user “%(value)s”."))
    elif key == "condition_group":
        message = _("There is no condition group “%(value)s”.")
        _clean_reference(result, key, raw or GENERAL_GROUP, ConditionGroup, "name", message)
    elif key == "mailing_codes":
        _clean_codes(result, raw)
    elif key == NUMBER_SLOT:
        _clean_number(result, key, raw)
    else:
        _clean_extra(result, key, clean(str(raw or "")), keep=keep)


def _clean_number(result: Cleaned, key: str, raw: Any) -> None:
    text = "" if raw is None else str(raw).strip()
    if not text or isinstance(raw, Decimal):
        result.values[key] = raw if text else None
        return
    try:
        result.values[key] = parse_number(text)
    except ValueError:
        result.refuse(key, _("“%(value)s” is no number with at most four decimals.") % {"value": text[:40]})


def _clean_extra(result: Cleaned, key: str, text: str, *, keep: bool) -> None:
    refusal = too_long(Customer, key, text)
    chosen = extra.choice(key, text) if text else None
    if refusal:
        result.refuse(key, refusal)
    elif text and chosen is None and not keep:
        result.refuse(key, _("“%(value)s” is none of the choices.") % {"value": text})
    else:
        result.values[key] = chosen or text or None
        if text and chosen is None:
            result.flags[key] = "choice"


def _clean_amount(result: Cleaned, key: str, raw: Any) -> None:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        result.values[key] = None
        return
    try:
        amount = raw if isinstance(raw, Decimal) else parse_amount(str(raw))
    except ValueError:
        result.refuse(key, _("“%(value)s” is no amount.") % {"value": str(raw)[:40]})
        return
    if amount < 0:
        result.refuse(key, _("The amount “%(value)s” may not be negative.") % {"value": raw})
    elif amount > CREDIT_MOST:
        result.refuse(key, _("The amount “%(value)s” is too high.") % {"value": raw})
    else:
        result.values[key] = amount


def _clean_reference(result: Cleaned, key: str, raw: Any, model: Any, by: str, message: str) -> None:
    if raw is None or raw == "":
        result.values[key] = None
        return
    if isinstance(raw, model):
        result.values[key] = raw
        return
    text = clean(str(raw))
    # A key comes from our own code. What is typed is a name: the region “12” is not the twelfth that was made.
    wanted = {"pk": raw} if isinstance(raw, int) else {f"{by}__iexact": text}
    found = model.objects.filter(**wanted).first()
    if found is None:
        result.refuse(key, message % {"value": text[:60]})
    else:
        result.values[key] = found


def _clean_codes(result: Cleaned, raw: Any) -> None:
    parts = re.split(r"[\s,;|]+", raw) if isinstance(raw, str) else [str(part) for part in raw or ()]
    wanted = {text.upper() for part in parts if (text := clean(part))}
    known = (
        {
            code.code.upper(): code
            for code in MailingCode.objects.annotate(key=Upper("code")).filter(key__in=wanted)
        }
        if wanted
        else {}
    )
    missing = sorted(wanted - set(known))
    if missing:
        result.refuse(
            "mailing_codes", _("There is no mailing code “%(value)s”.") % {"value": ", ".join(missing)[:80]}
        )
    else:
        result.values["mailing_codes"] = sorted(known.values(), key=lambda code: code.code)


def retired_codes(codes: Iterable[MailingCode], held: Container[int]) -> str:
    """Give the refusal of retired mailing codes that this customer does not hold yet, or nothing."""
    retired = [code.code for code in codes if code.retired and code.pk not in held]
    if not retired:
        return ""
    return _("The mailing code “%(value)s” is retired; it is given to nobody new.") % {
        "value": ", ".join(retired)
    }


def clean_address(typed: Mapping[str, Any], *, keep: bool) -> Cleaned:
    """Check an address (keys of ``ADDRESS_PARTS``). ``values`` also has ``country_text``."""
    result = Cleaned()
    values: dict[str, str] = {}
    for key in ("street", "house_number", "addition", "postcode", "city", "region"):
        values[key] = clean(str(typed.get(key) or ""))
    country_typed = clean(str(typed.get("country") or ""))
    country = find_country(country_typed) or "" if country_typed else ""
    values["country"], values["country_text"] = country, ""
    if country_typed and not country:
        if keep:
            values["country_text"] = country_typed
            result.flags["country"] = "unknown"
        else:
            result.refuse("country", _("“%(value)s” is no known country.") % {"value": country_typed[:60]})
    if values["postcode"]:
        checked = checks.check_postcode(values["postcode"], country)
        if checked.ok:
            values["postcode"] = checked.value
        elif keep:
            result.flags["postcode"] = checked.problems[0].code if checked.problems else "unclear"
        else:
            for problem in checked.problems:
                result.refuse("postcode", problem)
    for key, text in values.items():
        refusal = too_long(PostalAddress, key, text) if key != "country" else ""
        if refusal:
            result.refuse("country" if key == "country_text" else key, refusal)
    result.values = values
    return result

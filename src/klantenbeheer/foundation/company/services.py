"""Reading and writing the owner's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.foundation.pictures.services import picture_store
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion
from klantenbeheer.kernel.kept import Kept
from klantenbeheer.kernel.text import clean

from .models import ONLY, Company

RIGHT = "administration"
LOGO_SIDE = 800
TEXTS = (
    "name", "trade_name", "street", "house_number", "postcode", "city", "postal_street", "postal_postcode",
    "postal_city", "kvk_number", "vat_number", "iban", "bic", "phone", "email", "website",
)  # fmt: skip


def company() -> Company:
    """Give the owner's data: the one way to read them. Before they are filled in, all is empty. One query."""
    return Company.objects.filter(pk=ONLY).first() or Company(pk=ONLY, version=0)


def _require(actor: Actor) -> None:
    if not actor.may(RIGHT, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=RIGHT)


def _checks(country: str) -> dict[str, Callable[[str], checks.Checked]]:
    return {
        "postcode": lambda text: checks.check_postcode(text, country),
        "postal_postcode": lambda text: checks.check_postcode(text, country),
        "kvk_number": checks.check_kvk,
        "vat_number": lambda text: checks.check_vat(text, country),
        "iban": checks.check_iban,
        "bic": checks.check_bic,
        "phone": lambda text: checks.check_phone(text, country),
        "email": checks.check_email,
        "website": checks.check_website,
    }


def _clean(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Check what was typed. Raises ``InvalidInput`` with everything that is wrong."""
    problems: dict[str, list[str]] = {}
    country = str(typed.get("country") or "NL").upper()
    values: dict[str, Any] = {"country": country}
    if country_name(country, "nl") == country:
        problems["country"] = [_("“%(value)s” is no known country.") % {"value": country[:60]}]
    rules = _checks(country)
    for key in TEXTS:
        text = clean(str(typed.get(key) or ""))
        if text and key in rules:
            checked = rules[key](text)
            if checked.ok:
                text = checked.value
            else:
                problems[key] = [str(problem) for problem in checked.problems]
        column: Any = Company._meta.get_field(key)
        most = column.max_length
        if most is not None and len(text) > most:
            problems[key] = [
                _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
                % {"value": text[:30], "length": len(text), "most": most}
            ]
        values[key] = text
    if not values["name"]:
        problems["name"] = [_("Give the name as it is registered.")]
    zone = str(typed.get("time_zone") or "")
    if zone and zone not in available_timezones():
        problems["time_zone"] = [_("“%(value)s” is no time zone.") % {"value": zone[:60]}]
    month = str(typed.get("fiscal_month") or "1")
    if not month.isdecimal() or not 1 <= int(month[:3]) <= 12:
        problems["fiscal_month"] = [_("“%(value)s” is no month.") % {"value": month[:20]}]
    if problems:
        raise InvalidInput(problems)
    return values | {"time_zone": zone, "fiscal_month": int(month)}


def _locked() -> tuple[Company, bool]:
    """Give the row for writing, and whether it is new."""
    found = Company.objects.select_for_update().filter(pk=ONLY).first()
    return (found, False) if found else (Company(pk=ONLY, version=0), True)


def company_update(*, actor: Actor, version: int, values: Mapping[str, Any]) -> Company:
    """Store the owner's data. Raises ``InvalidInput`` per field, ``StaleVersion``, ``NotAllowed``."""
    _require(actor)
    with acting(actor, "company.update"):
        owner, new = _locked()
        if owner.version != version:
            raise StaleVersion(current=owner, changes=values)
        for key, value in _clean(values).items():
            setattr(owner, key, value)
        owner.version += 1
        write([owner], new=new)
        transaction.on_commit(ZONE.forget)
    return owner


def logo_set(*, actor: Actor, version: int, file: IO[bytes] | None) -> Company:
    """Give the owner a logo, written anew without metadata, or with no file none.

    Raises ``InvalidInput`` (field ``picture``) for what is no picture, an SVG, or too large; ``StaleVersion``,
    ``NotAllowed``.
    """
    _require(actor)
    with acting(actor, "company.logo"):
        owner, new = _locked()
        if owner.version != version:
            raise StaleVersion(current=owner, changes={"logo": file})
        key = picture_store(file, side=LOGO_SIDE) if file is not None else ""
        if key != owner.logo:
            owner.logo = key
            owner.version += 1
            write([owner], new=new)
    return owner


# -- the clock ------------------------------------------------------------------------------------------------------

ZONE = Kept(
    lambda: ZoneInfo(company().time_zone or settings.TIME_ZONE), lambda: settings.KEPT_SETTINGS_SECONDS
)


def current_zone() -> ZoneInfo:
    """Give the zone in which times are shown; another process follows a change within ``KEPT_SETTINGS_SECONDS``."""
    return ZONE.get()

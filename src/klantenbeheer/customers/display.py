"""How a customer's values are shown: the same words in the card, the list, the history, and the export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.kernel import checks
from klantenbeheer.kernel.countries import country_name, in_eu_vat_area
from klantenbeheer.kernel.money import format_amount
from klantenbeheer.kernel.postal import map_url, one_line

from .choices import AddressKind, Language, Status
from .fields import BASIC_FIELDS, BasicField
from .models import Address, Customer, PostalAddress

GROUPS = ("reach", "company", "finance", "sales")


def address_line(address: PostalAddress) -> str:
    """Give an address on one line, with the country when it is not the Netherlands."""
    line = one_line(address.place, language=get_language() or "nl")
    return ", ".join(part for part in (line, "" if address.country else address.country_text) if part)


def flag_url(code: str) -> str:
    """Give the address of a flag (ISO code or EU), or nothing where there is none."""
    name = {"xi": "gb-nir"}.get(code.lower(), code.lower())
    try:
        return static(f"flags/{name}.svg") if name else ""
    except ValueError:  # the flags' package has no picture for this code
        return ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the card's head shows beside the name."""

    visiting: str
    postal: str
    flag_url: str
    country_name: str
    eu_flag_url: str
    initials: str
    picture_url: str
    map_url: str
    hue: int


def heading(customer: Customer, addresses: list[Address], *, today: date | None = None) -> Heading:
    """Give the head of the card; ``today`` decides about the European flag."""
    by_kind = {address.kind: address for address in addresses}
    visiting, postal = by_kind.get(AddressKind.VISITING), by_kind.get(AddressKind.POSTAL)
    words = [word for word in customer.name_norm.split() if word not in ("de", "van", "der", "den", "het")]
    return Heading(
        visiting=address_line(visiting) if visiting else "",
        postal=address_line(postal) if postal else "",
        flag_url=flag_url(customer.country),
        country_name=country_name(customer.country, get_language() or "nl") if customer.country else "",
        eu_flag_url=flag_url("EU") if in_eu_vat_area(customer.country, today or timezone.localdate()) else "",
        map_url=map_url((visiting or postal or Address()).place),
        picture_url=f"/customers/{customer.number}/picture/{customer.picture}.webp"
        if customer.picture
        else "",
        initials="".join(word[0] for word in words[:2]).upper() or "?",
        hue=sum(ord(char) * 7 for char in customer.name_norm) % 12,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of the basic data as the card shows it. ``state`` has a word beside its colour."""

    field: BasicField
    text: str
    url: str = ""
    state: str = ""
    state_text: str = ""
    flag: str = ""
    editable: bool = False

    @property
    def icon(self) -> str:
        """The icon of what ``url`` opens."""
        return {"email": "mail", "phone": "phone"}.get(self.field.kind, "external")


def vat_state(customer: Customer) -> tuple[str, str]:
    """Give the colour of the VAT number and the word beside it (B5): none, amber, or red."""
    checked = checks.check_vat(customer.vat_number, customer.country)
    if checked.state == "red":
        return "red", str(checked.problems[0])
    if checked.state == "amber":
        return "amber", _("form right, not confirmed")
    return "grey", _("none")


def text_of(key: str, value: Any) -> str:
    """Give a stored value of the basic data as text."""
    if value is None or value == "":
        return ""
    if key == "credit_limit":
        return format_amount(value, get_language() or "nl")
    if key == "iban" and checks.check_iban(str(value)).ok:
        return checks.format_iban(str(value))
    if key == "status":
        return str(Status(value).label)
    if key == "language":
        return str(Language(value).label)
    if key == "website":
        return str(value).removeprefix("https://").removesuffix("/")
    return str(value)


def shown(customer: Customer, field: BasicField, *, editable: bool) -> Shown:
    """Give one value for the card."""
    if field.key == "mailing_codes":
        codes = customer.mailing_codes.select_related("code").all()
        return Shown(field, " ".join(sorted(item.code.code for item in codes)), editable=editable)
    value = getattr(customer, field.key)
    text, url, state, state_text = text_of(field.key, value), "", "", ""
    flag = customer.flags.get(field.key, "")
    if value and not flag:
        if field.kind == "url":
            url = str(value) if str(value).startswith(("https://", "http://")) else ""
        elif field.kind == "email":
            url = f"mailto:{value}"
        elif field.key == "phone":
            url = "tel:" + str(value).replace(" ", "")
        elif field.key == "kvk_number":
            url = f"https://www.kvk.nl/bestellen/#/{value}"
    if field.key == "vat_number":
        state, state_text = vat_state(customer)
    return Shown(field, text, url, state, state_text, flag, editable)


def groups(customer: Customer, editable: set[str]) -> list[list[Shown]]:
    """Give the basic data as the card's columns."""
    return [
        [
            shown(customer, field, editable=field.key in editable)
            for field in BASIC_FIELDS
            if field.group == group
        ]
        for group in GROUPS
    ]


def glance(customer: Customer) -> list[str]:
    """Give the values that the folded basic data show on one line."""
    keys = ("phone", "email", "website", "kvk_number", "vat_number", "iban")
    found = [text_of(key, getattr(customer, key)) for key in keys]
    return [text for text in [*found, str(customer.salesperson or "")] if text]


def own_warnings(customer: Customer) -> list[Any]:
    """Give the warnings that the basic data themselves contain."""
    from types import SimpleNamespace

    found = []
    if customer.status == Status.BLOCKED:
        found.append(SimpleNamespace(text=_("Blocked"), tone="danger", url=""))
    if customer.status == Status.ARCHIVED:
        found.append(SimpleNamespace(text=_("Archived"), tone="warning", url=""))
    if customer.flagged:
        found.append(
            SimpleNamespace(
                text=_("To be checked: %(count)d") % {"count": len(customer.flags)}, tone="warning", url=""
            )
        )
    return found

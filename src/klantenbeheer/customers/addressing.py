"""Addresses in forms: as they are typed, shown, and compared in a stale save."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.foundation.ui import conflict
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.postal import map_url

from .choices import STANDING_KINDS, AddressKind
from .display import address_line
from .fields import ADDRESS_PARTS
from .models import Address, Customer
from .selectors import addresses_of

Typed = dict[str, dict[str, str]]


def sent_values(data: QueryDict, kinds: list[str]) -> Typed:
    """Read the parts of each kind of address from a form; what is missing is empty."""
    return {kind: {part: data.get(f"{kind}.{part}", "") for part in ADDRESS_PARTS} for kind in kinds}


def groups(
    typed: Typed, problems: dict[str, list[str]], kinds: list[str], stored: Iterable[Address] = ()
) -> list[dict[str, Any]]:
    """Give the fields of each kind of address, with values and problems (by ``visiting.postcode``).

    ``stored`` are the addresses as they are, for a map of each.
    """
    maps = {one.kind: map_url(one.place) for one in stored if not one.further}
    labels = dict(AddressKind.choices)
    names = {
        "street": _("Street"), "house_number": _("House number"), "addition": _("Addition"),
        "postcode": _("Postcode"), "city": _("City"), "region": _("Region"), "country": _("Country"),
    }  # fmt: skip
    return [
        {
            "kind": kind,
            "label": labels[AddressKind(kind)],
            "map_url": maps.get(kind, ""),
            "parts": [
                {
                    "name": f"{kind}.{part}", "part": part, "label": names[part],
                    "value": typed.get(kind, {}).get(part, ""), "problems": problems.get(f"{kind}.{part}", []),
                }
                for part in ADDRESS_PARTS
            ],
        }
        for kind in kinds
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AddressShown:
    """An address to read in the dialog: ``state`` says whether one with a period holds now."""

    address: Address
    title: str
    text: str
    period: str = ""
    state: str = ""

    @property
    def map_url(self) -> str:
        """The address of a map that searches the place."""
        return map_url(self.address.place)


def period_text(address: Address) -> str:
    """Give 'from 01-02-2027', 'until 31-03-2027' or both; nothing without a period."""
    since = address.valid_from.strftime("%d-%m-%Y") if address.valid_from else ""
    until = address.valid_until.strftime("%d-%m-%Y") if address.valid_until else ""
    if since and until:
        return _("%(since)s until %(until)s") % {"since": since, "until": until}
    return (
        _("from %(since)s") % {"since": since}
        if since
        else _("until %(until)s") % {"until": until}
        if until
        else ""
    )


def _shown(one: Address) -> AddressShown:
    title = ": ".join(part for part in (str(one.get_kind_display()), one.label) if part)
    today = timezone.localdate()
    state = ""
    if one.valid_until is not None and one.valid_until < today:
        state = _("ended")
    elif one.valid_from and one.valid_from > today:
        state = _("planned")
    elif one.is_dated:
        state = _("in force")
    return AddressShown(one, title, address_line(one), period_text(one), state)


def all_lines(customer: Customer) -> list[AddressShown]:
    """Give all addresses to read, the ones that are over last."""
    today = timezone.localdate()
    found = sorted(
        addresses_of(customer), key=lambda one: one.valid_until is not None and one.valid_until < today
    )
    return [_shown(one) for one in found]


def further_lines(customer: Customer) -> list[AddressShown]:
    """Give the further addresses, the ones that are over last."""
    return [line for line in all_lines(customer) if line.address.further]


def typed_values(addresses: Iterable[Address], customer: Customer) -> Typed:
    """Give addresses by kind as one would type them; one that is not there has only the country to begin with."""
    found = {
        address.kind: {part: getattr(address, part) for part in ADDRESS_PARTS}
        | {"country": address.country or address.country_text}
        for address in addresses
        if not address.further
    }
    empty = dict.fromkeys(ADDRESS_PARTS, "") | {"country": customer.country or "NL"}
    return {kind: found.get(kind, empty) for kind in STANDING_KINDS}


def conflict_rows(mine: Typed, theirs: Typed, before: Typed) -> list[conflict.Row]:
    """Give the rows of a stale save: what was sent, what is stored now, and what was there before."""
    language = get_language() or "nl"
    rows = []
    for group in groups(mine, {}, list(mine)):
        for part in group["parts"]:
            value, now = part["value"], theirs[group["kind"]][part["part"]]
            mine_text, now_text = (
                country_name(text, language) if part["part"] == "country" and text else text
                for text in (value, now)
            )
            label = f"{group['label']}: {part['label']}"
            touched = value.strip() != before[group["kind"]][part["part"]]
            rows.append(conflict.Row(part["name"], label, (value,), (now,), mine_text, now_text, touched))
    return rows

"""Addresses in forms: as they are typed, shown, and compared in a stale save."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.foundation.ui import conflict
from klantenbeheer.kernel.countries import country_name

from .choices import AddressKind
from .fields import ADDRESS_PARTS
from .models import Address, Customer

Typed = dict[str, dict[str, str]]


def sent_values(data: QueryDict, kinds: list[str]) -> Typed:
    """Read the parts of each kind of address from a form; what is missing is empty."""
    return {kind: {part: data.get(f"{kind}.{part}", "") for part in ADDRESS_PARTS} for kind in kinds}


def groups(typed: Typed, problems: dict[str, list[str]], kinds: list[str]) -> list[dict[str, Any]]:
    """Give the fields of each kind of address, with values and problems (by ``visiting.postcode``)."""
    labels = dict(AddressKind.choices)
    names = {
        "street": _("Street"), "house_number": _("House number"), "addition": _("Addition"),
        "postcode": _("Postcode"), "city": _("City"), "region": _("Region"), "country": _("Country"),
    }  # fmt: skip
    return [
        {
            "kind": kind,
            "label": labels[AddressKind(kind)],
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


def typed_values(addresses: Iterable[Address], customer: Customer) -> Typed:
    """Give addresses by kind as one would type them; one that is not there has only the country to begin with."""
    found = {
        address.kind: {part: getattr(address, part) for part in ADDRESS_PARTS}
        | {"country": address.country or address.country_text}
        for address in addresses
    }
    empty = dict.fromkeys(ADDRESS_PARTS, "") | {"country": customer.country or "NL"}
    return {kind: found.get(kind, empty) for kind in AddressKind.values}


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

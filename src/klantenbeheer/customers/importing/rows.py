"""From a row's cells to values that can be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.foundation.exchange.cell_errors import is_cell_error
from klantenbeheer.kernel.text import clean, join_street, split_street

from .. import extra, validation
from ..fields import ADDRESS_PARTS
from ..hours import from_text
from .parts import PARTS

_REFERENCES = ("territory", "salesperson", "condition_group", "mailing_codes")
# Columns of addresses, and under which name what is wrong with them is flagged.
_ADDRESS_KEYS = {
    "address": "visiting.street",
    **{key: f"visiting.{key}" for key in ADDRESS_PARTS},
    "postal_address": "postal.street",
    "postal_postcode": "postal.postcode",
    "postal_city": "postal.city",
}


@dataclass(slots=True)
class PreparedRow:
    """One row of the file, checked. ``reasons`` refuse it."""

    row: int
    cells: list[str]
    number: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    addresses: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    # Further normalised words to find the customer by, of records that the caller stores beside the row.
    words: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    # Fields of parts that are kept as typed: told of in the report, as their records have no flags.
    unclear: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    outcome: str = ""

    def refuse(self, reason: Any) -> None:
        """Refuse the row."""
        self.reasons.append(str(reason))


class RowReader:
    """Prepares rows for one mapping (column position to field key)."""

    def __init__(self, columns: Mapping[int, str], *, nameless: str, country: str) -> None:
        self.columns = columns
        self.mapped = set(columns.values())
        self.nameless = nameless
        self.country = country
        self._memo: dict[tuple[str, str], validation.Cleaned] = {}
        self._checked = {field.key for field in extra.basic_fields()} - set(_REFERENCES)
        self._parts = [part for part in PARTS if self.mapped & {f.key for f in part.fields}]

    def prepare(self, number: int, cells: list[str], extra: Sequence[str] = ()) -> PreparedRow:
        """Check one row. Nothing is dropped: what cannot be stored refuses the row with its reason."""
        prepared = PreparedRow(number, cells)
        if any(cell.strip() for cell in extra):
            prepared.refuse(_("The row has more cells than there are columns."))
        typed = {
            key: cells[i].strip() for i, key in self.columns.items() if i < len(cells) and cells[i].strip()
        }
        if not typed:
            prepared.refuse(_("The row is empty."))
            return prepared
        self._number_and_name(prepared, typed)
        self._addresses(prepared, typed)
        country = prepared.addresses.get("visiting", {}).get("country", "") or self.country
        checked = {k: v for k, v in typed.items() if k in self._checked}
        cleaned = validation.clean_values(checked, country=country, keep=True)
        self._take(prepared, cleaned)
        for key in _REFERENCES:
            if key in typed:
                self._take(prepared, self._reference(key, typed[key]))
        if "opening_hours" in typed:
            try:
                prepared.values["opening_hours"] = from_text(typed["opening_hours"])
            except ValueError as error:
                prepared.refuse(error)
        for part in self._parts:
            values, reasons, unclear = part.clean(typed, country)
            prepared.reasons += reasons
            prepared.unclear += unclear
            if values is not None:
                prepared.parts[part.key] = values
        self._failed_formulas(prepared, typed)
        return prepared

    def _failed_formulas(self, prepared: PreparedRow, typed: Mapping[str, str]) -> None:
        """Flag #N/A and the like where it is stored as typed; refuse it as a name, and where nothing can flag it."""
        for key, text in typed.items():
            if not is_cell_error(text):
                continue
            if key in _ADDRESS_KEYS:
                prepared.flags.setdefault(_ADDRESS_KEYS[key], "cell_error")
            elif key != "name" and key in self._checked:
                prepared.flags.setdefault(key, "cell_error")
            else:
                words = _("“%(value)s” is the error of a formula that failed, no value.")
                prepared.refuse(words % {"value": text[:20]})

    def _number_and_name(self, prepared: PreparedRow, typed: dict[str, str]) -> None:
        if "number" in typed:
            try:
                prepared.number = validation.clean_number(typed["number"])
            except ValueError as error:
                prepared.refuse(error)
        if not clean(typed.get("name", "")):
            typed.pop("name", None)
            if self.nameless == "number" and prepared.number:
                typed["name"] = prepared.number
            else:
                prepared.refuse(_("The row has no name."))

    def _addresses(self, prepared: PreparedRow, typed: dict[str, str]) -> None:
        keys = ("street", "house_number", "addition", "postcode", "city", "region", "country")
        visiting = {key: typed[key] for key in keys if key in typed}
        if "address" in typed and "street" not in visiting:
            visiting |= _street_of(typed["address"], visiting)
        if visiting:
            visiting.setdefault("country", self.country)
            self._address(prepared, "visiting", visiting)
        if any(key in typed for key in ("postal_address", "postal_postcode", "postal_city")):
            street, house_number, addition = split_street(typed.get("postal_address", ""))
            self._address(prepared, "postal", {
                "street": street, "house_number": house_number, "addition": addition,
                "postcode": typed.get("postal_postcode", ""), "city": typed.get("postal_city", ""),
                "country": visiting.get("country", self.country),
            })  # fmt: skip

    def _address(self, prepared: PreparedRow, kind: str, typed: Mapping[str, str]) -> None:
        cleaned = validation.clean_address(typed, keep=True)
        for reasons in cleaned.problems.values():
            prepared.reasons += reasons
        prepared.flags |= {f"{kind}.{key}": code for key, code in cleaned.flags.items()}
        prepared.addresses[kind] = cleaned.values

    def _reference(self, key: str, text: str) -> validation.Cleaned:
        if len(self._memo) > 5_000:
            self._memo.clear()
        memo = self._memo.get((key, text))
        if memo is None:
            memo = self._memo[key, text] = validation.clean_values({key: text}, country="", keep=True)
        return memo

    @staticmethod
    def _take(prepared: PreparedRow, cleaned: validation.Cleaned) -> None:
        prepared.values |= cleaned.values
        prepared.flags |= cleaned.flags
        for reasons in cleaned.problems.values():
            prepared.reasons += reasons


def _street_of(line: str, visiting: Mapping[str, str]) -> dict[str, str]:
    """Give street, number and addition of an address line beside columns that may hold the number already."""
    given = clean(visiting.get("house_number", "")), clean(visiting.get("addition", ""))
    street, *rest = split_street(line)
    if not any(given):
        return {"street": street, "house_number": rest[0], "addition": rest[1]}
    if clean(line) == join_street("", *given):  # as our own export writes an address without a street
        return {}
    return {"street": street if tuple(rest) == given else line}

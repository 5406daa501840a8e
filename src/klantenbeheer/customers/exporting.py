"""Customers as a file, in the columns that the import understands.

For people the headings and choices are in their language; for programs they are the keys, which never change.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.foundation.exchange.writing import CsvWriter, XlsxWriter
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Refused
from klantenbeheer.kernel.hours import from_json, week_text
from klantenbeheer.kernel.registry import Registry
from klantenbeheer.kernel.text import join_street

from . import extra
from .choices import AddressKind
from .fields import ADDRESS_PARTS
from .importing.parts import OWN_FIELDS
from .models import Customer

_CHUNK = 1_000
_OWN = (
    "number", "name", "status", "language", "website", "email", "phone", "fax", "kvk_number", "vat_number", "iban",
    "bic", "credit_limit",
)  # fmt: skip
_CHOICES = ("status", "language")
HEADERS = (*_OWN, "territory", "salesperson", "condition_group", "mailing_codes", "opening_hours", "address",
           *ADDRESS_PARTS, "postal_address", "postal_postcode", "postal_city")  # fmt: skip


@runtime_checkable
class ExportPart(Protocol):
    """What a domain adds to the file, in columns that its import understands, for who may see what ``right`` guards."""

    key: str
    right: str

    def headers(self) -> Sequence[str]:
        """Give the headings."""
        ...

    def values(self, customer_ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
        """Give a value per heading for the customers that have any; a fixed number of queries."""
        ...


EXPORT_PARTS: Registry[Any] = Registry("export parts", object, key=lambda part: part.key)


def _parts(actor: Actor) -> list[Any]:
    return [part for part in EXPORT_PARTS if actor.may(part.right)]


def headers(actor: Actor, *, worded: bool) -> list[str]:
    """Give the heading of every column: what the import recognises, and the extra fields by their names."""
    further = (heading for part in _parts(actor) for heading in part.headers())
    labels = {field.key: str(field.label) for field in OWN_FIELDS} if worded else {}
    return [
        *(labels.get(key, key) for key in HEADERS),
        *(extra.label_of(row.slot) for row in extra.in_use()),
        *further,
    ]


def _own(customer: Customer, key: str, *, worded: bool) -> Any:
    return getattr(customer, f"get_{key}_display")() if worded and key in _CHOICES else getattr(customer, key)


def _row(customer: Customer, *, worded: bool) -> list[Any]:
    addresses = {address.kind: address for address in customer.addresses.all() if not address.further}
    visiting, postal = addresses.get(AddressKind.VISITING), addresses.get(AddressKind.POSTAL)
    parts = [getattr(visiting, part) for part in ADDRESS_PARTS] if visiting else [""] * len(ADDRESS_PARTS)
    if visiting and not visiting.country:
        parts[ADDRESS_PARTS.index("country")] = visiting.country_text
    return [
        *(_own(customer, key, worded=worded) for key in _OWN),
        customer.territory.code if customer.territory else "",
        customer.salesperson.username if customer.salesperson else "",
        customer.condition_group.name,
        " ".join(sorted(item.code.code for item in customer.mailing_codes.all())),
        week_text(from_json(customer.opening_hours).week, get_language() or "nl"),
        join_street(visiting.street, visiting.house_number, visiting.addition) if visiting else "",
        *parts,
        join_street(postal.street, postal.house_number, postal.addition) if postal else "",
        postal.postcode if postal else "",
        postal.city if postal else "",
        *(getattr(customer, row.slot) for row in extra.in_use()),
    ]


def rows(customers: Any, *, actor: Actor, worded: bool) -> Iterator[list[Any]]:
    """Give a row per customer, by number, 1,000 at a time."""
    # No joins: a database that begins at the groups would sort the whole file in memory before the first row.
    queryset = customers.prefetch_related(
        "territory", "salesperson", "condition_group", "addresses", "mailing_codes__code"
    )
    found = queryset.order_by("id").defer("search_text").iterator(chunk_size=_CHUNK)
    parts = [(part, [""] * len(part.headers())) for part in _parts(actor) if part.headers()]
    while chunk := list(islice(found, _CHUNK)):
        keys = [customer.pk for customer in chunk]
        further = [(part.values(keys), nothing) for part, nothing in parts]
        for customer in chunk:
            own_values = _row(customer, worded=worded)
            yield [*own_values, *(v for own, nothing in further for v in own.get(customer.pk, nothing))]


def csv_lines(customers: Any, *, actor: Actor) -> Iterator[str]:
    """Give the file for people piece by piece, in the language of now; formulas are neutralised."""
    return _in_language(get_language() or "nl", _csv_lines(customers, actor))


def _in_language(language: str, pieces: Iterator[str]) -> Iterator[str]:
    # A streamed answer is made after the request has ended, and its language with it.
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _csv_lines(customers: Any, actor: Actor) -> Iterator[str]:
    buffer = io.StringIO()
    writer = CsvWriter(buffer, headers(actor, worded=True))
    for row in rows(customers, actor=actor, worded=True):
        writer.write_row(row)
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_bytes(customers: Any, *, actor: Actor) -> bytes:
    """Give the file for people as a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.xlsx"
        write_xlsx(customers, path, actor=actor, worded=True)
        return path.read_bytes()


def write(customers: Any, path: Path, *, actor: Actor) -> int:
    """Write a file of the kind that its name says (CSV or XLSX); gives the number of rows.

    Raises ``Refused`` for another kind of name, and for a folder that is not there.
    """
    writers = {".csv": write_csv, ".xlsx": write_xlsx}
    if path.suffix.lower() not in writers:
        raise Refused(_("The name “%(name)s” must end in .csv or .xlsx.") % {"name": path.name}, code="kind")
    if not path.parent.is_dir():
        raise Refused(_("There is no folder “%(name)s”.") % {"name": path.parent}, code="folder")
    # Written aside and moved: a disk that fills up, or a kill, leaves the file that was there.
    with tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=".export-") as folder:
        half = Path(folder) / path.name
        count = writers[path.suffix.lower()](customers, half, actor=actor)
        half.replace(path)
    return count


def write_xlsx(customers: Iterable[Any], path: Path, *, actor: Actor, worded: bool = False) -> int:
    """Write a workbook; gives the number of rows."""
    count = 0
    # With: its files are closed also when it fails.
    with XlsxWriter(path, headers(actor, worded=worded)) as writer:
        for row in rows(customers, actor=actor, worded=worded):
            writer.write_row(row)
            count += 1
    return count


def write_csv(customers: Iterable[Any], path: Path, *, actor: Actor) -> int:
    """Write the file; gives the number of rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = CsvWriter(file, headers(actor, worded=False))
        count = 0
        for row in rows(customers, actor=actor, worded=False):
            writer.write_row(row)
            count += 1
    return count

"""The list of customers as a list that users arrange, filter, keep views of, and make files of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.exchange.writing import CsvWriter, XlsxWriter
from klantenbeheer.foundation.lists import fields as conditions
from klantenbeheer.foundation.lists.columns import Column, shown
from klantenbeheer.foundation.lists.kinds import LISTS, ListKind
from klantenbeheer.foundation.lists.models import ListFile
from klantenbeheer.kernel.actors import Actor

from . import exporting, list_columns, list_fields, listing
from .list_query import ListQuery
from .permissions import CUSTOMERS, EXPORT

KEY = "customers"
URL = "/customers/"


def query_of(actor: Actor, parameters: Mapping[str, str]) -> ListQuery:
    """Read the parameters, conditions checked. Raises ``InvalidInput``, ``NotAllowed``."""
    query = ListQuery.parse(parameters)
    conditions.check(actor, list_fields.fields(actor), query.where)
    return query


def clean(actor: Actor, parameters: Mapping[str, str]) -> dict[str, str]:
    """Give the parameters that the list knows, as it writes them: where one is on the page is none of them."""
    found = query_of(actor, parameters).parameters()
    found.pop("view", None)
    return found


def file_rows(actor: Actor, query: ListQuery, columns: list[Column]) -> Iterator[list[Any]]:
    """Give the rows of what the list shows, in its order, as a file holds them."""
    for rows in listing.walk(actor, query, list_columns.needs(columns)):
        looked_up = list_columns.texts(actor, rows, columns)
        for row in rows:
            yield list_columns.values(row, columns, looked_up)


def write(actor: Actor, file: ListFile, path: Path, progress: Callable[[int], None]) -> int:
    """Make a file of the view as it was asked for; gives the number of rows."""
    query = query_of(actor, file.parameters)
    if file.everything:
        headers = exporting.headers(actor, worded=True)
        rows = exporting.rows(listing.filtered(actor, query), actor=actor, worded=True)
    else:
        found, _gone = shown(list_columns.columns(actor), file.columns)
        columns = [one.column for one in found]
        headers = [str(column.label) for column in columns]
        rows = file_rows(actor, query, columns)
    return write_rows(path, headers, rows, progress)


def write_rows(
    path: Path,
    headers: list[str],
    rows: Iterator[list[Any]],
    progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Write a CSV or XLSX file, as its name says; gives the number of rows."""
    count = 0
    if path.suffix == ".xlsx":
        with XlsxWriter(path, headers) as book:
            for row in rows:
                book.write_row(row)
                count += 1
                if not count % 1_000:
                    progress(count)
        return count
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        sheet = CsvWriter(stream, headers)
        for row in rows:
            sheet.write_row(row)
            count += 1
            if not count % 1_000:
                progress(count)
    return count


CUSTOMER_LIST = ListKind(
    KEY, _("Customers"), URL, CUSTOMERS, columns=list_columns.columns, fields=list_fields.fields, clean=clean,
    write=write, export_right=EXPORT,
)  # fmt: skip


def register() -> None:
    """Make the list known."""
    LISTS.register(CUSTOMER_LIST)

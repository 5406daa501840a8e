"""What the list of customers shows and narrows by besides the basic data: extra fields, and what domains add."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django.db.models import QuerySet

from klantenbeheer.foundation.lists.fields import Field
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A filter: its name in the address, its label, and what can be chosen (nothing: it is typed)."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of the list; ``default`` stands in it for who chose nothing."""

    key: str
    label: str
    default: bool = True


@runtime_checkable
class ListPart(Protocol):
    """A source of filters and columns. Who may not see what ``right`` guards has none of them; empty: everybody has."""

    key: str
    right: str

    def filters(self) -> Sequence[ListFilter]:
        """Give the filters, in their order."""
        ...

    def check(self, key: str, text: str) -> str:
        """Give the refusal of what was asked of a filter, or nothing."""
        ...

    def narrow(self, rows: QuerySet[Any], key: str, text: str, *, aside: bool) -> QuerySet[Any]:
        """Narrow the customers. ``aside``: the database is to walk along the list's order, not this filter's index."""
        ...

    def fields(self) -> Sequence[Field]:
        """Give what conditions can be about besides, guarded by the part's right."""
        ...

    def columns(self) -> Sequence[ListColumn]:
        """Give the columns, in their order."""
        ...

    def cells(self, customer_ids: Sequence[int], keys: Collection[str]) -> Mapping[int, Mapping[str, str]]:
        """Give the texts of these columns of some customers; one query at most, none without columns."""
        ...


LIST_PARTS: Registry[Any] = Registry("list parts", object, key=lambda part: part.key)


def filters() -> list[tuple[Any, ListFilter]]:
    """Give every filter with the part that it belongs to, whoever may use it."""
    return [(part, found) for part in LIST_PARTS for found in part.filters()]


def _for(actor: Actor) -> list[Any]:
    return [part for part in LIST_PARTS if not part.right or actor.may(part.right)]


def filters_for(actor: Actor) -> list[tuple[Any, ListFilter]]:
    """Give every filter that this actor may use with the part that it belongs to."""
    return [(part, found) for part in _for(actor) for found in part.filters()]


def fields() -> list[Field]:
    """Give what the parts' conditions can be about, whoever may use them: their right guards them."""
    return [found for part in LIST_PARTS for found in part.fields()]


def columns() -> list[tuple[Any, ListColumn]]:
    """Give every column with the part that it belongs to."""
    return [(part, column) for part in LIST_PARTS for column in part.columns()]


def cells(actor: Actor, customer_ids: Sequence[int], keys: Collection[str]) -> dict[int, dict[str, str]]:
    """Give the texts of some of the parts' columns, by customer and column."""
    found: dict[int, dict[str, str]] = {}
    for part in _for(actor):
        own = {column.key for column in part.columns()} & set(keys)
        if not own:
            continue
        for customer_id, texts in part.cells(customer_ids, own).items():
            found.setdefault(customer_id, {}).update(texts)
    return found

"""Which customers have a warning: for the start page, and as filters of the list.

A domain that warns on a card (:func:`card.tabs.register_warning`) says here how to find those customers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.list_parts import LIST_PARTS, ListColumn, ListFilter
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.customers.reach import belonging
from klantenbeheer.customers.selectors import by_keys
from klantenbeheer.foundation.lists.fields import Asked as Condition
from klantenbeheer.foundation.lists.fields import Field
from klantenbeheer.foundation.start.registry import MOST, Asked, Block, Chip, Line, Link, register_block
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.registry import Registry

# Narrows records of customers to those within reach; ``field`` is the customer's key when it is not ``customer_id``.
Narrow = Callable[..., QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """A customer with a warning, and its words."""

    customer_id: int
    text: str
    tone: str = "warning"


@dataclass(frozen=True, slots=True)
class Warned:
    """A kind of warning. ``first(narrow, most)`` gives the first customers that have it, each once, along an index and
    in at most two questions; ``narrow`` is :func:`customers.reach.belonging` of who asks. ``url`` leads to all of
    them; without it the list of customers gets a filter, from ``records``: what warns, with a ``customer_id``.
    """

    key: str
    label: Any
    order: int
    right: str
    first: Callable[[Narrow, int], Sequence[Found]]
    url: str = ""
    records: Callable[[], QuerySet[Any]] | None = None

    @property
    def address(self) -> str:
        """Where all of them stand."""
        return self.url or f"/customers/?warned_{self.key}=1"


WARNED: Registry[Warned] = Registry(
    "kinds of warnings", Warned, key=lambda one: one.key, order=lambda one: (one.order, one.key)
)


def register_warned(kind: Warned) -> Warned:
    """Let the start page and the list find the customers with this warning. Called from an ``apps.py``."""
    if kind.records is not None:
        LIST_PARTS.register(WarnedFilter(kind))
    return WARNED.register(kind)


class WarnedFilter:
    """The filter of one kind of warning in the list of customers."""

    def __init__(self, kind: Warned) -> None:
        self.key, self.right, self._kind = f"warned_{kind.key}", kind.right, kind

    def filters(self) -> Sequence[ListFilter]:
        return [ListFilter(self.key, str(self._kind.label), [("1", _("yes"))])]

    def check(self, key: str, text: str) -> str:
        return "" if text == "1" else _("“%(value)s” is none of the choices.") % {"value": text[:40]}

    def narrow(self, rows: QuerySet[Any], key: str, text: str, *, aside: bool) -> QuerySet[Any]:
        assert self._kind.records is not None  # noqa: S101 - registered only with records
        records = self._kind.records()
        if aside:
            return rows.filter(Exists(records.filter(customer_id=OuterRef("pk"))))
        return rows.filter(pk__in=records.order_by().values("customer_id"))

    def fields(self) -> Sequence[Field]:
        return [
            Field(
                self.key, self._kind.label, "flag", self._build, right=self.right, group=gettext_lazy("State")
            )
        ]

    def _build(self, asked: Condition) -> Q:
        assert self._kind.records is not None  # noqa: S101 - registered only with records
        warned = Q(pk__in=self._kind.records().order_by().values("customer_id"))
        return warned if asked.operator == "yes" else ~warned

    def columns(self) -> Sequence[ListColumn]:
        return ()

    def cells(self, customer_ids: Sequence[int], keys: Collection[str]) -> Mapping[int, Mapping[str, str]]:
        return {}


def _kinds(actor: Actor) -> list[Warned]:
    return [kind for kind in WARNED if actor.may(kind.right)]


def _lines(asked: Asked) -> list[Line]:
    narrow = partial(belonging, actor=asked.actor)
    chips: dict[int, list[Chip]] = {}
    for kind in _kinds(asked.actor):
        for found in kind.first(narrow, MOST):
            chips.setdefault(found.customer_id, []).append(Chip(found.text, found.tone, "warning"))
    rows = by_keys(asked.actor, list(chips)[:MOST])
    return [
        Line(row["name"], f"/customers/{row['number']}/", row["number"], tuple(chips[row["id"]][:3]))
        for row in rows
    ]


def register() -> None:
    """Put the customers with warnings on the start page."""
    register_block(
        Block(
            "warnings", gettext_lazy("Customers with warnings"), "alert", 30, _lines,
            gettext_lazy(
                "No customer has a warning: no block, no important note, no VAT number that is wrong or missing."
            ),
            right=CUSTOMERS,
            links=lambda actor: [Link(kind.label, kind.address) for kind in _kinds(actor)],
        )
    )  # fmt: skip

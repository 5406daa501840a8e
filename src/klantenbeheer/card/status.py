"""The status bar below the card (S): what domains above add to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from klantenbeheer.customers import display
from klantenbeheer.customers.fields import FIELD_BY_KEY
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What stands there: a value of the basic data by key (edited in place by who may), a note, a link to more."""

    label: str
    field: str = ""
    text: str = ""
    note: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True, slots=True)
class StatusSource:
    """Who supplies a line, and its place. It asks the database nothing: the shell's number of queries is fixed."""

    key: str
    order: int
    line: Callable[[Actor, Customer], StatusLine | None]


STATUS: Registry[StatusSource] = Registry(
    "status bar", StatusSource, key=lambda source: source.key, order=lambda source: (source.order, source.key)
)


def status_lines(actor: Actor, customer: Customer, editable: set[str]) -> list[dict[str, Any]]:
    """Give the lines for this actor, each with the value to edit where it has one."""
    found = []
    for source in STATUS:
        line = source.line(actor, customer)
        if line is not None:
            field = FIELD_BY_KEY.get(line.field)
            item = display.shown(customer, field, editable=field.key in editable) if field else None
            found.append({"key": source.key, "line": line, "item": item})
    return found

"""The window in which a filter is put together: a plain form that is sent back and forth until it says what is meant.

Conditions are numbered; each says which group it is in (0: none). ``f3``, ``o3``, ``v3`` and ``g3`` are field,
operator, value and group of the fourth; ``a0`` says whether all or any must hold, ``a2`` the same for the second group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

from . import fields as kinds
from .conditions import (
    MOST_CONDITIONS,
    MOST_VALUE,
    OPERATORS,
    Condition,
    Filter,
    Group,
    make,
    make_group,
    refusal,
)
from .fields import PERIODS, WORDS, Field

MOST_GROUPS = 10
_NUMBERED = re.compile(r"f(\d{1,3})")


@dataclass(slots=True)
class Row:
    """One condition as it stands in the form."""

    number: int
    field: Field
    operator: str
    value: str
    group: int = 0
    problem: str = ""
    focus: bool = False

    @property
    def operators(self) -> list[tuple[str, Any]]:
        """What may be chosen."""
        return [(key, WORDS[key]) for key in self.field.offered]

    @property
    def input(self) -> str:
        """What takes the value: nothing, a choice, a number, or text."""
        if not OPERATORS[self.operator]:
            return ""
        if self.operator in ("last", "next", "older"):
            return "days"
        return "choice" if self.choices else "text"

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """What there is to choose from."""
        if self.operator == "this":
            return list(PERIODS.items())
        return list(self.field.choices()) if self.field.choices else []

    @property
    def placeholder(self) -> str:
        """An example of what can be typed."""
        return {"day": _("31-12-2026"), "amount": "1.000,00"}.get(self.field.kind, "")

    def condition(self) -> Condition:
        """Give it as the filter has it."""
        return Condition(self.field.key, self.operator, self.value if OPERATORS[self.operator] else "")


@dataclass(slots=True)
class Box:
    """Conditions that stand together: those of the filter itself, or a group. ``any``: one of them is enough."""

    number: int
    any: bool = False
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """The whole window. ``boxes[0]`` is the filter itself; ``said`` is what a screen reader hears of the last step."""

    fields: Mapping[str, Field]
    boxes: list[Box]
    said: str = ""
    problem: str = ""

    @property
    def rows(self) -> Iterator[Row]:
        """Give every condition."""
        for box in self.boxes:
            yield from box.rows

    @property
    def may_group(self) -> bool:
        """Whether another group can be added."""
        return len(self.boxes) <= MOST_GROUPS

    def filter(self, actor: Actor) -> Filter | None:
        """Give the filter, or nothing: then each condition says what is wrong with it."""
        for row in self.rows:
            try:
                if OPERATORS[row.operator] and not row.value:
                    raise refusal(_("Fill in a value."))
                kinds.check(actor, self.fields, Filter((row.condition(),)))
            except InvalidInput as error:
                row.problem = " ".join(
                    str(reason) for reasons in error.problems.values() for reason in reasons
                )
        if self.problem or any(row.problem for row in self.rows):
            return None
        items: list[Condition | Group] = [row.condition() for row in self.boxes[0].rows]
        items += [
            make_group([row.condition() for row in box.rows], any=box.any)
            for box in self.boxes[1:]
            if box.rows
        ]
        return make(items, any=self.boxes[0].any)


def allowed(actor: Actor, fields: Mapping[str, Field]) -> dict[str, Field]:
    """Give the fields that this actor may filter by."""
    return {key: one for key, one in fields.items() if not one.right or actor.may(one.right)}


def opened(fields: Mapping[str, Field], asked: Filter) -> Form:
    """Give the form of a filter; one without conditions begins with an empty condition."""
    boxes = [Box(0, asked.any)]
    number = 0
    for item in asked.items:
        own = item.items if isinstance(item, Group) else (item,)
        box = boxes[0]
        if isinstance(item, Group):
            box = Box(len(boxes), item.any)
            boxes.append(box)
        for one in own:
            found = fields.get(one.field)
            if found is not None and one.operator in found.offered:
                box.rows.append(Row(number, found, one.operator, one.value, box.number))
                number += 1
    form = Form(fields, boxes)
    if not number:
        _add(form, 0)
    return form


def sent(fields: Mapping[str, Field], data: Mapping[str, str]) -> Form:
    """Read the form as it was sent; what it asks for (``add``, ``group``, ``remove``) is done."""
    form = Form(fields, [Box(0, data.get("a0") == "any")])
    for name in sorted((key for key in data if _NUMBERED.fullmatch(key)), key=lambda key: int(key[1:])):
        found = fields.get(data[name])
        if found is None:
            # Left out in silence, the filter would leave more than was asked for.
            form.problem = _("“%(value)s” is no field to filter by.") % {"value": data[name][:40]}
            continue
        if sum(1 for _row in form.rows) >= MOST_CONDITIONS:
            form.problem = _("A filter has at most %(most)d conditions.") % {"most": MOST_CONDITIONS}
            continue
        number = name[1:]
        operator = data.get(f"o{number}", "")
        if operator not in found.offered:
            operator = found.offered[0]
        value = clean(data.get(f"v{number}", "")[:MOST_VALUE])
        box = _box(form, data.get(f"g{number}", ""), data)
        row = Row(0, found, operator, value, box.number)
        # A value of what was chosen before means nothing here.
        if row.choices and value not in {str(key) for key, _label in row.choices}:
            row.value = ""
        box.rows.append(row)
    for place, row in enumerate(form.rows):
        row.number = place
    _do(form, data)
    return form


def _box(form: Form, text: str, data: Mapping[str, str]) -> Box:
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0
    while len(form.boxes) <= min(wanted, MOST_GROUPS):
        number = len(form.boxes)
        form.boxes.append(Box(number, data.get(f"a{number}") == "any"))
    return form.boxes[min(wanted, MOST_GROUPS)]


def _do(form: Form, data: Mapping[str, str]) -> None:
    remove, add = data.get("remove", ""), data.get("add", "")
    if remove.isdecimal():
        for box in form.boxes:
            box.rows = [row for row in box.rows if str(row.number) != remove]
        form.said = _("Condition removed.")
        rows = list(form.rows)
        if rows:
            rows[-1].focus = True
    elif data.get("group") and form.may_group:
        form.boxes.append(Box(len(form.boxes), any=not form.boxes[0].any))
        _add(form, len(form.boxes) - 1)
        form.said = _("Group added.")
    elif add.isdecimal() and len(add) < 4 and int(add) < len(form.boxes):
        _add(form, int(add))
        form.said = _("Condition added.")
    # A group that lost its last condition is no group; the others keep their order.
    form.boxes = [box for box in form.boxes if box.rows or not box.number]
    place = 0
    for number, box in enumerate(form.boxes):
        box.number = number
        for row in box.rows:
            row.group, row.number, place = number, place, place + 1
    if not place:
        _add(form, 0)


def _add(form: Form, group: int) -> None:
    count = sum(1 for _row in form.rows)
    if count >= MOST_CONDITIONS or not form.fields:
        form.problem = _("A filter has at most %(most)d conditions.") % {"most": MOST_CONDITIONS}
        return
    first = next(iter(form.fields.values()))
    form.boxes[group].rows.append(Row(count, first, first.offered[0], "", group, focus=True))

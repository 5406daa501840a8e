"""What belongs to a customer says here how it moves when customers are merged. The merging itself is a domain above.

Every model with a key to the customer is declared by its own package, in its ``apps.py``; a house test finds those that
are not. How it moves back needs no words where the history knows it; ``undo`` is for what has no history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from klantenbeheer.foundation.audit.models import Action, Audited, remove, write
from klantenbeheer.foundation.audit.sets import change_many
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry

from .models import Customer
from .permissions import CUSTOMERS


@dataclass(frozen=True, slots=True)
class Option:
    """What one customer has for a choice: its words, and the text that tells whether two have the same."""

    customer_id: int
    text: str
    same_as: str = ""

    @property
    def value(self) -> str:
        """What is compared."""
        return self.same_as or self.text


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the screen on which is chosen whose value survives; ``proposed`` is a customer's key.

    ``right`` is that of who may see it, and at the level of editing of who may choose; else it is as proposed.
    """

    name: str
    label: Any
    options: tuple[Option, ...]
    proposed: int
    right: str = CUSTOMERS
    group: Any = ""

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return len({option.value for option in self.options}) > 1

    def may_choose(self, actor: Actor) -> bool:
        """Say whether the actor may choose at all."""
        return actor.may(self.right, Level.EDIT)


def choice(
    name: str, label: Any, options: Sequence[Option], *, right: str = CUSTOMERS, group: Any = ""
) -> Choice:
    """Make a choice of what each has, the survivor first: proposed is the first who has anything."""
    proposed = next((one.customer_id for one in options if one.value), options[0].customer_id)
    return Choice(name, label, tuple(options), proposed, right, group)


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that does not survive: kept with the merge, and shown to who has ``right``."""

    customer_id: int
    label: str
    text: str
    right: str

    def stored(self) -> list[Any]:
        """Give it as JSON keeps it."""
        return [self.customer_id, self.label, self.text, self.right]


@dataclass(slots=True)
class Merging:
    """One merge under way, inside its action: who stays, who goes into him (in order of key), what was chosen.

    ``chosen`` maps the name of a choice to the key of a customer, or a box to '1'. ``kept`` is what undoing needs of
    records without history, by model; it is stored as JSON.
    """

    actor: Actor
    action: Action
    survivor: Customer
    others: list[Customer]
    chosen: Mapping[str, str]
    lost: list[Lost] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> list[int]:
        """The keys of those who go."""
        return [customer.pk for customer in self.others]

    @property
    def everybody(self) -> list[Customer]:
        """All of them, the survivor first."""
        return [self.survivor, *self.others]

    def pick(self, asked: Choice) -> int:
        """Give whose value was chosen: what the actor may not change, and what was not asked, is as proposed.

        What does not survive and differs is noted as lost.
        """
        typed = self.chosen.get(asked.name, "")
        allowed = {str(option.customer_id) for option in asked.options}
        free = asked.may_choose(self.actor)
        taken = int(typed) if free and typed in allowed else asked.proposed
        kept = next(option for option in asked.options if option.customer_id == taken)
        for option in asked.options:
            if option.value and option.value != kept.value:
                self.lose(option.customer_id, asked.label, option.text, asked.right)
        return taken

    def lose(self, customer_id: int, label: Any, text: str, right: str = CUSTOMERS) -> None:
        """Note a value that does not survive."""
        self.lost.append(Lost(customer_id, str(label), text[:2000], right))


@dataclass(slots=True)
class Unmerging:
    """A merge that is being undone, inside the action that undoes it; everything with history is back already."""

    actor: Actor
    survivor: Customer
    others: list[Customer]
    kept: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Belonging:
    """How the records of one model move. ``label`` is the word for many of them, in the preview.

    ``move`` writes, ``lines`` gives what there is to choose, ``undo`` brings back what has no history. ``right`` is
    that of who may know of the records.
    """

    model: str
    label: Any
    right: str
    order: int
    move: Callable[[Merging], None]
    lines: Callable[[Actor, Sequence[Customer]], list[Choice]] | None = None
    undo: Callable[[Unmerging], None] | None = None
    # The column with the customer; what is counted for the preview is what those who go have there.
    column: str = "customer_id"
    counted: bool = True

    def model_class(self) -> Any:
        """The model."""
        return apps.get_model(self.model)

    def count(self, keys: Sequence[int]) -> int:
        """Say how many records these customers have."""
        rows = self.model_class()._base_manager.filter(**{f"{self.column}__in": list(keys)})
        return int(rows.count())


BELONGINGS: Registry[Belonging] = Registry(
    "belongings", Belonging, key=lambda one: one.model, order=lambda one: (one.order, one.model)
)


def register(belonging: Belonging) -> None:
    """Declare how a model moves. Called from an ``apps.py``."""
    BELONGINGS.register(belonging)


def move_rows(model: Any, merging: Merging) -> None:
    """Give all records of those who go to the survivor, each with a version."""
    keys = list(
        model._base_manager.filter(customer_id__in=merging.keys).order_by("pk").values_list("pk", flat=True)
    )
    if keys:
        change_many(model, keys, {"customer_id": merging.survivor.pk})


def rows(model: str, label: Any, right: str, order: int) -> None:
    """Declare records of which a customer may have any number: all of them move."""
    register(Belonging(model, label, right, order, lambda merging: move_rows(apps.get_model(model), merging)))


def stays(model: str, label: Any, right: str, order: int) -> None:
    """Declare records that are never changed (evidence): they keep the old key, and the survivor shows them too."""
    register(Belonging(model, label, right, order, lambda _merging: None, counted=True))


def move_unique(model: Any, merging: Merging, key: Callable[[Any], Any]) -> None:
    """Give the survivor the records that he has none like (by ``key``) yet; doubles go, with a last version."""
    known = {key(record) for record in model._base_manager.filter(customer_id=merging.survivor.pk)}
    moving: list[int] = []
    doubles: list[Audited] = []
    for record in model._base_manager.filter(customer_id__in=merging.keys).order_by("pk"):
        if key(record) in known:
            doubles.append(record)
        else:
            known.add(key(record))
            moving.append(record.pk)
    remove(doubles)
    if moving:
        change_many(model, moving, {"customer_id": merging.survivor.pk})


def fold(
    merging: Merging,
    found: Mapping[int, Audited],
    taken: Mapping[str, Any],
) -> Audited | None:
    """Make one record of those that each customer has at most one of (``found`` by customer): with ``taken``.

    The survivor's own record is changed, or the first of the others moves; the rest goes, with a last version. Gives
    the record that stands, or nothing.
    """
    holders = [customer.pk for customer in merging.everybody if customer.pk in found]
    if not holders:
        return None
    record = found[holders[0]]
    remove([found[key] for key in holders[1:]])
    changes = {**taken, "customer_id": merging.survivor.pk}
    if any(getattr(record, name) != value for name, value in changes.items()):
        for name, value in changes.items():
            setattr(record, name, value)
        record.version += 1
        write([record], new=False)
    return record


def drop_rows(model: type[models.Model], merging: Merging) -> None:
    """Remove records without history that only follow from others; kept as they are, for undoing."""
    gone = list(model._base_manager.filter(customer_id__in=[one.pk for one in merging.everybody]).values())
    merging.kept[model._meta.label_lower] = [_plain(row) for row in gone]
    model._base_manager.filter(customer_id__in=merging.keys).delete()


def undo_dropped(model: type[models.Model], undoing: Unmerging) -> None:
    """Bring back what :func:`drop_rows` removed; the survivor's own are as they were too."""
    known = {one.pk for one in [undoing.survivor, *undoing.others]}
    model._base_manager.filter(customer_id__in=list(known)).delete()
    for row in undoing.kept.get(model._meta.label_lower, []):
        values = {
            column.attname: column.to_python(row[column.attname])
            for column in model._meta.concrete_fields
            if column.attname in row
        }
        model._base_manager.create(**values)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, (int, str, bool, type(None))) else str(value)
        for name, value in row.items()
    }

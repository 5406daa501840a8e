"""The customer as he was beside the customer as he is: every record and field that the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.card.tabs import CardRequest
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.past import versions_at_both
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput

from . import selectors
from .telling import Change, at_hand, lines_of, targets_of, title_of


@dataclass(frozen=True, slots=True)
class Line:
    """One field then and now."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether it is another value now."""
        return self.then != self.now

    @property
    def change(self) -> Change:
        """The difference, word by word."""
        return Change(self.label, self.then, self.now, is_text=True)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: ``state`` is 'both', 'then' (it is gone) or 'now' (it came later)."""

    kind: str
    title: str
    state: str
    lines: list[Line]

    @property
    def differs(self) -> bool:
        """Whether anything of it does."""
        return self.state != "both" or any(line.differs for line in self.lines)


def compared(actor: Actor, customer: Customer, at: datetime) -> list[Record]:
    """Give every record that was there then or is there now. One query per kind, whatever their number."""
    found: list[Record] = []
    now = timezone.now()
    pairs = []
    for model in _in_order(actor):
        held = versions_at_both(model, customer.pk, at, now)
        pairs.append((model, _by_key(held[0]), _by_key(held[1])))
    rows = [row for _model, then, today in pairs for row in (*then.values(), *today.values())]
    targets = targets_of(rows, at_hand(customer))
    for model, then, today in pairs:
        for key in sorted({*then, *today}):
            old, new = then.get(key), today.get(key)
            lines = _lines(lines_of(old, targets) if old else [], lines_of(new, targets) if new else [])
            state = "both" if old and new else "then" if old else "now"
            title = title_of(new or old, targets) if model.audit_kind != "customer" else ""
            found.append(Record(str(model.audit_label), title, state, lines))
    return found


def _in_order(actor: Actor) -> list[Any]:
    seen = selectors.models(actor)
    return [seen[kind] for kind in selectors.kind_labels(actor)]


def _by_key(rows: list[Any]) -> dict[int, Any]:
    return {row.id: row for row in rows}


def _lines(then: list[tuple[str, str, str]], now: list[tuple[str, str, str]]) -> list[Line]:
    labels = {name: label for name, label, _text in (*then, *now)}
    old = {name: text for name, _label, text in then}
    new = {name: text for name, _label, text in now}
    lines = [Line(label, old.get(name, ""), new.get(name, "")) for name, label in labels.items()]
    return [line for line in lines if line.then or line.now]


def show(card: CardRequest) -> HttpResponse:
    """Then and now side by side; ``?only=1`` leaves out what is the same. Raises ``InvalidInput`` without a moment."""
    if card.at is None:
        raise InvalidInput({"at": [_("Say which moment to compare with.")]})
    records = compared(card.actor, card.customer, card.at)
    only = card.request.GET.get("only") == "1"
    different = [record for record in records if record.differs]
    context = {
        "card": card, "records": different if only else records, "only": only, "different": len(different),
        "moment": card.request.GET.get("at", ""),
    }  # fmt: skip
    return HttpResponse(render_to_string("history/compare.html", context, card.request))

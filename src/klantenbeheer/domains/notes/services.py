"""Writing notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.customers import owned
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean_lines

from .models import Note

RIGHT = "tab.notes"
LONGEST = 20_000


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    text = clean_lines(str(values.get("text") or ""))
    if not text:
        raise InvalidInput({"text": [_("Write something first.")]})
    if len(text) > LONGEST:
        raise InvalidInput(
            {
                "text": [
                    _("The note has %(length)d characters; at most %(most)d fit.")
                    % {"length": len(text), "most": LONGEST}
                ]
            }
        )
    return {"text": text, "pinned": bool(values.get("pinned")), "important": bool(values.get("important"))}


def note_create(*, actor: Actor, customer: Customer, values: Mapping[str, Any]) -> Note:
    """Write a note. Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``."""
    owned.require(actor, RIGHT)
    return owned.create(
        Note,
        actor=actor,
        right=RIGHT,
        customer_id=customer.pk,
        values={**_clean(values), "author_id": actor.user_id, "author_label": actor.label[:120]},
    )


def note_update(*, actor: Actor, record: Note, version: int, values: Mapping[str, Any]) -> Note:
    """Change a note; raises ``StaleVersion``."""
    owned.require(actor, RIGHT)
    return owned.update(
        Note, actor=actor, right=RIGHT, record_id=record.pk, version=version, values=_clean(values)
    )


def note_delete(*, actor: Actor, record: Note) -> None:
    """Delete a note; can be put back."""
    owned.delete(Note, actor=actor, right=RIGHT, record_id=record.pk)

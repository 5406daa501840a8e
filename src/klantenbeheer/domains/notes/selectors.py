"""Reading notes."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, QuerySet
from django.utils.text import Truncator

from klantenbeheer.card.tabs import Warning
from klantenbeheer.card.warned import Found, Narrow
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.owned import records_of
from klantenbeheer.kernel.actors import Actor

from .models import Note


def notes_of(customer: Customer) -> list[Note]:
    """Give the notes: pinned first, then the newest."""
    return records_of(Note, customer)


def note_count(customer: Customer) -> int:
    """Give how many notes there are."""
    return Note.objects.filter(customer=customer).count()


def warnings(actor: Actor, customer: Customer) -> list[Warning]:
    """Warn in the card's head with the first line of each important note."""
    if customer.as_of is None:
        texts = list(
            Note.objects.filter(customer=customer, important=True).values_list("text", flat=True)[:3]
        )
    else:
        texts = [note.text for note in notes_of(customer) if note.important][:3]
    url = f"/customers/{customer.number}/notes/"
    return [Warning(first_line(text), url=url) for text in texts]


def first_line(text: str) -> str:
    """Give the first line of a note without its marks, shortened."""
    return Truncator(text.strip().split("\n")[0].strip("#*_ ")).chars(80)


def important() -> QuerySet[Any]:
    """Give the notes that warn."""
    notes: QuerySet[Any] = Note.objects.filter(important=True)
    return notes


def with_important(narrow: Narrow, most: int) -> list[Found]:
    """Give the newest customers with an important note, each with the first line of its last one. Two queries."""
    notes = narrow(important())
    last = list(notes.order_by("-customer_id").values("customer_id").annotate(last=Max("id"))[:most])
    texts = dict(Note.objects.filter(pk__in=[row["last"] for row in last]).values_list("customer_id", "text"))
    return [Found(key, first_line(texts[key])) for row in last if (key := row["customer_id"]) in texts]

"""Reading notes."""

from __future__ import annotations

from django.utils.text import Truncator

from klantenbeheer.card.tabs import Warning
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
    lines = (text.strip().split("\n")[0].strip("#*_ ") for text in texts)
    url = f"/customers/{customer.number}/notes/"
    return [Warning(Truncator(line).chars(80), url=url) for line in lines]

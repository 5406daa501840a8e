"""What the card offers to do about a value, with the reason: one click takes it. Domains above supply them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Offer:
    """``text`` says what would be done, ``reason`` why. Both addresses take a POST; ``leave_url`` may be empty."""

    text: str
    reason: str
    take_url: str
    leave_url: str = ""

    @property
    def answers(self) -> list[tuple[Any, str, str]]:
        """The buttons: word, icon, address."""
        found = [(_("Take over"), "check", self.take_url)]
        return [*found, (_("Leave it"), "close", self.leave_url)] if self.leave_url else found


Source = Callable[[Actor, Customer], Offer | None]
_sources: list[Source] = []


def register_offer(source: Source) -> None:
    """Let a domain offer something in the card's head to who may change the customer. One query at most."""
    _sources.append(source)


def offers_for(actor: Actor, customer: Customer) -> list[Offer]:
    """Give what is offered on this customer."""
    return [offer for source in _sources if (offer := source(actor, customer)) is not None]

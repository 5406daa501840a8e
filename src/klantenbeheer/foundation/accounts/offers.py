"""What else can be done with an account: parts above this floor add their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class AccountOffer:
    """A dialog on the page of an account. ``url`` holds ``{user}``; ``right`` at edit level is what it needs."""

    key: str
    label: Any
    url: str
    right: str
    icon: str
    order: int


OFFERS: Registry[AccountOffer] = Registry(
    "account offers", AccountOffer, key=lambda offer: offer.key, order=lambda offer: (offer.order, offer.key)
)


def offers_for(actor: Actor, user: User) -> list[tuple[AccountOffer, str]]:
    """Give what this actor may do with this account, each with its address; nothing with one's own."""
    if actor.user_id == user.pk:
        return []
    return [(offer, offer.url.format(user=user.pk)) for offer in OFFERS if actor.may(offer.right, Level.EDIT)]

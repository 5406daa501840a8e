"""Ending an account and handing over what was its: previewed, done as one action; undone as every action is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.customers.bulk import customers_move
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import require_edit
from klantenbeheer.domains.territories.services import Spell, spells_hand_over, spells_of
from klantenbeheer.foundation.access.changes import changing
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import invitations, sessions, tokens
from klantenbeheer.foundation.accounts.models import ApiToken
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.foundation.audit.sets import BATCH
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused

from .models import Departure

RIGHT = "administration"
LEAVE = "user.leave"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves, who gets what was his (nobody: it stays in his name), and from when he sells in the territories."""

    user: int
    successor: int | None
    since: date

    def stored(self) -> dict[str, Any]:
        """Give it as a job's parameters."""
        return asdict(self) | {"since": self.since.isoformat()}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Leaving:
        """Give it back from a job's parameters."""
        return cls(stored["user"], stored["successor"], date.fromisoformat(stored["since"]))


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen, in numbers. ``spells`` are the times in territories, as salesperson and as deputy."""

    customers: int
    selling: list[Spell]
    deputising: list[Spell]
    sessions: int
    tokens: int


def require(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may administer accounts and change what is handed over."""
    if not actor.may(RIGHT, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=RIGHT)
    require_edit(actor)


def leaver(actor: Actor, user_id: int) -> User:
    """Give who could leave. Raises ``NotFound``, and ``Refused`` for oneself, who left already, the last manager."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("This account does not exist."))
    if user.pk == actor.user_id:
        raise Refused(_("You cannot end your own account; another application manager can."), code="own")
    if not user.is_active:
        raise Refused(_("“%(name)s” has left already.") % {"name": user}, code="left")
    managers = User.objects.filter(roles__is_manager=True, is_active=True)
    if managers.filter(pk=user.pk).exists() and not managers.exclude(pk=user.pk).exists():
        raise Refused(_("This is the last application manager."), code="last_manager")
    return user


def _his(actor: Actor, user_id: int) -> QuerySet[Any]:
    return Customer.objects.visible_to(actor).filter(salesperson_id=user_id)


def preview(actor: Actor, leaving: Leaving) -> Preview:
    """Say what :func:`leave` would do, and do nothing. Raises as :func:`leave`."""
    require(actor)
    user = leaver(actor, leaving.user)
    spells = spells_of(leaving.user, leaving.since)
    found = Preview(
        _his(actor, leaving.user).count(),
        [spell for spell in spells if spell.selling],
        [spell for spell in spells if not spell.selling],
        sessions.of(user).count(),
        ApiToken.objects.filter(user=user, revoked_at=None).count(),
    )
    _successor(leaving)
    return found


def _successor(leaving: Leaving) -> User | None:
    if leaving.successor is None:
        return None
    found = User.objects.filter(pk=leaving.successor, is_active=True, is_salesperson=True).first()
    if found is None or found.pk == leaving.user:
        raise InvalidInput({"successor": [_("Choose another colleague, who is active and a salesperson.")]})
    return found


def steps(actor: Actor, leaving: Leaving) -> Iterator[list[int]]:
    """Give the customers that go over, a batch at a time; who went is not given again."""
    while keys := list(_his(actor, leaving.user).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield keys


def begin(actor: Actor, leaving: Leaving) -> Departure:
    """End the account and hand the territories over, inside the action at hand. Raises as :func:`leave`."""
    user = User.objects.select_for_update().get(pk=leaver(actor, leaving.user).pk)
    successor = _successor(leaving)
    departure = Departure(user=user, successor=successor, since=leaving.since)
    write([departure], new=True)
    account_end(actor, user)
    if successor is not None:
        spells_hand_over(leaving.user, successor, leaving.since)
    return departure


def account_end(actor: Actor, user: User) -> None:
    """Close an account with all that opens it, inside the action at hand."""
    _activate(actor, user, active=False)
    sessions.end(user)
    tokens.revoke_all_of(user)
    invitations.withdraw_all_of(user)


def account_open(actor: Actor, user: User) -> None:
    """Open an account again, inside the action at hand; sessions, tokens and invitations stay ended."""
    _activate(actor, user, active=True)


def _activate(actor: Actor, user: User, *, active: bool) -> None:
    with changing(actor, LEAVE, user=user) as told:
        told["is_active"] = (user.is_active, active)
        if user.is_active != active:
            user.is_active = active
            user.version += 1
            user.save(update_fields=["is_active", "version"])


def hand_over(actor: Actor, leaving: Leaving, keys: list[int]) -> None:
    """Give these customers to the successor, inside the action at hand."""
    customers_move(actor=actor, keys=keys, values={"salesperson_id": leaving.successor})


def leave(*, actor: Actor, leaving: Leaving) -> tuple[Departure, int]:
    """Do all of it in one transaction; gives the departure and how many customers went over.

    Raises ``InvalidInput`` at ``successor``, ``Refused``, ``NotFound``, ``NotAllowed``. For many there is a job.
    """
    require(actor)
    moved = 0
    with acting(actor, LEAVE, reason=title_of(leaving)):
        departure = begin(actor, leaving)
        if leaving.successor is not None:
            for keys in steps(actor, leaving):
                hand_over(actor, leaving, keys)
                moved += len(keys)
    return departure, moved


def title_of(leaving: Leaving) -> str:
    """Give the words for the history and the list of jobs."""
    names = {
        user.pk: str(user) for user in User.objects.filter(pk__in=[leaving.user, leaving.successor or 0])
    }
    return f"{names.get(leaving.user, '–')} → {names.get(leaving.successor or 0, '–')}"

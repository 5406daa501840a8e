"""Which lists there are, and what each says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotAllowed, NotFound
from klantenbeheer.kernel.registry import Registry

from .columns import Column
from .fields import Field

if TYPE_CHECKING:
    from .models import ListFile


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list. ``right`` is asked of everybody who opens it, or sets anything of it.

    ``columns`` and ``fields`` give all there are for an actor; ``clean`` takes the parameters of an address and gives
    those that the list knows, as it writes them, raising ``InvalidInput``.
    """

    key: str
    label: Any
    url: str
    right: str
    columns: Callable[[Actor], Sequence[Column]]
    fields: Callable[[Actor], Mapping[str, Field]]
    clean: Callable[[Actor, Mapping[str, str]], dict[str, str]]
    # Makes a file of what is shown, and says how far it is; with the right that it asks.
    write: Callable[[Actor, ListFile, Path, Callable[[int], None]], int]
    export_right: str

    def require(self, actor: Actor) -> None:
        """Raise ``NotAllowed`` for who may not open the list."""
        if not actor.may(self.right):
            raise NotAllowed(_("You may not do this."), right=self.right)


LISTS: Registry[ListKind] = Registry("lists", ListKind, key=lambda kind: kind.key)


def list_of(key: str, actor: Actor) -> ListKind:
    """Give a list that the actor may open. Raises ``NotFound``, ``NotAllowed``."""
    if key not in LISTS:
        raise NotFound(_("There is no such list."))
    kind = LISTS.get(key)
    kind.require(actor)
    return kind

"""The blocks of the start page. Each part registers its own in its ``apps.py``; this floor knows none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.registry import Registry

MOST = 8


@dataclass(frozen=True, slots=True)
class Chip:
    """A word with a tone beside a line."""

    text: Any
    tone: str = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block."""

    label: Any
    url: str
    detail: Any = ""
    chips: tuple[Chip, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a block is made, and the numbers of the customers that the browser says were opened lately."""

    actor: Actor
    recent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """The way to the whole of it."""

    label: Any
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """A short list. ``lines`` asks a fixed number of questions and gives at most :data:`MOST` lines of what the actor
    may see; ``empty`` says what would stand here and ``first`` is the first step towards it. ``links`` lead to all of
    it. ``remembered``: what the browser remembers is needed, so the block comes in a second request.
    """

    key: str
    label: Any
    icon: str
    order: int
    lines: Callable[[Asked], Sequence[Line]]
    empty: Any
    right: str = ""
    links: Callable[[Actor], Sequence[Link]] = lambda actor: ()
    first: Callable[[Actor], Link | None] = lambda actor: None
    remembered: bool = False


BLOCKS: Registry[Block] = Registry(
    "blocks of the start page",
    Block,
    key=lambda block: block.key,
    order=lambda block: (block.order, block.key),
)


def register_block(block: Block) -> Block:
    """Put a block on the start page. Called from an ``apps.py``."""
    return BLOCKS.register(block)


def blocks_for(actor: Actor) -> list[Block]:
    """Give the blocks that this actor has, in order."""
    return [block for block in BLOCKS if not block.right or actor.may(block.right)]

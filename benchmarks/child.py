"""A measured process of its own: ``python -m benchmarks.child TASK [ARGUMENT]…`` prints its findings as JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django


def _prepare(_arguments: list[str]) -> None:
    from django.core.management import call_command

    from klantenbeheer.config import bootstrap
    from klantenbeheer.foundation.access.models import Role, User

    from .samples import USER

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    bootstrap.ensure_roles()
    if not User.objects.filter(username=USER).exists():
        user = User.objects.create_user(USER, None, full_name="Meting")
        user.roles.add(Role.objects.get(key="sales"))


def _read(arguments: list[str]) -> None:
    """Run the parts that look and write one by one; ``arguments``: the size, then the parts."""
    from . import card, listing, palette, searching, timeline, weights, writing
    from .importing import tell

    size, *parts = arguments
    for name, module in (
        ("weights", weights),
        ("search", searching),
        ("card", card),
        ("list", listing),
        ("palette", palette),
        ("timeline", timeline),
        ("write", writing),
    ):
        if name in parts:
            for row in module.measure(int(size)):
                tell(asdict(row))


def _tasks() -> dict[str, Callable[[list[str]], Any]]:
    from . import bulk_edit, duplicates, importing

    return {
        "prepare": _prepare,
        "read": _read,
        "file": lambda a: importing.write_file(Path(a[0]), int(a[1]), int(a[2])),
        "demo": lambda a: importing.demo(int(a[0])),
        "import": lambda a: importing.bring_in(Path(a[0])),
        "copy": lambda a: importing.copy_last(int(a[0])),
        "export": lambda a: importing.export(Path(a[0])),
        "bulk": lambda a: bulk_edit.change(),
        "duplicates": lambda a: duplicates.find(),
        "knock": lambda a: importing.knock(float(a[0])),
    }


def main(arguments: list[str]) -> None:
    """Run one task."""
    django.setup()
    from .importing import tell

    name, *rest = arguments
    found = _tasks()[name](rest)
    if found is not None:
        tell(found)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Compile the translations (``.po``) to what Django reads (``.mo``); skips what is up to date.

Run with the project's Python: it uses babel, so no gettext programs are needed to run the product.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parent.parent / "src"


def compile_catalogue(po: Path) -> list[str]:
    """Write the ``.mo`` next to this ``.po`` and give the messages whose placeholders are wrong."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.parent.name, domain=po.stem)
    problems = [
        f"{po.relative_to(SOURCE)}: {message.id!r}: {error}"
        for message, errors in catalogue.check()
        for error in errors
    ]
    if not problems:
        # Written aside and moved, so that a running server never reads half a file.
        half = po.with_suffix(".mo.half")
        with half.open("wb") as file:
            write_mo(file, catalogue)
        os.replace(half, po.with_suffix(".mo"))
    return problems


def main() -> None:
    """Compile every changed catalogue; raises ``SystemExit`` naming the messages that are wrong."""
    problems: list[str] = []
    for po in sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime_ns <= po.stat().st_mtime_ns:
            problems += compile_catalogue(po)
    if problems:
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()

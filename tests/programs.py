"""Where the programs that the tests drive are on this machine. Standard library only: setting up reads it too."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def find_chromium() -> Path | None:
    """Give the browser: ``CHROMIUM`` when set, else the first one on the path, else nothing.

    The shell without windows before the browser for people: that one, when the machine is busy, sometimes never
    answers when a window is to be closed.
    """
    for name in (
        os.environ.get("CHROMIUM"),
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ):
        if name and (found := shutil.which(name)):
            return Path(found)
    return None


def find_postgres() -> Path | None:
    """Give the folder with ``initdb`` and ``postgres``: on the path, else Debian's newest, else nothing."""
    candidates = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    for folder in candidates:
        if all(
            os.access(folder / program, os.X_OK)
            for program in ("initdb", "postgres", "pg_isready", "createdb")
        ):
            return folder
    return None

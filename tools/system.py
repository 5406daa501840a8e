"""See to it that the programs the tests drive are there: a browser, PostgreSQL, gettext, a library.

As root on Debian or Ubuntu what is missing is installed with apt; elsewhere one line says what to install.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.programs import find_chromium, find_postgres  # noqa: E402 - the path must be known first


def loads(library: str) -> bool:
    """Tell whether a shared library is there."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing() -> "list[str]":
    """Give the Debian packages whose programs are not found."""
    found = {
        "chromium-headless-shell": find_chromium(),
        "postgresql": find_postgres(),
        "gettext": shutil.which("msgfmt"),
        # The Node inside Playwright's package loads it, and a machine without a compiler may not have it.
        "libatomic1": loads("libatomic.so.1") or not sys.platform.startswith("linux"),
    }
    return [package for package, program in found.items() if not program]


def main() -> None:
    """Install what is missing, or raise ``SystemExit`` with one line that names it."""
    packages = missing()
    if not packages:
        return
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        raise SystemExit(
            f"The tests need: {', '.join(packages)}. On Debian: apt-get install {' '.join(packages)}"
        )
    print(f"installing {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", *packages], env=environment, check=True)
    if packages := missing():
        raise SystemExit(f"Installed, and still not found: {', '.join(packages)}.")


if __name__ == "__main__":
    main()

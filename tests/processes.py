"""Real processes of the product on the database of a test: to be killed, or to run at the same time."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.db import connection

T = TypeVar("T")
PATIENCE = 60.0


def database_url() -> str:
    """Give the address of the database that the test at hand works in."""
    values: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    password = quote(values["PASSWORD"], safe="")
    return f"postgres://{values['USER']}:{password}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a process that shares the test's database and files."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "klantenbeheer.config.settings.test",
        "KLANTENBEHEER_TEST_DATA": str(settings.DATA),
        **more,
    }


@contextlib.contextmanager
def started(*words: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python words…`` in a group of its own; whatever of the group is left at the end is killed."""
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=Path(__file__).parents[1],
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)
        if process.stdout:
            process.stdout.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all of its group, without a chance to say goodbye."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def console(*words: str) -> tuple[str, ...]:
    """Give the words that run the console command ``klantenbeheer``."""
    return ("-m", "klantenbeheer.config.console", *words)


def until(look: Callable[[], T | None], *, pause: float = 0.01) -> T:
    """Give the first true answer of ``look``; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := look()):
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(pause)
    return answer


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Say whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""Serving: the web server and a worker, kept alive by one supervisor."""

from __future__ import annotations

import ctypes
import ipaddress
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from klantenbeheer.config import bootstrap
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.errors import Refused
from klantenbeheer.kernel.sqlite import is_repaired

_DIE_WITH_PARENT = 1  # prctl(PR_SET_PDEATHSIG)


def _follow_parent() -> None:
    # Killed without a chance to stop its children, the supervisor must not leave servers on the port.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, which may lead anywhere
        return False


def require_safe(host: str) -> None:
    """Raise ``Refused`` for a demo beyond this machine, and for an SQLite that can corrupt a shared database."""
    if settings.DEMO and not _is_loopback(host):
        raise Refused(
            _("The demonstration serves this machine only (127.0.0.1), not “%(host)s”; for use by others set "
              "KLANTENBEHEER_MODE=production.") % {"host": host}
        )  # fmt: skip
    if connection.vendor == "sqlite" and not is_repaired(sqlite3.sqlite_version_info):
        raise Refused(
            _("SQLite %(version)s can corrupt a database that several processes write; take a newer one.")
            % {"version": sqlite3.sqlite_version}
        )


def require_free(host: str, port: int) -> None:
    """Raise ``Refused`` when somebody listens there: both would share the port, each getting half of the visitors."""
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                raise Refused(
                    _("Port %(port)d of %(host)s cannot be served on (%(why)s); choose another with PORT.")
                    % {"port": port, "host": host, "why": error.strerror}
                ) from error


def prepare() -> None:
    """Bring the database up to date, collect the static files; in demo mode also accounts and customers."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    bootstrap.ensure_roles()
    if settings.DEMO:
        password = bootstrap.ensure_demo_accounts()
        if not Customer.objects.exists():
            from klantenbeheer.config.demo import load
            from klantenbeheer.config.demo_regions import load_regions

            load(250, 1)
            load_regions()
        accounts = ", ".join(username for username, *_rest in bootstrap.DEMO_ACCOUNTS)
        print(
            _("Demonstration accounts: %(accounts)s. Password: %(password)s")
            % {"accounts": accounts, "password": password},
            flush=True,
        )


def serve(host: str, port: int, *, worker: bool) -> int:
    """Serve until told to stop; a worker that dies is started again. Gives the exit code."""
    require_safe(host)
    require_free(host, port)
    prepare()
    connection.close()
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--backpressure", "32", "--no-ws",
            "--respawn-failed-workers", "--log-level", "warning", "klantenbeheer.config.wsgi:application",
        ],
        preexec_fn=_follow_parent,
    )  # fmt: skip
    shown = f"[{host}]" if ":" in host else host
    print(_("Klantenbeheer serves on %(address)s") % {"address": f"http://{shown}:{port}/"}, flush=True)
    helper = _start_worker() if worker else None
    stopping = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping and server.poll() is None:
        time.sleep(0.3)
        if helper is not None and helper.poll() is not None and not stopping:
            time.sleep(1)
            helper = _start_worker()
    for process in (server, helper):
        if process is not None and process.poll() is None:
            process.terminate()
    for process in (server, helper):
        if process is not None:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
    return 0 if stopping else server.returncode or 1


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "klantenbeheer.config.console", "work", "--parent", str(os.getpid())],
        preexec_fn=_follow_parent,
    )

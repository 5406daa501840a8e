"""A private, throw-away PostgreSQL: ``python -m tests.postgres -- command…`` runs a command against one.

The command finds its address in ``DATABASE_URL``. The cluster lives in a temporary folder, listens on a free port of
the loopback address and on a socket in that folder, and is stopped and removed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from tests.programs import find_postgres

NAME = "klantenbeheer"
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
START_SECONDS = 60


class NoPostgres(RuntimeError):
    """PostgreSQL is not installed, or does not start."""


def _account() -> pwd.struct_passwd | None:
    """Give the account to run as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("Running as root, and there is no user postgres to run PostgreSQL as.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Cluster:
    """One cluster in one folder; ``start`` and ``stop`` it."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        programs = find_postgres()
        if programs is None:
            raise NoPostgres("PostgreSQL is not installed. On Debian: apt-get install postgresql")
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.durable = durable
        self.account = _account()
        self.password = secrets.token_hex(16)
        self.port = 0
        self.server: subprocess.Popen[bytes] | None = None

    def _begin(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches us first, and we stop it in order.
        as_account = (
            {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
            if self.account
            else {}
        )
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.programs / program), *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_account,  # type: ignore[call-overload]  # a dictionary of keywords of several types
            )

    def _call(self, program: str, *arguments: str) -> bool:
        return self._begin(program, *arguments).wait() == 0

    def _failed(self, what: str) -> NoPostgres:
        tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        return NoPostgres("\n".join([what, *tail]))

    def start(self) -> str:
        """Make and start the cluster and give its address; raises ``NoPostgres`` with the end of its log."""
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="ascii")
        self.log.touch()
        if self.account:
            for path in (self.folder, secret):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        made = self._call(
            "initdb",
            *("--pgdata", str(self.data), "--username", NAME, "--pwfile", str(secret)),
            *("--encoding", "UTF8", "--locale", "C.UTF-8"),
            # The folder of the socket is closed to others; the port is not, so that asks for the password.
            *("--auth-local", "trust", "--auth-host", "scram-sha-256"),
            *(() if self.durable else ("--no-sync",)),
        )
        if not made:
            raise self._failed("initdb failed:")
        for _attempt in range(3):  # somebody else may take the port between looking and listening
            self.port = _free_port()
            if self._serve():
                break
        else:
            raise self._failed("PostgreSQL does not start:")
        if not self._call("createdb", "-h", str(self.folder), "-p", str(self.port), "-U", NAME, NAME):
            raise self._failed("createdb failed:")
        return f"postgres://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def _serve(self) -> bool:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "timezone": "UTC",
            **({} if self.durable else QUICK),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.server = self._begin("postgres", "-D", str(self.data), *options)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.server.poll() is None:
            if self._call("pg_isready", "-q", "-h", str(self.folder), "-p", str(self.port), "-d", "postgres"):
                return True
            time.sleep(0.1)
        self.stop()
        return False

    def stop(self) -> None:
        """Stop the server that we started, ever less politely."""
        if self.server is None:
            return
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, at once
            if self.server.poll() is None:
                self.server.send_signal(sign)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.server.wait(timeout=20)
        self.server = None


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Give the ``DATABASE_URL`` of a fresh cluster, stopped and removed afterwards.

    ``durable`` writes to disk as in production (for measuring); otherwise a crash may lose everything, which is fine
    for tests. Raises ``NoPostgres`` when it cannot be had.
    """
    folder = Path(tempfile.mkdtemp(prefix="klantenbeheer-pg-"))
    try:
        postgres = _Cluster(folder, durable=durable)
        try:
            yield postgres.start()
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop_on_term(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def main(arguments: list[str]) -> int:
    """Run the command against a fresh cluster and give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("--durable", action="store_true", help="write to disk as in production")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop_on_term)
    try:
        with cluster(durable=options.durable) as url:
            command = subprocess.Popen(options.command, env={**os.environ, "DATABASE_URL": url})
            try:
                return command.wait()
            except KeyboardInterrupt:
                command.wait()  # it got the same Ctrl-C
                return 130
            finally:
                if command.poll() is None:
                    command.terminate()
                    command.wait()
    except NoPostgres as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

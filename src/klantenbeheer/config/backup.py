"""One file with the database and the uploaded files."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from klantenbeheer.kernel.errors import Refused

_SQLITE, _POSTGRESQL = "database.sqlite3", "database.pgdump"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
# PostgreSQL's programs read these; on the command line everybody on the machine would see the password.
_VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
}  # fmt: skip


def _postgresql(name: str, *words: str) -> str:
    """Run one of PostgreSQL's client programs on our database and give what it prints; raises ``Refused``."""
    program = shutil.which(name)
    if program is None:
        raise Refused(
            _("%(name)s is not on the path; install the client programs of PostgreSQL.") % {"name": name}
        )
    parameters = connection.get_connection_params()
    environment = os.environ | {
        variable: str(parameters[key]) for key, variable in _VARIABLES.items() if parameters.get(key)
    }
    done = subprocess.run(
        [program, *words], env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [name])[0]
        raise Refused(_("The database refused: %(why)s") % {"why": why})
    return done.stdout


def backup(path: Path) -> None:
    """Write a consistent copy while others go on working; the file appears only when it is complete.

    Readable by its owner only: it holds everything. Raises ``Refused`` when there is nothing to copy.
    """
    if not _tables():
        raise Refused(_("There is no database to copy yet."))
    with tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=".backup-") as name:
        folder = Path(name)
        archive = folder / "backup.zip"
        archive.touch(mode=0o600)
        # The database before the files: a file comes first, then the record that names it, so none is missing.
        if connection.vendor == "sqlite":
            database = folder / _SQLITE
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(database)])
        else:
            database = folder / _POSTGRESQL
            _postgresql("pg_dump", "--format=custom", f"--file={database}")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
            target.write(database, database.name)
            for file in sorted(Path(settings.FILES).rglob("*")):
                if file.is_file():
                    with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                        target.write(file, f"files/{file.relative_to(settings.FILES).as_posix()}")
        archive.replace(path)


def restore(path: Path) -> None:
    """Put a backup back in an installation without customers, and bring it up to date.

    Everything is checked before anything is changed; the database changes in one step. Raises ``Refused`` for
    what is no backup, is damaged, comes from the other database or a newer version, and when customers exist.
    """
    if not path.is_file():
        raise Refused(_("There is no file %(name)s.") % {"name": path})
    if _has_customers():
        raise Refused(_("This installation holds customers; restore into an empty data folder or database."))
    settings.FILES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".restore-") as name:
        folder = Path(name)
        database = _unpack(path, folder)
        if connection.vendor == "sqlite":
            _restore_sqlite(database)
        else:
            _restore_postgresql(database)
        for file in sorted((folder / "files").rglob("*")):
            if file.is_file():
                target = settings.FILES / file.relative_to(folder / "files")
                target.parent.mkdir(parents=True, exist_ok=True)
                file.replace(target)
    call_command("migrate", verbosity=0)


def _tables() -> set[str]:
    return set(connection.introspection.table_names())


def _has_customers() -> bool:
    if "customers_customer" not in _tables():
        return False
    with connection.cursor() as cursor:  # not through the model: an older database lacks some of its columns
        cursor.execute("SELECT 1 FROM customers_customer LIMIT 1")
        return cursor.fetchone() is not None


def _unpack(path: Path, folder: Path) -> Path:
    """Unpack the whole backup (the check sums are checked on the way) and give the database in it."""
    wanted, other = (_SQLITE, _POSTGRESQL) if connection.vendor == "sqlite" else (_POSTGRESQL, _SQLITE)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if wanted not in names:
                if other in names:
                    raise Refused(_("This backup comes from the other kind of database."))
                raise _no_backup(path)
            for name in names:
                parts = PurePosixPath(name).parts
                if name != wanted and (parts[:1] != ("files",) or ".." in parts or "\\" in name):
                    raise _no_backup(path)
                archive.extract(name, folder)
    except _BROKEN as error:
        raise (_damaged(path) if zipfile.is_zipfile(path) else _no_backup(path)) from error
    return folder / wanted


def _no_backup(path: Path) -> Refused:
    return Refused(_("%(name)s is no backup of Klantenbeheer.") % {"name": path.name})


def _damaged(path: Path) -> Refused:
    return Refused(_("%(name)s is damaged; nothing was restored.") % {"name": path.name})


@contextlib.contextmanager
def _opened(database: Path) -> Iterator[Any]:
    source = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        yield source
    finally:
        source.close()


def _restore_sqlite(database: Path) -> None:
    try:
        with _opened(database) as source:
            if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise _damaged(database)
            tables = {row[0] for row in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"customers_customer", "django_migrations"} <= tables:
                raise _no_backup(database)
            _refuse_newer(set(source.execute("SELECT app, name FROM django_migrations").fetchall()))
            # Page by page into the database as one write: whoever has it open sees the old or the new.
            connection.ensure_connection()
            source.backup(connection.connection)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "full" in str(error):
            raise Refused(_("The database refused: %(why)s") % {"why": error}) from error
        raise _damaged(database) from error


def _restore_postgresql(database: Path) -> None:
    contents = _postgresql("pg_restore", "--list", str(database))
    if "customers_customer" not in contents:
        raise _no_backup(database)
    table = _postgresql("pg_restore", "--data-only", "--table=django_migrations", "--file=-", str(database))
    rows = [line.split("\t") for line in table.splitlines() if line.count("\t") == 3]
    _refuse_newer({(row[1], row[2]) for row in rows})
    connection.close()
    _postgresql(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
        f"--dbname={connection.settings_dict['NAME']}", str(database),
    )  # fmt: skip


def _refuse_newer(applied: set[tuple[str, str]]) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    apps = {app for app, _name in known}
    newer = sorted(f"{app} {name}" for app, name in applied if app in apps and (app, name) not in known)
    if newer:
        raise Refused(
            _("This backup was made by a newer version (%(names)s); install that one first.")
            % {"names": ", ".join(newer[:3])}
        )

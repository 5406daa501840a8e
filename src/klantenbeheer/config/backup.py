"""One file with the database and the uploaded files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from klantenbeheer.kernel.errors import Refused

_SQLITE, _POSTGRESQL = "database.sqlite3", "database.pgdump"


def _dump_program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise Refused(f"{name} is not on the path; install PostgreSQL's client programs")
    return program


def _dsn() -> str:
    parameters = connection.get_connection_params()
    keys = ("host", "port", "dbname", "user", "password")
    return " ".join(f"{key}={parameters[key]}" for key in keys if parameters.get(key))


def backup(path: Path) -> None:
    """Write a consistent copy while others go on working; the file appears only when it is complete."""
    with tempfile.TemporaryDirectory(dir=path.resolve().parent) as folder:
        if connection.vendor == "sqlite":
            name = _SQLITE
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(Path(folder) / name)])
        else:
            name = _POSTGRESQL
            subprocess.run(
                [_dump_program("pg_dump"), "-Fc", "-f", str(Path(folder) / name), _dsn()], check=True
            )
        archive = Path(folder) / "backup.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
            target.write(Path(folder) / name, name)
            for file in sorted(Path(settings.FILES).rglob("*")):
                if file.is_file():
                    target.write(file, f"files/{file.relative_to(settings.FILES)}")
        archive.replace(path)


def restore(path: Path) -> None:
    """Put a backup back in an installation without customers. Raises ``Refused`` when there are some."""
    if not zipfile.is_zipfile(path):
        raise Refused(f"{path.name} is no backup")
    if "customers_customer" in connection.introspection.table_names():
        from klantenbeheer.customers.models import Customer

        if Customer.objects.exists():
            raise Refused("this installation holds customers; restore into an empty data folder or database")
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        names = set(archive.namelist())
        name = _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL
        if name not in names:
            raise Refused("this backup comes from the other kind of database")
        archive.extract(name, folder)
        if connection.vendor == "sqlite":
            target = Path(str(connection.settings_dict["NAME"]))
            connection.close()
            for suffix in ("-wal", "-shm"):
                target.with_name(target.name + suffix).unlink(missing_ok=True)
            shutil.move(str(Path(folder) / name), target)
        else:
            connection.close()
            subprocess.run(
                [
                    _dump_program("pg_restore"),
                    "--clean",
                    "--if-exists",
                    "--no-owner",
                    "-d",
                    _dsn(),
                    str(Path(folder) / name),
                ],
                check=True,
            )
        for entry in names:
            if entry.startswith("files/") and ".." not in Path(entry).parts:
                archive.extract(entry, settings.DATA)

"""Migrations: none missing, none conflicting, there and back on a filled database, and the search index survives."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from psycopg import sql

from klantenbeheer.foundation.search.index import INDEXED, fts_table

from .processes import database_url, environment

OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("klantenbeheer.")}


@pytest.mark.django_db
def test_none_is_missing() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_none_conflict() -> None:
    assert MigrationLoader(None, ignore_no_migrations=True).detect_conflicts() == {}


def operations() -> list[tuple[str, str, Operation]]:
    found = MigrationLoader(None).disk_migrations or {}
    return [
        (app, name, operation)
        for (app, name), migration in found.items()
        if app in OURS
        for operation in migration.operations
    ]


def test_each_goes_back_or_says_why_not() -> None:
    """A step that cannot go back stands in a module with a comment that begins with ``Not reversible:``."""
    silent = []
    for app, name, operation in operations():
        module = sys.modules[apps.get_app_config(app).name + f".migrations.{name}"]
        if not operation.reversible and "# Not reversible:" not in inspect.getsource(module):
            silent.append((app, name, operation.describe()))
    assert silent == []


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the environment of an empty database of the kind at hand."""
    values = environment(KLANTENBEHEER_TEST_DATA=str(tmp_path))
    if connection.vendor == "sqlite":
        yield values | {"DATABASE_URL": f"sqlite:///{tmp_path / 'leeg.sqlite3'}"}
        return
    here, name = database_url(), f"leeg_{os.getpid()}"
    with psycopg.connect(here, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield values | {"DATABASE_URL": here.rsplit("/", 1)[0] + "/" + name}
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


SCRIPT = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from klantenbeheer.customers.models import Customer
from klantenbeheer.config.bootstrap import ensure_roles
from klantenbeheer.config.demo import load
from klantenbeheer.customers.selectors import search
from klantenbeheer.customers.services import customer_create, customer_update
from klantenbeheer.kernel.actors import SystemActor

ME = SystemActor("test")
OURS = [c for c in apps.get_app_configs() if c.name.startswith("klantenbeheer.") and c.label != "access"]


def fill_and_look():
    ensure_roles()
    load(30, 1)
    new = customer_create(actor=ME, values={"name": "Zwanenburg Houthandel"}, accept_duplicates=True)
    assert [row["id"] for row in search(ME, "wanenbur").rows] == [new.pk]
    customer_update(actor=ME, customer_id=new.pk, version=1, values={"name": "Kwikstaart"})
    assert search(ME, "wanenbur").rows == []
    assert [row["id"] for row in search(ME, "wikstaar").rows] == [new.pk]


def tables():
    return set(connection.introspection.table_names())


call_command("migrate", verbosity=0)
first = tables()
fill_and_look()
# All the way back with everything in it. What Django itself brought (sessions, axes) may stay.
migrated = {app for app, _name in (MigrationLoader(None).disk_migrations or {})}
for config in OURS:
    if config.label in migrated:
        call_command("migrate", config.label, "zero", verbosity=0)
left = tables() & {model._meta.db_table for c in OURS for model in c.get_models(include_auto_created=True)}
assert left == set(), left
call_command("migrate", verbosity=0)
assert tables() == first, tables() ^ first
assert Customer.objects.count() == 0
fill_and_look()
"""


@pytest.mark.django_db(transaction=True)
def test_all_the_way_back_and_forth_with_data_in_it(empty: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=empty, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.django_db
def test_the_index_follows_the_table() -> None:
    """SQLite's triggers hang on a table that Django rebuilds for many a change; they must be there at the end."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            for table, column in INDEXED:
                cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = %s", [f"{table}_{column}_trgm"])
                assert cursor.fetchone() == (1,)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {name for (name,) in cursor.fetchall()}
    for table, _column in INDEXED:
        assert {f"{fts_table(table)}_{suffix}" for suffix in ("ai", "ad", "au")} <= triggers


REBUILD = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection, models
call_command("migrate", verbosity=0)
from klantenbeheer.config.bootstrap import ensure_roles
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import search
from klantenbeheer.customers.services import customer_create, customer_update
from klantenbeheer.kernel.actors import SystemActor

ME = SystemActor("test")
ensure_roles()
old = customer_create(actor=ME, values={"name": "Zwanenburg Houthandel"})
# What a later migration may do: on SQLite the table is made anew, and its triggers are gone.
field = models.CharField(max_length=300, db_index=True)
field.set_attributes_from_name("name_norm")
with connection.schema_editor() as editor:
    editor.alter_field(Customer, Customer._meta.get_field("name_norm"), field, strict=False)
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        table = Customer._meta.db_table
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        assert cursor.fetchone() == (0,)
call_command("migrate", verbosity=0)
new = customer_create(actor=ME, values={"name": "Kwikstaart"})
assert [row["id"] for row in search(ME, "wikstaar").rows] == [new.pk]
assert [row["id"] for row in search(ME, "wanenbur").rows] == [old.pk]
customer_update(actor=ME, customer_id=old.pk, version=1, values={"name": "Anders"})
assert search(ME, "wanenbur").rows == []
"""


@pytest.mark.django_db(transaction=True)
def test_search_survives_a_table_that_is_made_anew(empty: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REBUILD], env=empty, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]

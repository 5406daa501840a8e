"""What each console command does."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from klantenbeheer.config import backup, bootstrap, serving
from klantenbeheer.customers import exporting
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.foundation.access.services import user_create
from klantenbeheer.foundation.jobs.worker import WorkerLoop
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import Refused

CONSOLE = SystemActor("opdrachtregel")


def run(options: argparse.Namespace) -> int:
    """Run the command that was asked for; gives the exit code."""
    if options.command == "serve":
        return serving.serve(options.host, options.port, worker=not options.no_worker)
    if options.command == "work":
        WorkerLoop(parent=options.parent).run()
        return 0
    if options.command == "migrate":
        call_command("migrate", verbosity=1)
        return 0
    if options.command == "backup":
        backup.backup(Path(options.file))
        return 0
    if options.command == "restore":
        backup.restore(Path(options.file))
        return 0
    _prepare()
    if options.command == "demo":
        return _demo(options.customers, options.seed)
    if options.command == "export":
        count = exporting.write(Customer.objects.all(), Path(options.file), actor=CONSOLE)
        print(_("%(count)d customers written to %(file)s") % {"count": count, "file": options.file})
        return 0
    if options.command == "user":
        return _user(options)
    return _import(options)


def _prepare() -> None:
    if not connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused(
            _("The database is of an earlier version; bring it up to date with “klantenbeheer migrate”."),
            code="earlier_version",
        )
    bootstrap.ensure_roles()


def _demo(count: int, seed: int) -> int:
    from klantenbeheer.config.demo import load

    made = load(count, seed)
    print(_("%(count)d customers made") % {"count": made})
    return 0


def _user(options: argparse.Namespace) -> int:
    password = os.environ.get("KLANTENBEHEER_PASSWORD") or sys.stdin.readline().strip()
    user = user_create(
        actor=CONSOLE, username=options.username, full_name=options.name, email=options.email, password=password,
        roles=options.role, is_salesperson=options.salesperson,
    )  # fmt: skip
    print(_("User %(name)s made") % {"name": user.username})
    return 0


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


def _settle(started: ImportRun, options: argparse.Namespace) -> ImportRun:
    """Take the choices of the command line and read the file to its end: an import of half a file helps nobody."""
    mapping = dict(started.mapping)
    for pair in options.map:
        column, separator, key = pair.partition("=")
        if not separator or column not in started.headers:
            raise Refused(
                _("--map %(pair)s: the file has no column “%(name)s”.") % {"pair": pair, "name": column},
                code="map",
            )
        mapping = {heading: field for heading, field in mapping.items() if field != key}
        mapping[column] = key
    run = importing.run_map(
        actor=CONSOLE, run=started, mapping=mapping, on_duplicate=options.on_duplicate, nameless=options.nameless,
        country=options.country,
    )  # fmt: skip
    importing.require_readable(run)
    return run


def _import(options: argparse.Namespace) -> int:
    path = Path(options.file)
    if not path.is_file():
        raise Refused(_("There is no file %(name)s.") % {"name": options.file}, code="no_file")
    # A name that is no text, as files from an old Windows have, cannot be stored; the file itself can.
    name = os.fsencode(path.name).decode(errors="replace")
    started = importing.run_create(actor=CONSOLE, name=name, chunks=_chunks(path))
    try:
        found = _settle(started, options)
    except BaseException:
        importing.run_discard(started)
        raise
    _tell_left_out(found, options)
    earlier = None if options.dry_run else importing.interrupted(found)
    if earlier is None:
        importing.reset(found, dry_run=options.dry_run)
    else:
        # Killed halfway, the same command goes on where it stopped, and reports the whole.
        importing.run_discard(found)
        found = earlier
        _tell(
            _("An import of this file was stopped; going on after %(count)d rows.")
            % {"count": found.next_row}
        )
    try:
        importing.perform(found, CONSOLE)
    except KeyboardInterrupt:
        if not options.dry_run:
            found.refresh_from_db(fields=["next_row"])
            _tell(
                _("Stopped after %(count)d rows; the same command goes on there.") % {"count": found.next_row}
            )
        raise
    found.step = ImportRun.Step.PREVIEWED if options.dry_run else ImportRun.Step.IMPORTED
    found.save(update_fields=["step"])
    (importing.folder() / found.path).unlink(missing_ok=True)
    report = {name: getattr(found, name) for name in ("read", "created", "updated", "unchanged", "refused")}
    issues = found.issues.filter(dry_run=found.dry_run).exclude(outcome="flagged")
    if options.json:
        errors = [{"row": issue.row, "kind": issue.outcome, "reasons": issue.reasons} for issue in issues]
        print(json.dumps({**report, "errors": errors}, ensure_ascii=False))
    else:
        counts = report | {"flagged": found.flagged}
        print(
            _(
                "%(read)d read, %(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(refused)d refused, "
                "%(flagged)d kept as typed, to be checked"
            )
            % counts
        )
        for issue in issues.iterator():
            _tell(_("Row %(row)d: %(why)s") % {"row": issue.row, "why": " ".join(issue.reasons)})
    return 1 if found.refused else 0


def _tell_left_out(run: ImportRun, options: argparse.Namespace) -> None:
    """Say which columns nobody recognised or left out on purpose: what is in them is not brought in."""
    meant = {pair.partition("=")[0] for pair in options.map}
    for heading in run.headers:
        if heading not in run.mapping and heading not in meant:
            _tell(
                _("The column “%(name)s” is not brought in; say with --map what it is.")
                % {"name": heading[:80]}
            )


def _tell(text: str) -> None:
    print(text, file=sys.stderr)

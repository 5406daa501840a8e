"""Taking a file in, looking at it, bringing it in, undoing that."""

from __future__ import annotations

import filecmp
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.bulk import MANY, refresh_statistics
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import root_of
from klantenbeheer.foundation.exchange.columns import FieldNames, match_columns
from klantenbeheer.foundation.exchange.reading import Row, Table, open_table
from klantenbeheer.foundation.paper.services import hold_series
from klantenbeheer.kernel.actors import Actor, Level, Reach
from klantenbeheer.kernel.countries import find_country
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused
from klantenbeheer.kernel.memory import rare_collections

from ..fields import FIELD_BY_KEY
from ..models import Customer, ImportIssue, ImportMapping, ImportRun
from ..permissions import CUSTOMERS, IMPORT
from ..services import FIRST_NUMBER
from .matching import Key
from .parts import PARTS, fields_for
from .pipeline import Block, Counts, Importer, Pace, Plan
from .rows import RowReader

TRIES = 3
# So many rows are prepared and looked up at once; they are stored in transactions of the pace's size.
BLOCK = 1_000
# After so many counted rows a count says that it is still going on.
COUNT_STEP = 50_000
ON_DUPLICATE = ("", "skip", "update", "create")
NAMELESS = ("refuse", "number")


def require_import(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may import customers."""
    if not (actor.may(IMPORT, Level.EDIT) and actor.may(CUSTOMERS, Level.EDIT)):
        raise NotAllowed(_("You may not import customers."), right=IMPORT)


def require_columns(actor: Actor, run: ImportRun) -> None:
    """Raise ``NotAllowed`` unless the actor may change every column of the file: taking it back changes them too."""
    for key in run.mapping.values():
        right = FIELD_BY_KEY[key].right if key in FIELD_BY_KEY else ""
        if right and not actor.may(right, Level.EDIT):
            raise NotAllowed(
                _("The file has the column “%(field)s”, which you may not change.")
                % {"field": FIELD_BY_KEY[key].label},
                right=right,
            )
    given = set(run.mapping.values())
    for part in PARTS:
        if not actor.may(part.right, Level.EDIT) and given & {field.key for field in part.fields}:
            label = next(field.label for field in part.fields if field.key in given)
            text = _("The file has the column “%(field)s”, which you may not change.")
            raise NotAllowed(text % {"field": label}, right=part.right)


def require_taking_back(actor: Actor, action: Action) -> None:
    """Raise ``NotAllowed`` unless the actor may change what the file of this action (or of its undoing) has."""
    run = ImportRun.objects.filter(action=root_of(action)).first()
    if run is not None:
        require_columns(actor, run)


def visible_runs(actor: Actor) -> QuerySet[ImportRun]:
    """Give one's own files. Who manages everybody's background work, and sees all customers, has all files.

    One of the command line is there once it is in: until then its process works on it.
    """
    if actor.may("jobs", Level.EDIT) and actor.reach == Reach.ALL:
        return ImportRun.objects.filter(
            Q(user__isnull=False) | Q(step__in=[ImportRun.Step.IMPORTED, ImportRun.Step.UNDONE])
        )
    return ImportRun.objects.filter(user_id=actor.user_id or 0)


def require_idle(run: ImportRun) -> None:
    """Lock the run; raises ``Refused`` while a job of it waits or runs: a second one would double its rows."""
    stored = ImportRun.objects.select_for_update().get(pk=run.pk)
    # The job is read after the lock: what a join brings along is as old as the wait (PostgreSQL).
    if stored.job is not None and stored.job.is_open:
        raise Refused(_("“%(name)s” is being worked on already.") % {"name": run.name}, code="busy")
    run.step = stored.step


def folder() -> Path:
    """Give the folder of uploaded files; nothing in it is ever served."""
    path = Path(settings.FILES) / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def fingerprint(headers: list[str]) -> str:
    """Give what tells that two files have the same headings."""
    return hashlib.sha256("\x1f".join(headers).encode()).hexdigest()


def recognise(actor: Actor, headers: list[str]) -> dict[str, str]:
    """Give the field for each heading that is recognised, of those that the actor may fill."""
    known = [FieldNames(field.key, field.all_names()) for field in fields_for(actor)]
    return dict(match_columns(headers, known))


def run_create(
    *, actor: Actor, name: str, chunks: Iterator[bytes], mapping: Mapping[str, str] | None = None
) -> ImportRun:
    """Keep an uploaded file and read its headings. Raises ``ExchangeError`` for what is no table."""
    require_import(actor)
    path = folder() / f"{uuid.uuid4().hex}{Path(name).suffix.lower()[:8]}"
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        with open_table(path, name=name) as table:
            headers = list(table.headers)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    remembered = ImportMapping.objects.filter(
        user_id=actor.user_id or 0, fingerprint=fingerprint(headers)
    ).first()
    chosen = dict(mapping or (remembered.mapping if remembered else recognise(actor, headers)))
    return ImportRun.objects.create(
        user_id=actor.user_id, name=Path(name).name[:200], path=path.name, size=path.stat().st_size,
        headers=headers, mapping=chosen,
    )  # fmt: skip


@transaction.atomic
def run_map(
    *,
    actor: Actor,
    run: ImportRun,
    mapping: Mapping[str, str],
    on_duplicate: str,
    nameless: str,
    country: str,
) -> ImportRun:
    """Set what each column is and what to do with doubtful and nameless rows; remembered for these headings.

    ``country`` is a code or a name. Raises ``InvalidInput`` for an unknown field, a field given twice, a choice that is
    none, or a file without name and number; ``Refused``
    while a job works on the run.
    """
    require_import(actor)
    require_idle(run)
    known = {field.key for field in fields_for(actor)}
    chosen = {heading: key for heading, key in mapping.items() if key and heading in run.headers}
    unknown = sorted(set(chosen.values()) - known)
    twice = sorted({key for key in chosen.values() if list(chosen.values()).count(key) > 1})
    problems: dict[str, list[str]] = {}
    if unknown:
        problems["mapping"] = [_("There is no field “%(value)s”.") % {"value": ", ".join(unknown)}]
    if twice:
        problems.setdefault("mapping", []).append(
            _("Two columns are mapped to “%(value)s”; choose one.") % {"value": ", ".join(twice)}
        )
    if "name" not in chosen.values() and not (nameless == "number" and "number" in chosen.values()):
        problems.setdefault("mapping", []).append(_("No column is mapped to the name of the customer."))
    for choice, value, choices in (
        ("on_duplicate", on_duplicate, ON_DUPLICATE),
        ("nameless", nameless, NAMELESS),
    ):
        if value not in choices:
            problems[choice] = [_("“%(value)s” is none of the choices.") % {"value": value[:40]}]
    known_country = find_country(country) if country else ""
    if known_country is None:
        problems["country"] = [_("“%(value)s” is no known country.") % {"value": country[:60]}]
    if problems:
        raise InvalidInput(problems)
    run.mapping, run.on_duplicate, run.nameless = chosen, on_duplicate, nameless
    run.country = known_country or ""
    run.save(update_fields=["mapping", "on_duplicate", "nameless", "country"])
    if actor.user_id is not None:
        ImportMapping.objects.update_or_create(
            user_id=actor.user_id, fingerprint=fingerprint(run.headers), defaults={"mapping": chosen}
        )
    return run


def _reader(run: ImportRun, table: Table) -> RowReader:
    columns = {i: run.mapping[heading] for i, heading in enumerate(table.headers) if heading in run.mapping}
    return RowReader(columns, nameless=run.nameless, country=run.country)


def require_readable(run: ImportRun) -> None:
    """Read the file to its end; raises ``ExchangeError`` for a row that cannot be read."""
    with open_table(folder() / run.path, name=run.name) as table:
        for _row in table.rows():
            pass


def count_rows(run: ImportRun, *, still: Callable[[], None]) -> int:
    """Count the rows of the file; ``still`` is called now and then, and may raise to stop."""
    count = 0
    with open_table(folder() / run.path, name=run.name) as table:
        for count, _row in enumerate(table.rows(), start=1):
            if count % COUNT_STEP == 0:
                still()
    return count


def run_discard(run: ImportRun) -> None:
    """Forget a file that nothing was stored from."""
    (folder() / run.path).unlink(missing_ok=True)
    run.delete()


def reset(run: ImportRun, *, dry_run: bool) -> None:
    """Begin at the first row again."""
    run.issues.filter(dry_run=dry_run).delete()
    run.dry_run, run.next_row, run.action = dry_run, 0, None
    for counter in fields(Counts):
        setattr(run, counter.name, 0)
    run.save()


@rare_collections()
def perform(run: ImportRun, actor: Actor, *, progress: Callable[[int], None] = lambda done: None) -> Pace:
    """Go through the file from ``run.next_row``, chunk by chunk; each chunk is one transaction.

    A chunk stores its rows, its issues, the counts, and where to go on, together: killed at any moment, a next
    call goes on without losing or doubling a row. ``progress`` is called inside each transaction and may raise
    to stop. Gives the pace (the longest transaction).
    """
    importer = Importer(actor, on_duplicate=run.on_duplicate)
    pace = Pace()
    seen: dict[Key, str] | None = {} if run.dry_run else None
    with open_table(folder() / run.path, name=run.name) as table:
        reader = _reader(run, table)

        def look(rows: list[Row]) -> Block:
            prepared = [reader.prepare(row.number, row.values, row.extra) for row in rows]
            return importer.look(prepared, _bounded(seen), run.action)

        rows = table.rows(run.next_row)
        while waiting := list(islice(rows, BLOCK)):
            newest, block = _newest(), look(waiting)
            while waiting:
                size = min(pace.size, len(waiting))
                plan = importer.plan(block.take(size))
                if run.dry_run:
                    importer.differences(plan)
                for attempt in range(TRIES):
                    try:
                        with pace, transaction.atomic():
                            if not run.dry_run and (plan.create or plan.update):
                                # One import stores at a time, and looks again when somebody was quicker.
                                hold_series("customer", start=FIRST_NUMBER)
                                pace.holds()
                                if attempt or _newest() != newest:
                                    block = look(waiting)
                                    plan = importer.plan(block.take(size))
                                _store(importer, plan, run, actor)
                                newest = _newest()
                            _count(run, plan, size)
                            progress(run.next_row)
                        importer.remember(plan)
                        break
                    except (IntegrityError, Customer.DoesNotExist):
                        # Somebody typed a number of this chunk, or undid a customer of it, at this very moment.
                        run.refresh_from_db()
                        if attempt + 1 == TRIES:
                            raise
                waiting = waiting[size:]
    if run.created >= MANY:
        refresh_statistics()
    return pace


def _newest() -> int:
    return Customer.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _bounded(seen: dict[Key, str] | None) -> dict[Key, str] | None:
    # A preview looks for doubles within the file as far back as memory allows; the import itself sees all,
    # since earlier rows are stored by then.
    if seen is not None and len(seen) > 600_000:
        seen.clear()
    return seen


def _store(importer: Importer, plan: Plan, run: ImportRun, actor: Actor) -> None:
    if run.action is None:
        run.action = Action.objects.create(
            user_id=actor.user_id,
            actor_label=actor.label[:120],
            kind="customer.import",
            reason=run.name[:200],
        )
    importer.store(plan, run.action)


def _count(run: ImportRun, plan: Plan, rows: int) -> None:
    # Only who stands at the row where the run stands may go on: two that do the same would double it.
    mine = ImportRun.objects.filter(pk=run.pk, next_row=run.next_row)
    if not mine.update(next_row=run.next_row + rows):
        raise Refused(_("This import is going on elsewhere already."), code="busy")
    for name, value in asdict(plan.counts).items():
        setattr(run, name, getattr(run, name) + value)
    run.next_row += rows
    run.save()
    ImportIssue.objects.bulk_create(
        ImportIssue(
            run=run, dry_run=run.dry_run, row=row.row, outcome=row.outcome,
            reasons=row.reasons, cells=row.cells,
        )
        for row in plan.issues
    )  # fmt: skip


def interrupted(run: ImportRun) -> ImportRun | None:
    """Find an import on the command line of the same file with the same choices that stopped halfway."""
    earlier = ImportRun.objects.select_related("action").filter(
        user=None, job=None, step=ImportRun.Step.UPLOADED, dry_run=False, next_row__gt=0, size=run.size,
        headers=run.headers, mapping=run.mapping, on_duplicate=run.on_duplicate, nameless=run.nameless,
        country=run.country,
    ).exclude(pk=run.pk).order_by("-id")  # fmt: skip
    for other in earlier[:10]:
        path = folder() / other.path
        if path.is_file() and filecmp.cmp(path, folder() / run.path, shallow=False):
            return other
    return None


def require_undoable(run: ImportRun) -> Action:
    """Give the action of a run that stored something, also when it was stopped halfway.

    Raises ``Refused`` when it stored nothing or was undone.
    """
    if run.action is None or not run.is_undoable:
        raise Refused(_("Only an import that stored something can be undone, once."), code="not_imported")
    return run.action


def import_taken_back(action: Action, undoing: Action, *, actor: Actor, back: bool, kept: int) -> None:
    """Note at the run that its import holds no longer, or holds again when the undoing was undone."""
    root = root_of(action)
    step = ImportRun.Step.UNDONE if back else ImportRun.Step.IMPORTED
    ImportRun.objects.filter(action=root).update(step=step, kept=kept if back else 0)

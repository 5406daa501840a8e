"""The timeline of a customer: actions, and for each record they wrote what changed from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.card.past import moment_text
from klantenbeheer.card.tabs import visible_tabs
from klantenbeheer.customers import extra
from klantenbeheer.customers.choices import SLOTS
from klantenbeheer.customers.former import FormerNumber, former_of
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.foundation.audit import timeline as ranges
from klantenbeheer.foundation.audit.kinds import audited_models
from klantenbeheer.foundation.audit.models import Action, Audited
from klantenbeheer.foundation.audit.undo import (
    ACTION_RULES,
    SUBJECTS,
    ActionRule,
    rights_of,
    root_kind,
    undo_offered,
)
from klantenbeheer.foundation.audit.undo import Change as Undo
from klantenbeheer.kernel.actors import Actor, Level

from .telling import UNTOLD, Change, Targets, at_hand, changes_between, label_of, targets_of, title_of

PAGE = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What the timeline is narrowed to; empty is everything. ``field`` is 'contact.phone', ``tab`` a tab's key."""

    kind: str = ""
    tab: str = ""
    person: str = ""
    field: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    # The card as it was: nothing later is told.
    at: datetime | None = None


@dataclass(slots=True)
class Entry:
    """What happened to one record. ``at`` is when this version began to hold."""

    kind: str
    title: str
    sign: str
    changes: list[Change]
    name: str
    at: datetime
    # What undoing it would take back; nothing where the history does not know what was there before.
    undo: Undo | None = None
    may_undo: bool = False
    undone: ranges.Undoing | None = None

    # More was done at that moment, so that undoing this alone is another thing.
    may_undo_alone: bool = False

    @property
    def sign_word(self) -> str:
        """What happened to the record."""
        return {"+": _("added"), "-": _("deleted"), "~": _("changed")}[self.sign]

    @property
    def part(self) -> str:
        """The record as a piece of the address that undoes it."""
        return self.name.replace(":", "/")


@dataclass(slots=True)
class Moment:
    """One action with everything that it did to this customer; ``others``: and to other customers.

    ``whole``: there is nothing of it at this customer that the actor may not see.
    """

    action: Action
    entries: list[Entry] = field(default_factory=list)
    whole: bool = True
    others: bool = False
    may_undo: bool = False
    undone: ranges.Undoing | None = None

    @property
    def at(self) -> datetime:
        """When all of it had happened."""
        return max(entry.at for entry in self.entries)

    @property
    def at_text(self) -> str:
        """That moment as an address carries it."""
        return moment_text(self.at)


@dataclass(slots=True)
class Timeline:
    """A page of it, where the next begins, and what there is to narrow it to."""

    moments: list[Moment]
    following: int | None
    people: list[str]
    kinds: dict[str, str]
    tabs: dict[str, str]
    fields: dict[str, list[tuple[str, str]]]


def models(actor: Actor) -> dict[str, type[Audited]]:
    """Give the models whose versions this actor may see on a customer's timeline, by kind."""
    found = {model.audit_kind: model for model in audited_models() if model.subject_field}
    return {kind: model for kind, model in sorted(found.items()) if actor.may(model.audit_right)}


def kind_labels(actor: Actor) -> dict[str, str]:
    """Give the words for the kinds that this actor may see, in their order."""
    labels = {kind: str(model.audit_label) for kind, model in models(actor).items()}
    return dict(sorted(labels.items(), key=lambda item: (item[0] != "customer", item[1])))


def tab_labels(actor: Actor) -> dict[str, str]:
    """Give the tabs whose records have a history, by the right that opens them; the basic data come first."""
    rights = {model.audit_right for model in models(actor).values()}
    tabs = {tab.key: str(tab.label) for tab in visible_tabs(actor) if tab.right_key in rights}
    return {"basic": _("Head and basic data"), **tabs} if CUSTOMERS in rights else tabs


def _kinds_of_tab(actor: Actor, key: str) -> set[str]:
    right = CUSTOMERS if key == "basic" else next(
        (tab.right_key for tab in visible_tabs(actor) if tab.key == key), ""
    )  # fmt: skip
    return {kind for kind, model in models(actor).items() if model.audit_right == right}


def field_labels(kinds: Iterable[str], seen: dict[str, type[Audited]]) -> dict[str, list[tuple[str, str]]]:
    """Give the fields of these kinds to narrow to, by the word for the kind; an extra field once it has a name."""
    named = {row.slot for row in extra.in_use()}
    found = {}
    for kind in kinds:
        model = seen[kind]
        columns = [
            column
            for column in model.history.model.tracked_fields
            if column.name not in UNTOLD and (column.name not in SLOTS or column.name in named)
        ]
        choices = [(f"{kind}.{column.attname}", label_of(model, column.name)) for column in columns]
        found[str(model.audit_label)] = sorted(choices, key=lambda pair: pair[1].casefold())
    return found


def timeline(actor: Actor, customer: Customer, asked: Asked | None = None) -> Timeline:
    """Give a page of moments, the newest first, and what there is to narrow them to.

    Only of records that the actor may see. Queries: one per kind that occurs and one per kind of record that they point
    at, whatever the number of changes; each an index range.
    """
    asked = asked or Asked()
    seen = models(actor)
    former = former_of(customer)
    subjects = [customer.pk, *(one.former_id for one in former)]
    pairs = ranges.pairs_of(subjects)
    visible = [(who, words) for who, words in pairs if set(words.split()) & set(seen)]
    wanted = _wanted(actor, asked, set(seen))
    chosen = [
        (who, words)
        for who, words in visible
        if set(words.split()) & wanted and (not asked.person or who == asked.person)
    ]
    kind_of_field = asked.field.split(".")[0]
    numbers = (
        ranges.page_of(
            subjects,
            # With nothing to narrow, one range has them all.
            pairs=None if chosen == pairs else chosen,
            fields=(asked.field, asked.person) if asked.field else None,
            period=_period(asked),
            before=asked.before,
            most=PAGE + 1,
        )
        if chosen and (not asked.field or kind_of_field in wanted)
        else {}
    )
    shown = list(numbers)[:PAGE]
    told = wanted & {kind for number in shown for kind in numbers[number].split()}
    moments = _moments(customer, former, shown, {kind: seen[kind] for kind in sorted(told)}, asked)
    if asked.field:  # the range by field does not tell what else an action touched
        numbers |= ranges.kinds_of(subjects, shown)
    for moment in moments:
        moment.whole = set(numbers[moment.action.pk].split()) <= set(seen)
    if asked.at is None:
        _say_what_can_be_undone(actor, subjects, moments)
    occurring = {kind for _who, words in visible for kind in words.split()} & set(seen)
    kinds = kind_labels(actor)
    return Timeline(
        moments,
        shown[-1] if len(numbers) > PAGE else None,
        sorted({who for who, _words in visible}, key=str.casefold),
        kinds,
        tab_labels(actor),
        field_labels([kind for kind in kinds if kind in occurring], seen),
    )


def _wanted(actor: Actor, asked: Asked, seen: set[str]) -> set[str]:
    wanted = set(seen)
    if asked.kind:
        wanted &= {asked.kind}
    if asked.tab:
        wanted &= _kinds_of_tab(actor, asked.tab)
    if asked.field:
        wanted &= {asked.field.split(".")[0]}
    return wanted


def _period(asked: Asked) -> ranges.Period:
    zone = timezone.get_current_timezone()
    since = datetime.combine(asked.since, time.min, zone) if asked.since else None
    until = datetime.combine(asked.until, time.max, zone) if asked.until else None
    if asked.at is not None:
        until = min(until, asked.at) if until else asked.at
    return ranges.Period(since, until)


def _moments(
    customer: Customer, former: Sequence[FormerNumber], numbers: list[int], seen: dict[str, type[Audited]],
    asked: Asked,
) -> list[Moment]:  # fmt: skip
    actions = Action.objects.select_related("undoes").in_bulk(numbers)
    moments = {number: Moment(actions[number]) for number in numbers if number in actions}
    subjects = [customer.pk, *(one.former_id for one in former)]
    versions = {model: _versions(subjects, model, list(moments)) for model in seen.values()}
    targets = targets_of((row for rows in versions.values() for row in rows), at_hand(customer))
    names = {customer.pk: str(customer)} | {one.former_id: str(one) for one in former}
    for model, rows in versions.items():
        _fill(moments, model, rows, targets, asked, names)
    return [moment for moment in moments.values() if moment.entries]


def _versions(subjects: Sequence[int], model: type[Audited], actions: list[int]) -> list[Any]:
    """Read the versions that these actions wrote, and the one before each of those, in their order."""
    if not actions:
        return []
    historical = model.history.model
    own = historical.objects.filter(**{f"{model.subject_field}__in": subjects}).order_by()
    written = own.filter(action_id__in=actions)
    earlier = historical.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    before = written.annotate(before=Subquery(earlier.order_by("-history_id").values("history_id")[:1]))
    # Two index ranges; with OR it would be a walk through all versions.
    both = written.union(
        historical.objects.order_by().filter(history_id__in=before.values("before")), all=True
    )
    return [row for _key, row in sorted({row.history_id: row for row in both}.items())]


def _fill(
    moments: dict[int, Moment], model: type[Audited], rows: Iterable[Any], targets: Targets, asked: Asked,
    names: dict[int, str],
) -> None:  # fmt: skip
    previous: dict[int, Any] = {}
    for row in rows:
        old, previous[row.id] = previous.get(row.id), row
        moment = moments.get(row.action_id)
        if moment is None:
            continue
        changes = changes_between(old if row.history_type == "~" else None, row, targets)
        if row.history_type == "~" and old is not None and model.subject_field != "id":
            owner, now = (getattr(one, str(model.subject_field)) for one in (old, row))
            if owner != now:  # it moved by merging customers, or by undoing that
                came, went = (names.get(key, _("another customer")) for key in (owner, now))
                changes.insert(0, Change(_("Customer"), came, went))
        if row.history_type == "-":
            # Of who was merged into this customer one wants to read what he had; else the title says enough.
            merged = model.subject_field == "id" and row.id in names and len(names) > 1
            changes = [replace(one, before=one.after, after="") for one in changes] if merged else []
        elif row.history_type == "~" and not changes:
            continue
        if asked.field:
            changes = [change for change in changes if f"{model.audit_kind}.{change.name}" == asked.field]
            if not changes or row.history_type != "~":
                continue
        if model.audit_kind != "customer":
            title = title_of(row, targets)
        else:  # one's own name says nothing, unless there are others
            title = names.get(row.id, "") if len(names) > 1 else ""
        name = f"{model.audit_kind}:{row.id}"
        before = {"+": None, "~": old, "-": old or row}[row.history_type]
        after = None if row.history_type == "-" else row
        known = before is not None or row.history_type == "+"
        undo = Undo(model, row.id, before, after, moment.action, row.version) if known else None
        moment.entries.append(
            Entry(str(model.audit_label), title, row.history_type, changes, name, row.history_date, undo)
        )


def _say_what_can_be_undone(actor: Actor, subjects: Sequence[int], moments: list[Moment]) -> None:
    """Offer what the engine would let through, as far as the customer's own history tells."""
    numbers = [moment.action.pk for moment in moments]
    undoings = ranges.undoings_of(subjects, numbers)
    others = ranges.with_others(subjects, numbers)
    everybody = SUBJECTS.reaches(actor, None)
    for moment in moments:
        moment.others = moment.action.pk in others
        undone = ranges.undone_parts(undoings, moment.action.pk)
        moment.undone = undone.get("")
        kind = root_kind(moment.action)
        rule = ACTION_RULES.get(kind) if kind in ACTION_RULES else ActionRule(kind=kind)
        of_action = set(rule.rights)
        for entry in moment.entries:
            entry.undone = moment.undone or undone.get(entry.name)
            rights = of_action or (rights_of(entry.undo) if entry.undo else set())
            entry.may_undo = (
                entry.undone is None
                and entry.undo is not None
                and (bool(rule.whole) or undo_offered([entry.undo.model.audit_kind]))
                and all(actor.may(right, Level.EDIT) for right in rights)
            )
        for entry in moment.entries:
            entry.may_undo_alone = (
                entry.may_undo and not rule.whole and (moment.others or len(moment.entries) > 1)
            )
        # Whom else it touched one does not see here; who did it saw them.
        own = moment.action.user_id is not None and moment.action.user_id == actor.user_id
        moment.may_undo = (
            moment.undone is None
            and (moment.whole or bool(rule.whole))
            and not (rule.once and moment.action.undoes_id is not None)
            and (everybody or own or not moment.others)
            and all(entry.may_undo or entry.undone for entry in moment.entries)
            and any(entry.may_undo for entry in moment.entries)
        )

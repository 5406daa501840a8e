"""Actions, what they touched, and the base of every record that has history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import connections, models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from klantenbeheer.kernel.errors import KlantenbeheerError

from . import bulk
from .context import current_action, current_moment, note_fields, note_touch, note_written
from .erasure import Erasure

_CHUNK = 900  # SQLite takes at most 999 parameters by Django's count


class UnsignedWrite(KlantenbeheerError):
    """A write outside an action: a programming error, since nobody would be answerable for it."""


class Action(models.Model):
    """One thing that somebody did: it groups the versions of all records that it wrote."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_label = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True)
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    # The one record that was taken back ('contact:12'); empty: the whole action.
    part = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.actor_label} {self.at:%Y-%m-%d %H:%M}"


class Touch(models.Model):
    """Which subject (a customer) an action touched, so that a timeline is one index range, not a search.

    ``who`` is the action's ``actor_label``: by person and kinds it is an index range too.
    """

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="touches", db_index=False)
    subject_id = models.BigIntegerField()
    kinds = models.CharField(max_length=200)
    who = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "action"], name="audit_touch_subject"),
            models.Index(fields=["subject_id", "who", "kinds", "action"], name="audit_touch_who_kinds"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["action", "subject_id"], name="audit_one_touch_per_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kinds}"

    @classmethod
    def note(cls, action: Action, kinds: Mapping[int, str]) -> None:
        """Store what an action touched: kinds by subject. What it touched before in another chunk stays."""
        table = cls._meta.db_table
        with connections[router.db_for_write(cls)].cursor() as cursor:
            if kinds:
                cursor.executemany(
                    f"INSERT INTO {table} (action_id, subject_id, kinds, who) VALUES (%s, %s, %s, %s) "
                    "ON CONFLICT DO NOTHING",
                    [(action.pk, subject, words, action.actor_label) for subject, words in kinds.items()],
                )


class FieldTouch(models.Model):
    """Which field ('contact.phone') of a subject an action changed: the timeline by field is one index range.

    What an action added or deleted is found by its kind.
    """

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    who = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "name", "action", "who"], name="audit_field_touch_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.name}"

    @classmethod
    def note(cls, action: Action, names: Mapping[int, Iterable[str]]) -> None:
        """Store what an action changed: names by subject."""
        rows = [
            cls(action=action, subject_id=subject, name=name, who=action.actor_label)
            for subject, found in names.items()
            for name in sorted(found)
        ]
        if rows:
            plain: models.QuerySet[FieldTouch] = models.QuerySet(cls)
            plain.bulk_create(rows, batch_size=4_000)


class Versioned(models.Model):
    """Base of the historical tables: each version belongs to an action."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        abstract = True


def history(**options: Any) -> HistoricalRecords:
    """The history of a model; its versions carry the action and no columns that the action already has."""
    return HistoricalRecords(
        bases=[Versioned],
        inherit=False,
        history_user_id_field=models.IntegerField(null=True, editable=False),
        history_user_getter=lambda historical: None,
        history_user_setter=lambda historical, user: None,
        **options,
    )


class AuditedQuerySet(models.QuerySet[Any]):
    """Refuses the ways of writing that would leave no version."""

    def _refuse(self, name: str) -> None:
        raise UnsignedWrite(f"{self.model.__name__}.{name}() leaves no history; use audit.services")

    def update(self, **values: Any) -> int:
        self._refuse("update")
        return 0

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse("bulk_create")

    def bulk_update(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse("bulk_update")

    def delete(self) -> Any:
        self._refuse("delete")

    def update_unversioned(self, **values: Any) -> int:
        """Write columns that are derived from others and so have no history of their own.

        Raises :class:`UnsignedWrite` for any other column.
        """
        derived = set(getattr(self.model, "derived_fields", ()))
        if set(values) - derived:
            raise UnsignedWrite(
                f"{sorted(set(values) - derived)} are no derived fields of {self.model.__name__}"
            )
        return super().update(**values)


class Audited(models.Model):
    """Base of every record with history. Written only inside :func:`audit.context.acting`.

    ``subject_field`` names the column that says on which customer's timeline a version stands (none: on nobody's).
    ``audit_label`` is the word for such a record there, ``audit_right`` the right that lets one see it,
    ``audit_erasure`` what goes when somebody asks to be forgotten: each says so, a start-up check asks.
    ``audit_field_names`` are the words for fields on it whose own name is no word for people.
    ``derived_fields`` are computed from others: they are excluded from history.
    """

    subject_field: ClassVar[str | None] = None
    audit_kind: ClassVar[str] = ""
    audit_label: ClassVar[Any] = ""
    audit_right: ClassVar[str] = ""
    audit_erasure: ClassVar[Erasure | None] = None
    audit_field_names: ClassVar[Mapping[str, Any]]
    derived_fields: ClassVar[Sequence[str]] = ()
    history: ClassVar[Any]

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects: ClassVar[Any] = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        write([self], database=kwargs.pop("using", None), new=self._state.adding)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        remove([self])
        return 1, {self._meta.label: 1}

    @classmethod
    def audit_field_label(cls, name: str) -> Any:
        """Give the word for a field on the timeline."""
        field: Any = cls._meta.get_field(name)
        return getattr(cls, "audit_field_names", {}).get(name) or field.verbose_name

    def derive(self) -> None:
        """Set the own derived fields from the others. Called before every write of the record."""

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> Any:
        """Remember what was read: writing it again tells which fields changed, without another question."""
        record: Any = super().from_db(db, field_names, values, **more)
        record._stored = dict(zip(field_names, values, strict=False))
        return record

    @property
    def subject_id(self) -> int | None:
        """Whose timeline this belongs to."""
        return getattr(self, self.subject_field) if self.subject_field else None


def _history_model(model: Any) -> Any:
    return model.history.model


def _versions(records: Sequence[Audited], sign: str, action: Action) -> list[Any]:
    model = type(records[0])
    historical = _history_model(model)
    names = [field.attname for field in historical.tracked_fields]
    moment = current_moment()
    return [
        historical(
            history_date=moment,
            history_type=sign,
            action_id=action.pk,
            **{name: getattr(record, name) for name in names},
        )
        for record in records
    ]


def write(
    records: Sequence[Audited], *, new: bool, fields: Iterable[str] = (), database: str | None = None
) -> None:
    """Store records of one model with their versions, in one transaction.

    ``fields`` narrows an update to these columns. Raises :class:`UnsignedWrite` outside an action.
    """
    if not records:
        return
    action = current_action()
    if action is None:
        raise UnsignedWrite(f"{type(records[0]).__name__} is written without an actor")
    model = type(records[0])
    for record in records:
        record.derive()
    alias = database or router.db_for_write(model)
    plain: models.QuerySet[Any] = models.QuerySet(model, using=alias)
    with transaction.atomic(using=alias):
        if new and len(records) >= bulk.WORTHWHILE:
            version = {"history_date": current_moment(), "history_type": "+", "action_id": action.pk}
            bulk.insert(records, _history_model(model), version, alias)
            current_touches(records, "+")
            return
        if not new:
            _note_changes(records)
        if new:
            plain.bulk_create(records, batch_size=_batch(model, alias))
        elif len(records) == 1:
            names = list(fields) or None
            models.Model.save(records[0], using=alias, update_fields=names)
        else:
            names = list(fields) or [f.name for f in model._meta.concrete_fields if not f.primary_key]
            plain.bulk_update(records, names, batch_size=max(1, _CHUNK // (2 * len(names) + 1)))
        historical = _history_model(model)
        models.QuerySet(historical, using=alias).bulk_create(
            _versions(records, "+" if new else "~", action), batch_size=_batch(historical, alias)
        )
    current_touches(records, "+" if new else "~")


def _batch(model: type[models.Model], alias: str) -> int | None:
    """Rows per statement: as many as the engine takes (SQLite's own limit is 32,766 parameters)."""
    if connections[alias].vendor != "sqlite":
        return None
    return max(1, 30_000 // len(model._meta.concrete_fields))


def current_touches(records: Sequence[Audited], sign: str) -> None:
    """Note which subjects these records belong to; written when the action ends. ``sign`` says what was done."""
    note_written(type(records[0]), sign)
    for record in records:
        subject = record.subject_id
        if subject is not None:
            note_touch(subject, record.audit_kind)


def _note_changes(records: Sequence[Audited]) -> None:
    """Note which fields differ from what was read; what is written becomes what was read."""
    names = [field.attname for field in _history_model(type(records[0])).tracked_fields]
    for record in records:
        stored = getattr(record, "_stored", {})
        values = {name: getattr(record, name) for name in names if name in record.__dict__}
        changed = {name for name, value in values.items() if name in stored and stored[name] != value}
        record._stored = stored | values  # type: ignore[attr-defined]  # see from_db
        subject = record.subject_id
        if subject is not None:
            note_fields(subject, {f"{record.audit_kind}.{name}" for name in changed - {"version"}})


def remove(records: Sequence[Audited]) -> None:
    """Delete records of one model, leaving a last version of each. Raises :class:`UnsignedWrite`."""
    if not records:
        return
    action = current_action()
    if action is None:
        raise UnsignedWrite(f"{type(records[0]).__name__} is deleted without an actor")
    model = type(records[0])
    alias = router.db_for_write(model)
    with transaction.atomic(using=alias):
        historical = _history_model(model)
        models.QuerySet(historical, using=alias).bulk_create(
            _versions(records, "-", action), batch_size=_batch(historical, alias)
        )
        current_touches(records, "-")
        keys = [record.pk for record in records]
        for start in range(0, len(keys), _CHUNK):
            models.QuerySet(model, using=alias).filter(pk__in=keys[start : start + _CHUNK]).delete()


def last_action(record: Any) -> Action | None:
    """Give the action that wrote this record last, or nothing when no history is kept of it.

    What keeps its history in a way of its own says itself.
    """
    if not isinstance(record, Audited):
        found: Action | None = record.last_action()
        return found
    last = record.history.select_related("action").order_by("-history_id").first()
    return last.action if last else None


def at_version(record: Audited, version: int) -> Any | None:
    """Give the historical row of the record at ``version`` (its ``instance`` is the record), or nothing."""
    return record.history.filter(version=version).order_by("-history_id").first()


__all__ = [
    "Action", "Audited", "AuditedQuerySet", "FieldTouch", "Touch", "UnsignedWrite", "at_version", "history",
    "last_action", "remove", "write",
]  # fmt: skip

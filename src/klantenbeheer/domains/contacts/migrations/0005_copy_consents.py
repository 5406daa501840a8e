from collections.abc import Iterator
from typing import Any

from django.db import migrations, transaction

CHUNK = 1_000
ANSWERS = {"yes": "given", "no": "refused", "unknown": "asked"}
BACK = {"given": "yes", "refused": "no", "withdrawn": "no", "asked": "unknown"}
NOTHING = {"mail_consent": "unknown", "consent_on": None, "consent_source": ""}


def chunks(apps: Any) -> Iterator[list[int]]:
    """Give the keys of all persons that ever were, some at a time."""
    after = 0
    while True:
        told: set[int] = set()
        for name in ("HistoricalContact", "Contact"):
            rows = apps.get_model("contacts", name).objects.filter(id__gt=after).order_by("id")
            told |= set(rows.values_list("id", flat=True).distinct()[:CHUNK])
        if not told:
            return
        keys = sorted(told)[:CHUNK]
        yield keys
        after = keys[-1]


def said(row: Any) -> tuple[str, Any, str] | None:
    """Give what a person, or a version of him, says about mail; nothing when he was never asked."""
    if row.mail_consent == "unknown" and row.consent_on is None and not row.consent_source:
        return None
    return ANSWERS[row.mail_consent], row.consent_on, row.consent_source


def forwards(apps: Any, schema_editor: Any) -> None:
    """Make a consent of what each person said about mail, with its versions under the actions that wrote them."""
    contacts = apps.get_model("contacts", "Contact")
    history = apps.get_model("contacts", "HistoricalContact")
    told = apps.get_model("contacts", "HistoricalConsent")
    consents = apps.get_model("contacts", "Consent")
    for keys in chunks(apps):
        with transaction.atomic():
            done = set(told.objects.filter(contact_id__in=keys).values_list("contact_id", flat=True))
            done |= set(consents.objects.filter(contact_id__in=keys).values_list("contact_id", flat=True))
            living = contacts.objects.in_bulk(keys)
            versions: dict[int, list[Any]] = {}
            rows = history.objects.filter(id__in=keys).select_related("action").order_by("history_id")
            for row in rows:
                versions.setdefault(row.id, []).append(row)
            for key in keys:
                if key not in done:
                    copy(apps, key, living.get(key), versions.get(key, []))


def copy(apps: Any, key: int, person: Any, versions: list[Any]) -> None:
    """Copy one person's."""
    consents = apps.get_model("contacts", "Consent")
    now = said(person) if person else None
    if now is None and all(said(row) is None for row in versions):
        return
    customer_id = person.customer_id if person else versions[-1].customer_id
    answer, told_on, source = now or ("asked", None, "")
    consent = consents(customer_id=customer_id, contact_id=key, channel="mail", version=1)
    consent.answer, consent.told_on, consent.source = answer, told_on, source
    consent.save()  # also for who said so earlier only: its key is that of the versions
    before, count, label = None, 0, ""
    for row in versions:
        current = None if row.history_type == "-" else said(row)
        if current != before:
            count += 1
            sign = "+" if before is None else "-" if current is None else "~"
            label = row.action.actor_label if row.action else ""
            version(apps, consent, row, current or before, sign, count)
        before = current
    if now is None:
        consents.objects.filter(pk=consent.pk).delete()
    else:
        consents.objects.filter(pk=consent.pk).update(version=max(count, 1), noted_label=label)


def version(apps: Any, consent: Any, row: Any, values: Any, sign: str, number: int) -> None:
    """Write one version, and its kind in what the action touched, where the timeline looks."""
    apps.get_model("contacts", "HistoricalConsent").objects.create(
        id=consent.pk, contact_id=consent.contact_id, customer_id=row.customer_id, channel="mail", answer=values[0],
        told_on=values[1], source=values[2], version=number, history_type=sign, history_date=row.history_date,
        action_id=row.action_id, noted_label=row.action.actor_label if row.action else "",
    )  # fmt: skip
    touches = apps.get_model("audit", "Touch").objects.filter(
        action_id=row.action_id, subject_id=row.customer_id
    )
    for touch in touches:
        kinds = " ".join(sorted({*touch.kinds.split(), "consent"}))
        touches.filter(pk=touch.pk).update(kinds=kinds)


def backwards(apps: Any, schema_editor: Any) -> None:
    """Give the persons and their versions back what they said about mail; other channels had no column."""
    contacts = apps.get_model("contacts", "Contact")
    history = apps.get_model("contacts", "HistoricalContact")
    for keys in chunks(apps):
        with transaction.atomic():
            mine = {"contact_id__in": keys, "channel": "mail"}
            for one in apps.get_model("contacts", "Consent").objects.filter(**mine):
                contacts.objects.filter(pk=one.contact_id).update(**columns(one))
            for row in (
                apps.get_model("contacts", "HistoricalConsent").objects.filter(**mine).order_by("history_id")
            ):
                # From this action on, until a next version says otherwise.
                since = history.objects.filter(id=row.contact_id, action_id__gte=row.action_id or 0)
                if row.history_type == "-":
                    # The version that deletes a person says what he was.
                    since.exclude(history_type="-").update(**NOTHING)
                else:
                    since.update(**columns(row))


def columns(row: Any) -> dict[str, Any]:
    """Give the three columns of the person."""
    return {"mail_consent": BACK[row.answer], "consent_on": row.told_on, "consent_source": row.source}


class Migration(migrations.Migration):
    """What a person said about mail becomes a record, with its history. May be run again after a kill."""

    atomic = False

    dependencies = [("contacts", "0004_consents"), ("audit", "0002_undo_and_timeline")]

    operations = [migrations.RunPython(forwards, backwards)]

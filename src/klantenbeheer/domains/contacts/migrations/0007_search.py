from typing import Any

from django.db import migrations, models, transaction

from klantenbeheer.domains.contacts.words import contact_words, name_key
from klantenbeheer.foundation.search.index import BinaryCollation

CHUNK = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Work out what each person is found by, a thousand at a time."""
    contacts = apps.get_model("contacts", "Contact").objects
    after = 0
    while rows := list(contacts.filter(pk__gt=after).order_by("pk")[:CHUNK]):
        for row in rows:
            row.name_norm = name_key(row.first_name, row.infix, row.last_name)
            words = contact_words(row.first_name, row.infix, row.last_name, row.phone, row.mobile, row.email)
            row.search_text = " ".join(dict.fromkeys(" ".join(words).split()))
        with transaction.atomic(using=schema_editor.connection.alias):
            contacts.bulk_update(rows, ["name_norm", "search_text"], batch_size=200)
        after = rows[-1].pk


class Migration(migrations.Migration):
    """One transaction: killed halfway, it begins again."""

    dependencies = [
        ("contacts", "0006_consent_columns_go"),
        ("search", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            "contact",
            "name_norm",
            models.CharField(blank=True, default="", editable=False, max_length=240),
            False,
        ),
        migrations.AddField(
            "contact", "search_text", models.TextField(blank=True, default="", editable=False), False
        ),
        BinaryCollation("contacts_contact", "name_norm", 240),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

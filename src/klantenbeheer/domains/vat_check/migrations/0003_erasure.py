from typing import Any

from django.db import migrations

TABLE = "vat_check_vatanswer"
REFUSE = (
    "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {door}"
    "RAISE EXCEPTION 'an answer of VIES is never changed' USING ERRCODE = 'check_violation'; END $$"
)
DOOR = (
    "IF TG_OP = 'DELETE' AND current_setting('klantenbeheer.erasing', true) = 'on' THEN RETURN OLD; END IF; "
)


def forwards(apps: Any, schema_editor: Any) -> None:
    """Let evidence go when the personal data of its customer are erased and the law no longer asks to keep it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REFUSE.format(table=TABLE, door=DOOR))


def backwards(apps: Any, schema_editor: Any) -> None:
    """Refuse it always again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REFUSE.format(table=TABLE, door=""))


class Migration(migrations.Migration):
    """Only a transaction that says that it erases may remove an answer; SQLite never refused it (0002)."""

    dependencies = [("vat_check", "0002_append_only")]

    operations = [migrations.RunPython(forwards, backwards)]

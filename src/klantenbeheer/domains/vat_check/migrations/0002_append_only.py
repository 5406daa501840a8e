from typing import Any

from django.db import migrations

TABLE = "vat_check_vatanswer"


def forwards(apps: Any, schema_editor: Any) -> None:
    """Let the database itself refuse to change an answer, and on PostgreSQL to remove one.

    SQLite has no statement that empties a table past its triggers, which tests and a new start need; and who can
    write to its file can do anything anyway. There the model refuses removing.
    """
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} "
            "BEGIN SELECT RAISE(ABORT, 'an answer of VIES is never changed'); END"
        )
    else:
        schema_editor.execute(
            f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'an answer of VIES is never changed' USING ERRCODE = 'check_violation'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
        )


def backwards(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_update")
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_change ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):
    """Evidence is append-only on either database. A later migration that rebuilds the table runs this again."""

    dependencies = [("vat_check", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards, elidable=False)]

"""Says of each touch whose action it was, in chunks, so that others can write meanwhile; may be run again."""

from typing import Any

from django.db import migrations, transaction

CHUNK = 1_000
FILL = (
    "UPDATE audit_touch SET who = "
    "(SELECT actor_label FROM audit_action WHERE audit_action.id = audit_touch.action_id) "
    "WHERE id > %s AND id <= %s AND who = ''"
)


def forwards(apps: Any, schema_editor: Any) -> None:
    touches = apps.get_model("audit", "Touch").objects.using(schema_editor.connection.alias).order_by("-id")
    last = touches.values_list("id", flat=True).first() or 0
    for start in range(0, last, CHUNK):
        connection = schema_editor.connection
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(FILL, [start, start + CHUNK])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0002_undo_and_timeline")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]

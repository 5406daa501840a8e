"""A departure is there as long as it holds; which action wrote it, its history says."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def forget_undone(apps: Any, schema_editor: Any) -> None:
    """Drop those that were undone: their history stays."""
    apps.get_model("leaving", "Departure").objects.filter(undone_at__isnull=False).delete()


class Migration(migrations.Migration):
    dependencies = [("leaving", "0001_initial")]

    operations = [
        migrations.RunPython(forget_undone, migrations.RunPython.noop),
        # Empty first, so that going back has a column that may be empty.
        migrations.AlterField(
            model_name="departure",
            name="action",
            field=models.OneToOneField("audit.Action", on_delete=models.PROTECT, null=True, related_name="+"),
        ),
        migrations.RemoveField(model_name="departure", name="action"),
        migrations.RemoveField(model_name="departure", name="undone_at"),
        migrations.RemoveField(model_name="historicaldeparture", name="undone_at"),
    ]

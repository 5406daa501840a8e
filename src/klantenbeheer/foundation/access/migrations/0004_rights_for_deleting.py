"""Deleting, blocking and changing many at once became rights of their own: who could, still can."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_EDIT = 2
# The new right, and the one that let somebody do it until now.
_SPLIT = (
    ("customers.delete", "customers"),
    ("customers.blocks", "tab.customer_settings"),
    ("customers.bulk", "territories"),
    ("customers.bulk", "conditions"),
)


def give(apps: Any, schema_editor: Any) -> None:
    level = apps.get_model("access", "RoleLevel").objects.using(schema_editor.connection.alias)
    for right, before in _SPLIT:
        for role_id in level.filter(right=before, level=_EDIT).values_list("role_id", flat=True):
            level.get_or_create(role_id=role_id, right=right, defaults={"level": _EDIT})


class Migration(migrations.Migration):
    dependencies = [("access", "0003_reach_and_changes")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]

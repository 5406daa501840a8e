"""The condition group that always is."""

from __future__ import annotations

from typing import Any

from django.core.management.color import no_style
from django.db import connections, models

from .models import GENERAL_GROUP, ConditionGroup


def ensure_general(sender: Any, using: str, **kwargs: Any) -> None:
    """Put 'Algemeen' back after a database was emptied (``flush``): a customer without it cannot be.

    After a migration it is there already, and nothing happens.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        # Migrating back to before the groups ends here too.
        if ConditionGroup._meta.db_table not in connection.introspection.table_names(cursor):
            return
    groups: models.QuerySet[ConditionGroup] = models.QuerySet(ConditionGroup, using=using)
    if groups.filter(pk=GENERAL_GROUP).exists():
        return
    groups.bulk_create([ConditionGroup(pk=GENERAL_GROUP, name="Algemeen")])
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [ConditionGroup]):
            cursor.execute(statement)

from typing import Any

from django.db import migrations, models


class AddIndexBeside(migrations.AddIndex):
    """An index that PostgreSQL makes while others go on writing."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        schema_editor.remove_index(model, self.index, concurrently=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0018_fill_vat_outside")]

    operations = [
        AddIndexBeside(
            "customer",
            models.Index(
                fields=["name_norm", "id"],
                condition=models.Q(territory__isnull=True),
                name="customers_without_territory",
            ),
        ),
        AddIndexBeside(
            "customer",
            models.Index(
                fields=["name_norm", "id"],
                condition=models.Q(salesperson__isnull=True),
                name="customers_without_seller",
            ),
        ),
    ]

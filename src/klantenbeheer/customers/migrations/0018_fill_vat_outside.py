from typing import Any

from django.db import migrations

from klantenbeheer.kernel import checks

CHUNK = 1_000


def forwards(apps: Any, schema_editor: Any) -> None:
    """Give numbers from outside the EU, wrong until now, the state of their own; may be run again after a kill."""
    customers = apps.get_model("customers", "Customer")._base_manager.using(schema_editor.connection.alias)
    after = 0
    while batch := list(
        customers.filter(pk__gt=after, vat_state="wrong").only("vat_number", "country").order_by("pk")[:CHUNK]
    ):
        outside = [
            customer.pk
            for customer in batch
            if checks.check_vat(customer.vat_number, customer.country).state == "outside"
        ]
        customers.filter(pk__in=outside, vat_state="wrong").update(vat_state="outside")
        after = batch[-1].pk


def backwards(apps: Any, schema_editor: Any) -> None:
    """The state does not exist before: wrong, as these numbers were."""
    customers = apps.get_model("customers", "Customer")._base_manager.using(schema_editor.connection.alias)
    while keys := list(customers.filter(vat_state="outside").values_list("pk", flat=True)[:CHUNK]):
        customers.filter(pk__in=keys).update(vat_state="wrong")


class Migration(migrations.Migration):
    """Data only."""

    atomic = False
    dependencies = [("customers", "0017_vat_outside")]

    operations = [migrations.RunPython(forwards, backwards)]

from typing import Any

from django.db import migrations

from klantenbeheer.kernel import checks

CHUNK = 1_000


def forwards(apps: Any, schema_editor: Any) -> None:
    """Give the customers of before the state that their VAT numbers have; may be run again after a kill."""
    customers = apps.get_model("customers", "Customer")._base_manager.using(schema_editor.connection.alias)
    after = 0
    while batch := list(
        customers.filter(pk__gt=after)
        .exclude(vat_number="")
        .only("vat_number", "country")
        .order_by("pk")[:CHUNK]
    ):
        by_state: dict[str, list[int]] = {"unchecked": [], "wrong": []}
        for customer in batch:
            ok = checks.check_vat(customer.vat_number, customer.country).ok
            by_state["unchecked" if ok else "wrong"].append(customer.pk)
        for state, keys in by_state.items():
            customers.filter(pk__in=keys, vat_state="").update(vat_state=state)
        after = batch[-1].pk


class Migration(migrations.Migration):
    """Data only: nothing to take back."""

    atomic = False
    dependencies = [("customers", "0010_bank_and_vat")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]

from typing import Any

from django.db import migrations, transaction

from klantenbeheer.kernel.postcodes import postcode_key

CHUNK = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Work out the place of each postcode in its country, a thousand customers at a time."""
    customers = apps.get_model("customers", "Customer").objects
    after = 0
    while rows := list(
        customers.filter(pk__gt=after).order_by("pk").only("pk", "country", "postcode")[:CHUNK]
    ):
        for row in rows:
            row.postcode_key = postcode_key(row.country, row.postcode)
        with transaction.atomic(using=schema_editor.connection.alias):
            customers.bulk_update([row for row in rows if row.postcode_key], ["postcode_key"], batch_size=200)
        after = rows[-1].pk


class Migration(migrations.Migration):
    """May be run again after a kill: it works out every key anew."""

    atomic = False
    dependencies = [("customers", "0008_customer_postcode_key")]
    # Dropping the column takes it back.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

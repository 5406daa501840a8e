from django.db import migrations, models


class Migration(migrations.Migration):
    """On SQLite the pattern is Python's, whose '$' lets a line feed through at the end; '\\Z' is the end on both."""

    dependencies = [("customers", "0019_sales_indexes")]

    operations = [
        migrations.RemoveConstraint("customer", "customers_number_form"),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=models.Q(("number__regex", "^[A-Za-z0-9._-]{1,20}\\Z")),
                name="customers_number_form",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0016_salesperson_index")]

    operations = [
        migrations.AlterField(
            model_name="customer",
            name="vat_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "none"),
                    ("unchecked", "not confirmed"),
                    ("wrong", "wrong"),
                    ("valid", "confirmed by VIES"),
                    ("invalid", "not valid according to VIES"),
                    ("outside", "outside the EU"),
                ],
                default="",
                editable=False,
                max_length=10,
            ),
        ),
    ]

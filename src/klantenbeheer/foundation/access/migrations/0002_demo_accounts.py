from typing import Any

from django.db import migrations, models

# As the demonstration named them before they were marked.
ACCOUNTS = (("beheer", "Bente Heersma"), ("verkoop", "Vera Koopmans"), ("lezer", "Leo Zervaas"))


def mark(apps: Any, schema_editor: Any) -> None:
    user = apps.get_model("access", "User")
    for username, full_name in ACCOUNTS:
        user.objects.filter(username=username, full_name=full_name).update(is_demo=True)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_demo",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]

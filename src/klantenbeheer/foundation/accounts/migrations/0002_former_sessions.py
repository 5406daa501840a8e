from django.db import migrations


class Migration(migrations.Migration):
    """Sessions moved to a table that knows whose they are; the former one holds nothing that is used any more."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop)]

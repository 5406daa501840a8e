from django.db import migrations


class Migration(migrations.Migration):
    """What stood in three columns of the person stands in records of its own now."""

    dependencies = [("contacts", "0005_copy_consents")]

    operations = [
        migrations.RemoveField(
            model_name="contact",
            name="consent_on",
        ),
        migrations.RemoveField(
            model_name="contact",
            name="consent_source",
        ),
        migrations.RemoveField(
            model_name="contact",
            name="mail_consent",
        ),
        migrations.RemoveField(
            model_name="historicalcontact",
            name="consent_on",
        ),
        migrations.RemoveField(
            model_name="historicalcontact",
            name="consent_source",
        ),
        migrations.RemoveField(
            model_name="historicalcontact",
            name="mail_consent",
        ),
    ]

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("customers", "0020_number_form_to_the_end"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkEdit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("parameters", models.JSONField(default=dict)),
                ("keys", models.JSONField(default=list)),
                ("by_filter", models.BooleanField(default=False)),
                ("top", models.PositiveBigIntegerField(default=0)),
                ("field", models.CharField(blank=True, max_length=40)),
                ("value", models.CharField(blank=True, max_length=200)),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("chosen", "chosen"),
                            ("started", "under way"),
                            ("done", "done"),
                            ("undone", "undone"),
                        ],
                        default="chosen",
                        max_length=10,
                    ),
                ),
                ("after", models.PositiveBigIntegerField(default=0)),
                ("changed", models.PositiveBigIntegerField(default=0)),
                ("already", models.PositiveBigIntegerField(default=0)),
                ("kept", models.PositiveBigIntegerField(default=0)),
                ("refused", models.JSONField(default=dict)),
                ("marks", models.JSONField(default=list)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="customer",
            name="customers_by_email",
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["email", "id"], name="customers_by_email"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["created_at", "id"], name="customers_by_creation"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["language", "name_norm", "id"], name="customers_by_language"),
        ),
        migrations.AddField(
            model_name="bulkedit",
            name="action",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.action"
            ),
        ),
        migrations.AddField(
            model_name="bulkedit",
            name="job",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
            ),
        ),
        migrations.AddField(
            model_name="bulkedit",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkedit",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["chosen", "started", "done", "undone"])),
                name="customers_bulk_step_known",
            ),
        ),
    ]

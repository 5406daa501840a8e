"""What users keep of lists: their columns, their views, and files that were made of them.

Ways of looking change nothing of the company's data: they have no history.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A way of looking at a list: filter, columns, order, grouping, under a name. Its owner's, or also of roles."""

    list_key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The address' parameters, as the list writes them.
    parameters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    roles = models.ManyToManyField("access.Role", blank=True, related_name="+", verbose_name=_("shared with"))

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_key", "name"], name="lists_view_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="lists_view_named"),
        ]

    def __str__(self) -> str:
        return self.name


class ListSettings(models.Model):
    """What one user set of one list: the columns with their widths, and the view it opens with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    default_view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list_key"], name="lists_settings_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.list_key}"


class ListFile(models.Model):
    """A file of what a list showed, made in the background. Only who asked for it fetches it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=40)
    form = models.CharField(max_length=4)
    parameters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    # Everything in the columns that the import understands, instead of the view's columns.
    everything = models.BooleanField(default=False)
    rows = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.list_key}.{self.form}"

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.rows is not None

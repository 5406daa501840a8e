"""Number series."""

from __future__ import annotations

from django.db import models


class NumberSeries(models.Model):
    """Gives numbers of one kind, each once. The counter never goes back."""

    kind = models.SlugField(max_length=40, primary_key=True)
    prefix = models.CharField(max_length=12, blank=True)
    width = models.PositiveSmallIntegerField(default=0)
    next_value = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(next_value__gte=1), name="paper_series_from_one")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.format(self.next_value)}"

    def format(self, value: int) -> str:
        """Give the number as it is written."""
        return f"{self.prefix}{value:0{self.width}d}"

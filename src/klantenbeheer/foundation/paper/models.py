"""Number series."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """Gives numbers of one kind, each once. The counter never goes back, but for a new year in a series by year."""

    kind = models.SlugField(max_length=40, primary_key=True)
    prefix = models.CharField(_("prefix"), max_length=12, blank=True)
    width = models.PositiveSmallIntegerField(_("width"), default=0)
    next_value = models.PositiveBigIntegerField(_("next number"), default=1)
    # With it, the number holds the year and counting begins at 1 in each.
    by_year = models.BooleanField(_("begins anew each year"), default=False)
    # The year that next_value belongs to, in a series by year.
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    # Where counting began: as long as next_value is this, no number was given.
    first_value = models.PositiveBigIntegerField(default=1, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(next_value__gte=1), name="paper_series_from_one")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.format(self.next_value)}"

    def format(self, value: int) -> str:
        """Give the number as it is written."""
        year = f"{self.year}-" if self.by_year and self.year else ""
        return f"{self.prefix}{year}{value:0{self.width}d}"

    def enter(self, year: int) -> None:
        """Begin at 1 when a series by year is asked for a number in a later year than its last."""
        if self.by_year and self.year != year and (self.year is None or year > self.year):
            begins_anew = self.year is not None
            self.year = year
            if begins_anew:
                self.next_value = self.first_value = 1

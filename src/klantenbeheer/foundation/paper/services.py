"""Taking numbers from a series."""

from __future__ import annotations

from django.db import transaction

from .models import NumberSeries


@transaction.atomic
def take_numbers(kind: str, count: int = 1, *, start: int = 1) -> list[str]:
    """Take the next ``count`` numbers of a series, which begins at ``start`` when it does not exist yet.

    The row stays locked until the surrounding transaction ends, so no number is given twice; a number taken in
    a transaction that fails is free again.
    """
    NumberSeries.objects.get_or_create(kind=kind, defaults={"next_value": start})
    series = NumberSeries.objects.select_for_update().get(kind=kind)
    numbers = [series.format(value) for value in range(series.next_value, series.next_value + count)]
    series.next_value += count
    series.save(update_fields=["next_value"])
    return numbers


def hold_series(kind: str, *, start: int = 1) -> None:
    """Lock a series till the surrounding transaction ends, so that what depends on its numbers is done one by one."""
    NumberSeries.objects.get_or_create(kind=kind, defaults={"next_value": start})
    NumberSeries.objects.select_for_update().get(kind=kind)

"""The column that holds opening hours."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.kernel import hours


def told(plan: hours.Hours) -> str:
    """Give opening hours as one line: the week, the exceptions, what is unusual."""
    parts = [hours.week_text(plan.week, get_language() or "nl")]
    for one in plan.exceptions:
        days = one.first.strftime("%d-%m-%Y")
        if one.last > one.first:
            days += f" – {one.last.strftime('%d-%m-%Y')}"
        text = hours.intervals_text(one.intervals) or _("closed")
        parts.append(f"{days} {text}" + (f" ({one.reason})" if one.reason else ""))
    if plan.open_on_holidays:
        parts.append(_("open on public holidays"))
    if plan.zone:
        parts.append(plan.zone)
    return "; ".join(part for part in parts if part)


class HoursField(models.JSONField):
    """Opening hours as :func:`klantenbeheer.kernel.hours.to_json` gives them."""

    def told(self, value: dict[str, Any]) -> str:
        """Give a value in the words of the timeline."""
        return told(hours.from_json(value))

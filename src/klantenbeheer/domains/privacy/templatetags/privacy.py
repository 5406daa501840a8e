"""What the pages of the register show of a request that waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import PrivacyRequest
from ..selectors import SOON_DAYS

register = template.Library()


@register.simple_tag
def due_chip(request: PrivacyRequest, today: date) -> Any:
    """Say how many days are left, or since how many days it is too late."""
    days = request.days_left(today)
    if days < 0:
        words = ngettext("%(days)d day too late", "%(days)d days too late", -days) % {"days": -days}
        return format_html('<span class="chip danger">{}</span>', words)
    if days == 0:
        return format_html('<span class="chip warning">{}</span>', _("due today"))
    words = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    tone = "warning" if days <= SOON_DAYS else "neutral"
    return format_html('<span class="chip {}">{}</span>', tone, words)

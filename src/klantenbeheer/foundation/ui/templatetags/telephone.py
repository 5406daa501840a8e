"""Links to telephone numbers."""

from __future__ import annotations

from django import template

from klantenbeheer.kernel.checks import phone_url

register = template.Library()


@register.filter
def tel(text: str) -> str:
    """Give what dials this number; empty for what is none."""
    return phone_url(text)

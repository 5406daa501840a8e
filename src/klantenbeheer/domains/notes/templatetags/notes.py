"""Showing the text of a note."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from klantenbeheer.foundation.ui.markdown import markdown as to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Give a note's Markdown as safe HTML."""
    return to_html(text)

"""The form of a note."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    """A note; Markdown marks headings, lists, bold."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 8}))
    pinned = forms.BooleanField(label=_("Pinned: stays on top"), required=False)
    important = forms.BooleanField(label=_("Important: shown as a warning on the card"), required=False)

"""What the dialog of a leaving colleague asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.ui.forms import DateField, StyledFormMixin


class LeavingForm(StyledFormMixin, forms.Form):
    """Who gets what was his, and from when."""

    successor = forms.ModelChoiceField(
        label=_("Goes to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody: it stays in his name"),
    )
    since = DateField(label=_("Territories from"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, is_salesperson=True).exclude(pk=user.pk)
        field: Any = self.fields["successor"]
        field.queryset = people.order_by("full_name", "pk")

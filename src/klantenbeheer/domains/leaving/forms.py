"""What the dialog of a leaving colleague asks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.ui.forms import DateField, StyledFormMixin


def form_for(user: User) -> type[forms.Form]:
    """Give the form for one who leaves: everybody but he may follow him up."""
    people = User.objects.filter(is_active=True, is_salesperson=True).exclude(pk=user.pk)

    class LeavingForm(StyledFormMixin, forms.Form):
        """Who gets what was his, and from when."""

        successor = forms.ModelChoiceField(
            label=_("Goes to"),
            queryset=people.order_by("full_name", "pk"),
            required=False,
            empty_label=_("nobody: it stays in his name"),
        )
        since = DateField(label=_("Territories from"))

    return LeavingForm

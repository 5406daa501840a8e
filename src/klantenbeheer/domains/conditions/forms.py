"""What the dialog of a group asks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.ui.forms import DateField, PercentField, StyledFormMixin


class GroupForm(StyledFormMixin, forms.Form):
    """One condition group."""

    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)
    discount = PercentField(label=_("General discount (%)"))
    surcharge = PercentField(label=_("General surcharge (%)"))
    valid_from = DateField(label=_("Valid from"), required=False)
    valid_until = DateField(label=_("Valid until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Give what was read; an empty percentage is nought."""
        values = super().clean() or {}
        for key in ("discount", "surcharge"):
            if key in values:
                values[key] = values[key] or Decimal(0)
        return values

"""What the dialogs of territories ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.models import Territory
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.ui.forms import DateField, StyledFormMixin
from klantenbeheer.kernel.countries import country_choices


def _countries() -> list[tuple[str, Any]]:
    return [("", "—"), *country_choices(get_language() or "nl")]


def _people(held: Iterable[int | None]) -> Any:
    wanted = Q(is_active=True) | Q(pk__in=[key for key in held if key])
    return User.objects.filter(wanted).order_by("-is_salesperson", "full_name")


class TerritoryForm(StyledFormMixin, forms.Form):
    """A territory and what it is part of."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=80)
    parent = forms.ModelChoiceField(
        Territory.objects.all(), label=_("Part of"), required=False, empty_label="—"
    )


class RuleForm(StyledFormMixin, forms.Form):
    """Where a territory lies."""

    country = forms.ChoiceField(label=_("Country"), choices=_countries)
    low_text = forms.CharField(
        label=_("From postcode"), max_length=20, required=False,
        help_text=_("The beginning is enough: 35 for 3500 up to 3599, M1 for Manchester M1. Empty: the whole country."),
    )  # fmt: skip
    high_text = forms.CharField(label=_("Up to postcode"), max_length=20, required=False)


class StaffForm(StyledFormMixin, forms.Form):
    """Who sells in a territory. ``held`` are the people of the record: they may stay when their account is closed."""

    salesperson = forms.ModelChoiceField(User.objects.none(), label=_("Salesperson"), empty_label="—")
    deputy = forms.ModelChoiceField(
        User.objects.none(), label=_("Deputy"), required=False, empty_label="—",
        help_text=_("Gets the customers when the account of the salesperson is closed."),
    )  # fmt: skip
    since = DateField(label=_("From"))
    until = DateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, held: Iterable[int | None] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("salesperson", "deputy"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = _people(held)


class MoveForm(StyledFormMixin, forms.Form):
    """Which customers of a territory go where."""

    target = forms.ModelChoiceField(Territory.objects.all(), label=_("To territory"), empty_label="—")
    country = forms.ChoiceField(label=_("Only in country"), choices=_countries, required=False)
    low = forms.CharField(label=_("From postcode"), max_length=20, required=False)
    high = forms.CharField(label=_("Up to postcode"), max_length=20, required=False)
    people = forms.BooleanField(label=_("Give them the salesperson of that territory too"), required=False)


class AssignForm(StyledFormMixin, forms.Form):
    """For whom the rules decide."""

    everybody = forms.ChoiceField(
        label=_("Which customers"),
        choices=[("", _("Customers without a territory")), ("1", _("All customers, also who is in another territory"))],
        required=False,
    )  # fmt: skip
    people = forms.BooleanField(label=_("Give them the salesperson of that territory too"), required=False)

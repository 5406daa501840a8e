"""The form of one customer's characteristics, made of the definitions, and that of a definition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.extra import labelled
from klantenbeheer.foundation.ui.forms import DateField, LinesWidget, StyledFormMixin

from .choices import NO, YES, Kind
from .values import TEXT_MOST, Definition, definitions


def _field(definition: Definition, held: Any) -> forms.Field:
    label = f"{definition.label} ({definition.unit})" if definition.unit else definition.label
    given: dict[str, Any] = {"label": label, "required": definition.required}
    if definition.kind == Kind.DATE:
        field: forms.Field = DateField(**given)
    elif definition.kind == Kind.YES_NO:
        field = forms.ChoiceField(choices=[("", "—"), (YES, _("yes")), (NO, _("no"))], **given)
    elif definition.kind == Kind.CHOICES:
        choices = labelled(definition.choices, _removed(definition, held or ()))
        field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **given)
    elif definition.kind == Kind.CHOICE:
        choices = labelled(definition.choices, _removed(definition, [held] if held else ()))
        field = forms.ChoiceField(choices=[("", "—"), *choices], **given)
    else:
        field = forms.CharField(max_length=TEXT_MOST, **given)
        if definition.kind == Kind.NUMBER:
            field.widget.attrs["inputmode"] = "decimal"
    field.help_text = definition.help
    return field


def _removed(definition: Definition, held: Any) -> list[str]:
    return [value for value in held if value not in definition.choices]


def customer_form(*args: Any, status: str, values: dict[str, Any], **kwargs: Any) -> forms.Form:
    """Give the form of a customer with this status and these stored values."""
    asked = sorted(definitions(), key=lambda one: one.group)
    fields = {one.name: _field(one, values.get(one.key)) for one in asked if one.is_for(status)}
    made: type[forms.Form] = type("CharacteristicsForm", (StyledFormMixin, forms.Form), fields)
    return made(*args, **kwargs)


class DefinitionForm(StyledFormMixin, forms.Form):
    """A definition that exists: its kind stays."""

    name_nl = forms.CharField(label=gettext_lazy("Name in Dutch"), max_length=60)
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=60, required=False,
        help_text=gettext_lazy("Empty: as in Dutch."),
    )  # fmt: skip
    group = forms.CharField(
        label=gettext_lazy("Group"), max_length=60, required=False,
        help_text=gettext_lazy("Characteristics of one group stand together."),
    )  # fmt: skip
    unit = forms.CharField(
        label=gettext_lazy("Unit"), max_length=20, required=False,
        help_text=gettext_lazy("Behind a number: kg, m², persons."),
    )  # fmt: skip
    choices = forms.CharField(
        label=gettext_lazy("Choices"), required=False, widget=LinesWidget(attrs={"rows": 5}),
        help_text=gettext_lazy("For a choice: one on each line. Who has a removed choice keeps it."),
    )  # fmt: skip
    help = forms.CharField(label=gettext_lazy("Help text"), max_length=200, required=False)
    statuses = forms.MultipleChoiceField(
        label=gettext_lazy("For customers with status"), required=False, choices=Status.choices,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None ticked: for all customers."),
    )  # fmt: skip
    position = forms.IntegerField(label=gettext_lazy("Place"), min_value=0, max_value=999, initial=0)
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    in_list = forms.BooleanField(label=gettext_lazy("Column in the list of customers"), required=False)
    retired = forms.BooleanField(
        label=gettext_lazy("Retired"), required=False,
        help_text=gettext_lazy("It is asked of nobody any more; who has a value keeps it."),
    )  # fmt: skip


class NewDefinitionForm(DefinitionForm):
    """A new definition."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    field_order = ("name_nl", "name_en", "kind", "group", "unit", "choices")

"""The forms of the Contacts tab."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.choices import Language
from klantenbeheer.foundation.ui.forms import DateField
from klantenbeheer.kernel.countries import country_choices

from .choices import Answer, Channel, Role, Salutation
from .models import Branch


class ContactForm(forms.Form):
    """A person."""

    salutation = forms.ChoiceField(label=_("Salutation"), choices=Salutation.choices, required=False)
    first_name = forms.CharField(label=_("First name"), required=False)
    infix = forms.CharField(label=_("Infix"), required=False)
    last_name = forms.CharField(label=_("Last name"))
    job_title = forms.CharField(label=_("Job title"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = forms.CharField(label=_("Telephone"), required=False)
    mobile = forms.CharField(label=_("Mobile"), required=False)
    email = forms.CharField(label=_("E-mail"), required=False)
    birthday = DateField(label=_("Birthday"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("", "—"), *Language.choices], required=False)
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label="—"
    )
    left_on = DateField(label=_("Left the company on"), required=False)

    def __init__(self, *args: Any, branches: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]  # a ModelChoiceField


class ConsentsForm(forms.Form):
    """What a person said about each channel; the fields of a channel begin with its key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for channel in Channel:
            answer = forms.ChoiceField(
                label=_("Consent"), choices=[("", _("Not asked")), *Answer.choices], required=False
            )
            self.fields[f"{channel}_answer"] = answer
            self.fields[f"{channel}_on"] = DateField(label=_("Date"), required=False)
            self.fields[f"{channel}_source"] = forms.CharField(
                label=_("Source"), required=False, help_text=_("Such as: by telephone, form at the fair.")
            )

    def of_channels(self) -> list[tuple[Channel, list[forms.BoundField]]]:
        """Give the fields, channel by channel."""
        return [(one, [self[f"{one}_{part}"] for part in ("answer", "on", "source")]) for one in Channel]


class BranchForm(forms.Form):
    """A branch."""

    name = forms.CharField(label=_("Name"))
    street = forms.CharField(label=_("Street"), required=False)
    house_number = forms.CharField(label=_("House number"), required=False)
    addition = forms.CharField(label=_("Addition"), required=False)
    postcode = forms.CharField(label=_("Postcode"), required=False)
    city = forms.CharField(label=_("City"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False)
    gln = forms.CharField(label=_("GLN"), required=False)
    opening_hours = forms.CharField(
        label=_("Opening hours"), required=False, help_text=_("Such as: mo-fr 08:00-17:00; sa 09:00-13:00.")
    )
    delivery_instructions = forms.CharField(
        label=_("Delivery instructions"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *country_choices(get_language() or "nl")]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["country"].initial = "NL"

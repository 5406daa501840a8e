"""What the dialogs of the register ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.ui.forms import DateField, StyledFormMixin

from .choices import Kind, Outcome


class RequestForm(StyledFormMixin, forms.Form):
    """A request that came in."""

    customer_number = forms.CharField(label=_("Customer number"), max_length=20)
    person_id = forms.ChoiceField(label=_("Contact person"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    asker = forms.CharField(
        label=_("Asked by"),
        max_length=120,
        help_text=_("Make sure who asks, without asking more than that takes."),
    )
    received_on = DateField(label=_("Received on"))
    extended = forms.BooleanField(
        label=_("Extended by two months"),
        required=False,
        help_text=_("Only when it is complex; tell the person so within the first month."),
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, persons: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if persons is None:
            del self.fields["person_id"]
        else:
            choices = [("", _("the customer as a whole")), *persons]
            self.fields["person_id"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class ChangeForm(RequestForm):
    """A request that is there: whom it is about stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["customer_number"]


class CloseForm(StyledFormMixin, forms.Form):
    """How a request ended."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", "—"), *(pair for pair in Outcome.choices if pair[0])],
        required=False,
    )
    done_on = DateField(label=_("Done on"))


class HoldForm(StyledFormMixin, forms.Form):
    """A legal hold."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    since = DateField(label=_("Since"))
    until = DateField(label=_("Until"), required=False)

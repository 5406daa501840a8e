"""The page of the extra fields, among the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.foundation.ui.forms import LinesWidget, StyledFormMixin
from klantenbeheer.kernel.actors import Level

from . import extra_services
from .choices import NUMBER_SLOT
from .permissions import ADMINISTRATION

HOME = "/settings/extra-fields/"


class NumberFieldForm(StyledFormMixin, forms.Form):
    """The extra number."""

    label_nl = forms.CharField(label=gettext_lazy("Name in Dutch"), max_length=40)
    label_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=40, required=False,
        help_text=gettext_lazy("Empty: as in Dutch."),
    )  # fmt: skip
    position = forms.IntegerField(
        label=gettext_lazy("Place"), min_value=0, max_value=99, initial=0,
        help_text=gettext_lazy("Fields stand in the order of these numbers."),
    )  # fmt: skip
    active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, initial=True,
        help_text=gettext_lazy("Switched off, the field is shown nowhere; what customers have in it is kept."),
    )  # fmt: skip
    required = forms.BooleanField(
        label=gettext_lazy("Required"), required=False,
        help_text=gettext_lazy("For new customers; one who has a value cannot lose it."),
    )  # fmt: skip
    in_list = forms.BooleanField(label=gettext_lazy("Column in the list of customers"), required=False)


class TextFieldForm(NumberFieldForm):
    """An extra text."""

    choices = forms.CharField(
        label=gettext_lazy("Choices"), required=False, widget=LinesWidget(attrs={"rows": 6}),
        help_text=gettext_lazy("One on each line. Empty: anything can be typed. Who has a removed choice keeps it."),
    )  # fmt: skip


@needs(ADMINISTRATION, Level.EDIT)
def extra_list(request: HttpRequest) -> HttpResponse:
    """Every extra field, also those that nobody has named yet."""
    rows = [
        {"slot": slot, "row": row, "count": count, "number": slot == NUMBER_SLOT}
        for slot, row, count in extra_services.slots_with_counts()
    ]
    return htmx.render(request, "customers/extra_fields.html", {"rows": rows})


@needs(ADMINISTRATION, Level.EDIT)
def edit(request: HttpRequest, slot: str) -> HttpResponse:
    """Name a field, give it choices, switch it on or off."""
    actor = actor_of(request)
    found = extra_services.slot_definition(slot)
    before = list(found.choices)

    def told(saved: Any) -> str:
        kept = [
            extra_services.kept_text(value, count)
            for value, count in extra_services.removed_in_use(before, saved)
        ]
        return " ".join([_("Saved."), *kept])

    return record_dialog(
        request, form=NumberFieldForm if slot == NUMBER_SLOT else TextFieldForm,
        title=found.label_nl or _("Extra field"), record=found if found.version else None, message=told,
        save=lambda values, version: extra_services.extra_field_save(
            actor=actor, slot=slot, version=version, values=values
        ),
        done=lambda saved: HOME,
    )  # fmt: skip


app_name = "extra_fields"
urlpatterns = [path("", extra_list, name="list"), path("<slug:slot>/", edit, name="edit")]

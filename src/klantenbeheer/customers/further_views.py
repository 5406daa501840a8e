"""The dialog of one further address."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.foundation.ui.forms import DateField, StyledFormMixin
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.countries import country_choices

from . import further, selectors
from .choices import AddressKind
from .models import Address, Customer
from .permissions import CUSTOMERS


class FurtherForm(StyledFormMixin, forms.Form):
    """An address with what it is for and when it holds."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AddressKind.choices)
    label = forms.CharField(
        label=gettext_lazy("Description"), required=False, help_text=gettext_lazy("Such as: warehouse north.")
    )
    attention = forms.CharField(label=gettext_lazy("For the attention of"), required=False)
    street = forms.CharField(label=gettext_lazy("Street"), required=False)
    house_number = forms.CharField(label=gettext_lazy("House number"), required=False)
    addition = forms.CharField(label=gettext_lazy("Addition"), required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), required=False)
    city = forms.CharField(label=gettext_lazy("City"), required=False)
    region = forms.CharField(label=gettext_lazy("Region"), required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=lambda: country_choices(get_language() or "nl")
    )
    valid_from = DateField(label=gettext_lazy("Valid from"), required=False)
    valid_until = DateField(label=gettext_lazy("Valid until"), required=False)
    valid_from.help_text = gettext_lazy(
        "In this period this address takes the place of the standing one of its kind."
    )


def _home(customer: Customer) -> str:
    return f"/customers/{customer.number}/"


@needs(CUSTOMERS, Level.EDIT)
def new(request: HttpRequest, number: str) -> HttpResponse:
    """A further address."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    return record_dialog(
        request, form=FurtherForm, title=_("Address of %(name)s") % {"name": customer.name},
        message=_("Address added."), initial={"kind": "delivery", "country": customer.country or "NL"},
        save=lambda values, version: further.further_create(actor=actor, customer=customer, values=values),
        done=lambda saved: _home(customer),
    )  # fmt: skip


def _found(customer: Customer, address_id: int) -> Address:
    found: Address | None = customer.addresses.filter(pk=address_id, further=True).first()
    if found is None:
        raise Http404
    return found


@needs(CUSTOMERS, Level.EDIT)
def edit(request: HttpRequest, number: str, address_id: int) -> HttpResponse:
    """Change a further address."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    record = _found(customer, address_id)
    return record_dialog(
        request, form=FurtherForm, title=_("Address of %(name)s") % {"name": customer.name}, record=record,
        message=_("Saved."),
        save=lambda values, version: further.further_update(
            actor=actor, record=record, version=version, values=values
        ),
        done=lambda saved: _home(customer),
    )  # fmt: skip


@needs(CUSTOMERS, Level.EDIT)
@require_POST
def delete(request: HttpRequest, number: str, address_id: int) -> HttpResponse:
    """Delete a further address."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    further.further_delete(actor=actor, record=_found(customer, address_id))
    return htmx.toast(htmx.redirect(request, _home(customer)), _("Address deleted."))

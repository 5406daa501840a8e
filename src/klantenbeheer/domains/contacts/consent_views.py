"""The dialog of a person's consents."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from klantenbeheer.card.tabs import CardRequest
from klantenbeheer.foundation.ui.dialogs import add_problems
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from . import consents, selectors
from .forms import ConsentsForm
from .models import Contact


def dialog(card: CardRequest, record_id: int) -> HttpResponse:
    """What a person said about each channel, to read and to change."""
    contact = next((one for one in selectors.contacts_of(card.customer) if one.pk == record_id), None)
    if contact is None:
        raise Http404
    if card.request.method != "POST":
        return _show(card, contact, ConsentsForm(initial=consents.initial(contact)))
    form = ConsentsForm(card.request.POST)
    if form.is_valid():
        try:
            consents.consents_save(
                actor=card.actor,
                contact=contact,
                seen=card.request.POST.get("seen", ""),
                values=form.cleaned_data,
            )
        except InvalidInput as error:
            add_problems(form, error)
        except StaleVersion:
            form.add_error(
                None,
                _("Somebody else noted something meanwhile: look at it, and save again if yours is to stay."),
            )
        else:
            from .tab import TAB  # the tab names this view

            return TAB.saved(card, _("Consents saved."))
    return _show(card, contact, form, status=422)


def _show(card: CardRequest, contact: Contact, form: ConsentsForm, *, status: int = 200) -> HttpResponse:
    context = {
        "card": card, "contact": contact, "form": form, "seen": consents.signature(contact), "dialog_size": "wide",
        "noted": {one.channel: one for one in contact.consents.all()},
        "decisions": [(channel.label, consents.may_contact(contact, channel)) for channel, _f in form.of_channels()],
        "form_url": card.url("persons", str(contact.pk), "consents"),
    }  # fmt: skip
    html = render_to_string("contacts/consents.html", context, card.request)
    return HttpResponse(html, status=status)

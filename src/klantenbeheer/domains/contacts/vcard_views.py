"""vCards on the Contacts tab: one person, all of them, and a file read in after a look at it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.card.tabs import CardRequest
from klantenbeheer.customers.selectors import current_addresses
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.ui.htmx import to_text
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import normalise

from . import selectors, services, vcard
from .models import Contact


def one(card: CardRequest, record_id: int) -> HttpResponse:
    """The card of one person."""
    found = [contact for contact in selectors.contacts_of(card.customer) if contact.pk == record_id]
    if not found:
        raise Http404
    return _file(card, found, found[0].full_name)


def everybody(card: CardRequest) -> HttpResponse:
    """The cards of all who work there now."""
    working = [contact for contact in selectors.contacts_of(card.customer) if contact.left_on is None]
    return _file(card, working, card.customer.name)


def _file(card: CardRequest, contacts: Iterable[Contact], name: str) -> HttpResponse:
    visiting = next(iter(current_addresses(card.customer.addresses.all())), None)
    text = vcard.write(contacts, card.customer, visiting)
    response = HttpResponse(text.encode(), content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "contact"}.vcf"'
    return response


def bring_in(card: CardRequest) -> HttpResponse:
    """Choose a file; then choose of its persons; then they are stored, all or none."""
    problems: list[str] = []
    persons: list[dict[str, Any]] = []
    text = ""
    if card.request.method == "POST":
        file = card.request.FILES.get("file")
        text = card.request.POST.get("text", "")
        try:
            if file is None and not text:
                raise InvalidInput({"file": [_("Choose a file first.")]})
            content = file.read(vcard.MOST_BYTES + 1) if file is not None else text.encode()
            persons = vcard.read(content)
            text = content.decode("utf-8-sig", errors="replace") if file is not None else text
            if file is None:
                chosen = {int(mark[:9]) for mark in card.request.POST.getlist("take") if mark.isdecimal()}
                taken = [person for index, person in enumerate(persons) if index in chosen]
                if not taken:
                    raise InvalidInput({"file": [_("Choose at least one person.")]})
                _store(card, taken)
                message = ngettext("%(count)d person added.", "%(count)d persons added.", len(taken))
                from .tab import TAB  # the tab names these views

                return TAB.saved(card, message % {"count": len(taken)})
        except InvalidInput as error:
            problems = [str(reason) for reasons in error.problems.values() for reason in reasons]
    known = {normalise(contact.full_name) for contact in selectors.contacts_of(card.customer)}
    rows = [(person, normalise(_name(person)) in known) for person in persons]
    context = {"card": card, "problems": problems, "rows": rows, "text": text}
    context["form_url"] = card.url("persons", "vcards")
    html = to_text("contacts/vcards.html", context, card.request)
    return HttpResponse(html, status=422 if problems else 200)


def _name(person: dict[str, Any]) -> str:
    return " ".join(part for part in (person["first_name"], person["infix"], person["last_name"]) if part)


def _store(card: CardRequest, persons: list[dict[str, Any]]) -> None:
    with transaction.atomic(), acting(card.actor, "contact.import"):
        for person in persons:
            try:
                services.contact_create(actor=card.actor, customer=card.customer, values=person)
            except InvalidInput as error:
                # The person is named: the dialog shows many at once.
                reasons = [str(reason) for found in error.problems.values() for reason in found]
                raise InvalidInput({"file": [f"{_name(person)}: {reason}" for reason in reasons]}) from error

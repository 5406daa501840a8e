"""Persons as vCards: out as version 3.0, which every telephone and Outlook read; in as 2.1, 3.0 or 4.0 (RFC 6350)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import vobject
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer, PostalAddress
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.postal import street_line
from klantenbeheer.kernel.text import clean, split_person

from .models import Contact, role_names

MOST_BYTES = 500_000
MOST_CARDS = 200


def write(contacts: Iterable[Contact], customer: Customer, visiting: PostalAddress | None) -> str:
    """Give the cards of these persons, each with the company and the address where the person works."""
    return "".join(_card(contact, customer, contact.branch or visiting).serialize() for contact in contacts)


def _card(contact: Contact, customer: Customer, address: PostalAddress | None) -> Any:
    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(
        family=contact.last_name, given=contact.first_name, additional=contact.infix
    )
    card.add("fn").value = contact.full_name
    card.add("uid").value = f"klantenbeheer-contact-{contact.pk}"
    card.add("org").value = [customer.name, *([contact.branch.name] if contact.branch else [])]
    for name, value in (("title", contact.job_title), ("role", role_names(contact.roles))):
        if value:
            card.add(name).value = value
    for kind, number in (("WORK", contact.phone), ("CELL", contact.mobile)):
        if number:
            line = card.add("tel")
            line.value, line.type_param = number, [kind, "VOICE"]
    if contact.email:
        line = card.add("email")
        line.value, line.type_param = contact.email, ["INTERNET", "WORK"]
    if contact.birthday:
        card.add("bday").value = contact.birthday.isoformat()
    if address is not None and (address.city or address.street):
        line = card.add("adr")
        line.type_param = "WORK"
        line.value = vobject.vcard.Address(
            street=street_line(address.place), city=address.city, region=address.region, code=address.postcode,
            country=address.country or address.country_text,
        )  # fmt: skip
    return card


def read(content: bytes) -> list[dict[str, Any]]:
    """Give the persons in a file as values of the contact form. Raises ``InvalidInput`` for what is no vCard."""
    if len(content) > MOST_BYTES:
        raise _refuse(_("The file is larger than %(most)d kB.") % {"most": MOST_BYTES // 1000})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    persons: list[dict[str, Any]] = []
    try:
        for card in vobject.readComponents(text.replace("\0", ""), ignoreUnreadable=True):
            if card.name == "VCARD":
                persons.append(_person(card))
            if len(persons) > MOST_CARDS:
                raise _refuse(_("The file holds more than %(most)d cards.") % {"most": MOST_CARDS})
    except InvalidInput:
        raise
    except Exception as error:  # a broken card raises whatever its reader stumbles over
        raise _refuse(_("The file is no vCard, or damaged.")) from error
    if not persons:
        raise _refuse(_("The file is no vCard, or damaged."))
    return persons


def _refuse(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})


def _person(card: Any) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(("first_name", "infix", "last_name"), "")
    name = card.contents.get("n", [None])[0]
    shown = _first(card, "fn")
    if name is not None and name.value.family:
        values["first_name"] = _plain(name.value.given)
        values["infix"] = _plain(name.value.additional)
        values["last_name"] = _plain(name.value.family)
    else:
        given = _plain(name.value.given) if name is not None else ""
        values["first_name"], values["infix"], values["last_name"] = split_person(shown or given)
    if len(values["infix"]) > 30:  # additional names, not an infix
        values["first_name"], values["infix"] = f"{values['first_name']} {values['infix']}".strip(), ""
    values["job_title"] = _first(card, "title")
    values["email"] = _first(card, "email")
    values["phone"] = values["mobile"] = ""
    for line in card.contents.get("tel", []):
        kinds = {str(kind).upper() for kind in (*line.params.get("TYPE", []), *line.singletonparams)}
        place = "mobile" if "CELL" in kinds else "phone"
        if kinds.isdisjoint({"FAX", "PAGER"}) and not values[place]:
            values[place] = _plain(line.value).removeprefix("tel:")
    values["birthday"] = _date(_first(card, "bday"))
    return values


def _first(card: Any, name: str) -> str:
    lines = card.contents.get(name, [])
    return _plain(lines[0].value) if lines else ""


def _plain(value: Any) -> str:
    return clean(" ".join(value) if isinstance(value, list) else str(value or ""))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None

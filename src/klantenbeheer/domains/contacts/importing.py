"""Contact persons in a customer file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers import validation
from klantenbeheer.customers.importing.parts import ImportField
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.text import clean, normalise, split_person

from .models import Contact
from .services import RIGHT
from .words import contact_words

_NAME = ("first_name", "infix", "last_name")
_TOLD = ("job_title", "phone", "email")


def _person(values: Mapping[str, Any]) -> str:
    """Give what two rows about one person at a customer have in common: the name, however it is typed."""
    return normalise(" ".join(values[key] for key in _NAME))


class ContactPart:
    """One contact person per row: name, job title, telephone, e-mail. A known one gets what the row tells of him."""

    key = "contact"
    right = RIGHT
    fields = (
        ImportField("contact_name", _("Contact person"), (

            "contactpersoon", "contact", "contact name", "contactname", "ter attentie van", "tav",
            "naam contactpersoon",
        )),
        ImportField("contact_title", _("Contact person: job title"), (
            "contact title", "contacttitle", "functie", "job title")),
        ImportField("contact_phone", _("Contact person: telephone"), (
            "contact phone", "doorkiesnummer", "direct number", "mobiel")),
        ImportField("contact_email", _("Contact person: e-mail"), (
            "contact email", "e-mail contactpersoon", "email contactpersoon")),
    )  # fmt: skip

    def clean(self, typed: Mapping[str, str], country: str) -> tuple[Any, list[str], list[str]]:
        given = {key: clean(typed.get(f"contact_{key}", "")) for key in ("name", "title", "phone", "email")}
        if not any(given.values()):
            return None, [], []
        first, infix, last = split_person(given["name"] or given["title"] or given["email"] or given["phone"])
        values = {
            "first_name": first,
            "infix": infix,
            "last_name": last,
            "job_title": given["title"],
            "phone": given["phone"],
            "email": given["email"],
        }
        unclear = []
        for key, check in (
            ("phone", lambda text: checks.check_phone(text, country)),
            ("email", checks.check_email),
        ):
            if given[key]:
                checked = check(given[key])
                values[key] = checked.value
                unclear += [] if checked.ok else [f"contact_{key}"]
        reasons = [
            refusal for key, text in values.items() if (refusal := validation.too_long(Contact, key, text))
        ]
        return values, reasons, unclear

    def known(self, customer_ids: Sequence[int]) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = {}
        for contact in Contact.objects.filter(customer_id__in=customer_ids):
            told = {key: getattr(contact, key) for key in (*_NAME, *_TOLD)}
            found.setdefault(contact.customer_id, set()).update(self.identities(told))
        return found

    def identities(self, values: Any) -> set[str]:
        name = _person(values)
        return {name, *(f"{name}|{key}|{values[key]}" for key in _TOLD if values[key])}

    def words(self, values: Any) -> list[str]:
        return contact_words(
            values["first_name"], values["infix"], values["last_name"], values["phone"], "", values["email"]
        )

    def write(self, items: Sequence[tuple[int, Any]]) -> None:
        stored: dict[tuple[int, str], Contact] = {}
        keys = [customer_id for customer_id, _values in items]
        for contact in Contact.objects.filter(customer_id__in=keys).order_by("-id"):
            told = {key: getattr(contact, key) for key in _NAME}
            place = contact.customer_id, _person(told)
            # Of two by one name the file is about who still works there.
            if place not in stored or contact.left_on is None:
                stored[place] = contact
        new, changed = [], []
        for customer_id, values in items:
            person = stored.get((customer_id, _person(values)))
            if person is None:
                new.append(Contact(customer_id=customer_id, **values))
                continue
            for key in _TOLD:  # an empty cell says nothing about whom we know
                if values[key]:
                    setattr(person, key, values[key])
            person.version += 1
            changed.append(person)
        write(new, new=True)
        write(changed, new=False)


PART = ContactPart()

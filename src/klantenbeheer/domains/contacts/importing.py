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
from .selectors import contact_words
from .services import RIGHT


class ContactPart:
    """One contact person per row: name, job title, telephone, e-mail."""

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

    def clean(self, typed: Mapping[str, str], country: str) -> tuple[Any, list[str]]:
        given = {key: clean(typed.get(f"contact_{key}", "")) for key in ("name", "title", "phone", "email")}
        if not any(given.values()):
            return None, []
        first, infix, last = split_person(given["name"] or given["title"] or given["email"] or given["phone"])
        values = {
            "first_name": first,
            "infix": infix,
            "last_name": last,
            "job_title": given["title"],
            "phone": given["phone"],
            "email": given["email"],
        }
        if given["phone"]:
            values["phone"] = checks.check_phone(given["phone"], country).value
        if given["email"]:
            values["email"] = checks.check_email(given["email"]).value
        reasons = [
            refusal for key, text in values.items() if (refusal := validation.too_long(Contact, key, text))
        ]
        return values, reasons

    def known(self, customer_ids: Sequence[int]) -> Mapping[int, set[str]]:
        found: dict[int, set[str]] = {}
        for contact in Contact.objects.filter(customer_id__in=customer_ids):
            found.setdefault(contact.customer_id, set()).add(normalise(contact.full_name))
        return found

    def identities(self, values: Any) -> set[str]:
        return {normalise(f"{values['first_name']} {values['infix']} {values['last_name']}")}

    def words(self, values: Any) -> list[str]:
        return contact_words(
            values["first_name"], values["infix"], values["last_name"], values["phone"], "", values["email"]
        )

    def write(self, items: Sequence[tuple[int, Any]]) -> None:
        write([Contact(customer_id=customer_id, **values) for customer_id, values in items], new=True)


PART = ContactPart()

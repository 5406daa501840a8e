"""Writing contacts and branches; each write also refreshes what the customer is found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from klantenbeheer.customers import owned, validation
from klantenbeheer.customers.fields import ADDRESS_PARTS
from klantenbeheer.customers.hours import kept
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.refreshing import reindex
from klantenbeheer.customers.services import locked_customer
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean, clean_lines

from .choices import Role
from .models import Branch, Consent, Contact

RIGHT = "tab.contacts"


def _clean_common(
    values: Mapping[str, Any], model: Any, country: str
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    cleaned: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for key, value in values.items():
        if isinstance(value, str):
            value = clean_lines(value) if key == "delivery_instructions" else clean(value)
            refusal = "" if key == "delivery_instructions" else validation.too_long(model, key, value)
            if refusal:
                problems[key] = [refusal]
        cleaned[key] = value
    for key in ("phone", "mobile", "email"):
        if cleaned.get(key) and key not in problems:
            check = (
                checks.check_email(cleaned[key])
                if key == "email"
                else checks.check_phone(cleaned[key], country)
            )
            if check.ok:
                cleaned[key] = check.value
            else:
                problems[key] = [str(problem) for problem in check.problems]
    return cleaned, problems


def _clean_contact(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned, problems = _clean_common(values, Contact, customer.country or "NL")
    if not cleaned.get("last_name"):
        problems["last_name"] = [_("A person needs a last name.")]
    if "roles" in cleaned:
        # One order, so that the same roles are no change.
        cleaned["roles"] = [str(role) for role in Role if role in cleaned["roles"]]
    branch = cleaned.get("branch")
    if branch is not None and branch.customer_id != customer.pk:
        problems["branch"] = [_("This branch belongs to another customer.")]
    if problems:
        raise InvalidInput(problems)
    return cleaned


@transaction.atomic
def contact_create(*, actor: Actor, customer: Customer, values: Mapping[str, Any]) -> Contact:
    """Add a person. Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``."""
    owned.require(actor, RIGHT)
    contact = owned.create(
        Contact, actor=actor, right=RIGHT, customer_id=customer.pk, values=_clean_contact(customer, values)
    )
    reindex([customer.pk])
    return contact


@transaction.atomic
def contact_update(*, actor: Actor, record: Contact, version: int, values: Mapping[str, Any]) -> Contact:
    """Change a person; raises ``StaleVersion`` when somebody saved since ``version``."""
    owned.require(actor, RIGHT)
    # Locked first: what is checked against the customer is checked against what he is at the moment of writing.
    customer = locked_customer(actor, record.customer_id)
    contact = owned.update(
        Contact,
        actor=actor,
        right=RIGHT,
        record_id=record.pk,
        version=version,
        values=_clean_contact(customer, values),
    )
    reindex([contact.customer_id])
    return contact


@transaction.atomic
def contact_delete(*, actor: Actor, record: Contact) -> None:
    """Delete a person with what he said about being approached; can be put back."""
    owned.require(actor, RIGHT)
    with acting(actor, "contact.delete"):
        locked_customer(actor, record.customer_id)
        remove(list(Consent.objects.select_for_update().filter(contact_id=record.pk)))
        owned.delete(Contact, actor=actor, right=RIGHT, record_id=record.pk)
    reindex([record.customer_id])


def _clean_branch(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    others = {key: value for key, value in values.items() if key not in ADDRESS_PARTS}
    cleaned, problems = _clean_common(others, Branch, str(values.get("country") or customer.country or "NL"))
    address = validation.clean_address(values, keep=False)
    problems |= address.problems
    if cleaned.get("opening_hours"):
        cleaned["opening_hours"] = kept(cleaned["opening_hours"])
    if not cleaned.get("name"):
        problems["name"] = [_("A branch needs a name.")]
    gln = checks.check_gln(cleaned.get("gln") or "")
    if gln.ok:
        cleaned["gln"] = gln.value
        problems.pop("gln", None)  # too long only with the spaces that it was typed with
    else:
        problems["gln"] = [str(problem) for problem in gln.problems]
    if problems:
        raise InvalidInput(problems)
    return cleaned | address.values


def branch_create(*, actor: Actor, customer: Customer, values: Mapping[str, Any]) -> Branch:
    """Add a branch."""
    owned.require(actor, RIGHT)
    return owned.create(
        Branch, actor=actor, right=RIGHT, customer_id=customer.pk, values=_clean_branch(customer, values)
    )


@transaction.atomic
def branch_update(*, actor: Actor, record: Branch, version: int, values: Mapping[str, Any]) -> Branch:
    """Change a branch."""
    owned.require(actor, RIGHT)
    customer = locked_customer(actor, record.customer_id)
    return owned.update(
        Branch,
        actor=actor,
        right=RIGHT,
        record_id=record.pk,
        version=version,
        values=_clean_branch(customer, values),
    )


def branch_delete(*, actor: Actor, record: Branch) -> None:
    """Delete a branch; the people who worked there stay, without a branch."""
    owned.require(actor, RIGHT)
    with acting(actor, "branch.delete"):
        locked_customer(actor, record.customer_id)
        people = list(Contact.objects.select_for_update().filter(branch_id=record.pk))
        _place(people, None)
        owned.delete(Branch, actor=actor, right=RIGHT, record_id=record.pk)


def _place(people: list[Contact], branch: Branch | None) -> None:
    for contact in people:
        contact.branch = branch
        contact.version += 1
    write(people, new=False)

"""The inputs of the basic data: what is sent, what stands in them, and what there is to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import get_language

from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.text import clean

from . import extra
from .choices import NUMBER_SLOT, Language, Status
from .fields import BasicField
from .models import ConditionGroup, Customer, MailingCode, Territory

CODES = "mailing_codes"


def sent_value(data: QueryDict, key: str) -> str:
    """Give what a form sent for one value; of several ticked boxes their values, with spaces."""
    return " ".join(filter(None, data.getlist(key))) if key == CODES else data.get(key, "")


def sent_values(data: QueryDict) -> dict[str, Any]:
    """Give what a form sent, by key; what it did not send is not there."""
    return {field.key: sent_value(data, field.key) for field in extra.basic_fields() if field.key in data}


def typed_value(customer: Customer, key: str) -> str:
    """Give a stored value as one would type it."""
    if key == CODES:
        return " ".join(sorted(item.code.code for item in customer.mailing_codes.select_related("code")))
    value = getattr(customer, key)
    if value is None:
        return ""
    if key == "territory":
        return value.code
    if key == "salesperson":
        return value.username
    if key == "condition_group":
        return value.name
    if key == NUMBER_SLOT:
        return str(value).replace(".", ",") if get_language() == "nl" else str(value)
    if key == "credit_limit":
        return f"{value:.2f}".replace(".", ",") if get_language() == "nl" else f"{value:.2f}"
    return str(value)


def input_of(field: BasicField, value: Any, problems: Iterable[str]) -> dict[str, Any]:
    """Give what ``customers/input.html`` shows: a text, a list to choose from, or boxes to tick."""
    key = field.key
    choices: list[tuple[str, str]] = []
    chosen = [str(value or "")]
    if key == "status":
        choices = [(str(k), str(v)) for k, v in Status.choices]
    elif key == "language":
        choices = [(str(k), str(v)) for k, v in Language.choices]
    elif key == "territory":
        choices = [("", "—"), *((territory.code, str(territory)) for territory in Territory.objects.all())]
    elif key == "condition_group":
        choices = [(group.name, group.name) for group in ConditionGroup.objects.all()]
    elif key == "salesperson":
        # Who he has stays to be chosen: a saved card would take away who left, or who sells without being called so.
        # Cleaned: what was typed may hold NUL, which PostgreSQL refuses even to look for.
        wanted = Q(is_active=True, is_salesperson=True) | Q(username=clean(str(value or "")))
        people = User.objects.filter(wanted).order_by("full_name")
        choices = [("", "—"), *((user.username, user.full_name) for user in people)]
    elif key == CODES:
        chosen = str(value or "").split()
        choices = _codes(chosen)
    elif field.group == extra.GROUP:
        choices = extra.choices_of(key, str(value or ""))
    return {
        "field": field,
        "value": value,
        "problems": problems,
        "choices": choices,
        "chosen": chosen,
        "several": key == CODES,
        "shape": "twice" if key == "name" else "wide" if key == CODES else "",
    }


def _codes(held: Iterable[str]) -> list[tuple[str, str]]:
    """Give the codes that one may tick: those in use, and of the retired ones what this customer has."""
    own = {text.upper() for text in held}
    return [
        (code.code, f"{code.code} {code.name}".strip())
        for code in MailingCode.objects.order_by("code")
        if not code.retired or code.code.upper() in own
    ]


def inputs(
    values: dict[str, Any], problems: dict[str, list[str]], keys: set[str] | None = None
) -> list[dict[str, Any]]:
    """Give the inputs of all basic data, or of these ``keys``, in the order of the card."""
    return [
        input_of(field, values.get(field.key, ""), problems.get(field.key, []))
        for field in extra.basic_fields()
        if keys is None or field.key in keys
    ]

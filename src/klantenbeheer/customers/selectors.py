"""Reading customers, always narrowed to what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.models import at_version
from klantenbeheer.foundation.search.lookups import MOST, SHORTEST
from klantenbeheer.foundation.search.words import nearest
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotFound
from klantenbeheer.kernel.text import normalise, query_terms

from .derive import phone_key
from .models import Address, Customer, CustomerMark

# What a row of a list or of the suggestions shows.
ROW = (
    "id", "number", "name", "status", "city", "postcode", "country", "phone", "email", "vat_number", "modified_at",
    "flagged", "name_norm", "city_norm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An existing customer that a new one looks like, and why."""

    customer_id: int
    number: str
    name: str
    city: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. ``suggestion`` is the mended query when only that found anything; ``capped`` says that
    there are more than the search looks at."""

    rows: list[dict[str, Any]]
    suggestion: str = ""
    capped: bool = False


def customer_by_number(actor: Actor, number: str) -> Customer:
    """Give a customer by number (capitals do not matter), with what the card's head shows. One query.

    Raises ``NotFound`` also when the actor may not know of it.
    """
    customer = (
        Customer.objects.visible_to(actor)
        .select_related("territory", "salesperson", "modified_by")
        .annotate(number_key=Upper("number"))
        .filter(number_key=number.upper())
        .defer("search_text")
        .first()
    )
    if customer is None:
        raise NotFound(_("There is no customer “%(value)s”.") % {"value": number[:40]})
    return customer


def addresses_of(customer: Customer) -> list[Address]:
    """Give the addresses, the visiting address first."""
    order = {"visiting": 0, "postal": 1, "delivery": 2, "billing": 3}
    return sorted(customer.addresses.all(), key=lambda address: order[address.kind])


def addresses_at(customer: Customer, version: int) -> list[Address]:
    """Give the addresses as they were when the customer had this version; none when history does not know it."""
    then = at_version(customer, version)
    if then is None:
        return []
    found: dict[str, Any] = {}
    rows = Address.history.filter(customer_id=customer.pk, action_id__lte=then.action_id)
    for row in rows.order_by("history_id"):
        found[row.kind] = row
    return [row.instance for row in found.values() if row.history_type != "-"]


def is_marked(actor: Actor, customer: Customer) -> bool:
    """Say whether the actor marked this customer."""
    return CustomerMark.objects.filter(customer=customer, user_id=actor.user_id or 0).exists()


def _prefix(column: str, text: str) -> Q:
    # A range of the index on both databases; 'LIKE' would depend on collation and case folding.
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + "\U0010ffff"})


def matching(actor: Actor, query: str) -> Any:
    """Give the customers that hold every term of a query, at most :data:`MOST`, as a queryset without order."""
    terms = query_terms(query)
    visible = Customer.objects.visible_to(actor)
    if not terms:
        return visible
    long = [term for term in terms if len(term) >= SHORTEST]
    if not long:
        text = " ".join(terms)
        return visible.filter(_prefix("name_norm", text) | Q(number__startswith=text.upper()))
    found = visible.filter(search_text__has_terms=long)
    for term in terms:
        if len(term) < SHORTEST:
            found = found.filter(search_text__contains=term)
    return found


def _by_prefix(actor: Actor, query: str, limit: int) -> list[dict[str, Any]]:
    visible = Customer.objects.visible_to(actor)
    text = normalise(query)
    rows = list(visible.filter(_prefix("name_norm", text)).order_by("name_norm", "id").values(*ROW)[:limit])
    number = query.strip().upper()
    if number and number.replace("-", "").replace(".", "").replace("_", "").isalnum() and len(number) <= 20:
        keyed = visible.annotate(number_key=Upper("number"))
        by_number = keyed.filter(_prefix("number_key", number)).order_by("number_key").values(*ROW)[:limit]
        known = {row["id"] for row in rows}
        numbered = [row for row in by_number if row["id"] not in known]
        exact = [row for row in numbered if row["number"].upper() == number]
        others = [row for row in numbered if row["number"].upper() != number]
        rows = exact + rows + others
    return rows[:limit]


def _search(actor: Actor, query: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
    terms = query_terms(query)
    if not terms:
        return [], False
    rows = _by_prefix(actor, query, limit)
    if len(rows) >= limit or not any(len(term) >= SHORTEST for term in terms):
        return rows, len(rows) >= limit
    known = {row["id"] for row in rows}
    further = matching(actor, query).values(*ROW)[: MOST + 1]
    rest = [row for row in further if row["id"] not in known]
    rest.sort(key=lambda row: (row["name_norm"], row["id"]))
    return (rows + rest)[:limit], len(rows) + len(rest) > limit


def search(actor: Actor, query: str, *, limit: int = 20) -> Found:
    """Find customers as someone types: number and name beginnings first, then the query anywhere.

    When nothing is found, words that are not known are replaced by the nearest known ones and the search is
    done again; the result then says what was searched instead.
    """
    rows, capped = _search(actor, query, limit)
    if rows or len(query.strip()) < SHORTEST:
        return Found(rows, capped=capped)
    mended = mend(actor, query)
    if mended:
        rows, capped = _search(actor, mended, limit)
        return Found(rows, suggestion=mended if rows else "", capped=capped)
    return Found([])


def mend(actor: Actor, query: str) -> str:
    """Give the query with mistyped words replaced by the nearest known ones that find something, or nothing."""
    terms = query_terms(query)
    joined = "".join(terms)
    if len(terms) > 1 and len(joined) >= SHORTEST and matching(actor, joined).exists():
        return joined
    choices = [nearest(term, most=2) for term in terms]
    if not any(choices):
        return ""
    for pick in (0, 1):
        candidate = " ".join(
            found[min(pick, len(found) - 1)] if found else term
            for term, found in zip(terms, choices, strict=True)
        )
        if matching(actor, candidate).exists():
            return candidate
    return ""


def duplicates_of(actor: Actor, values: Mapping[str, Any], *, but: int | None = None) -> list[Duplicate]:
    """Find customers that these values look like: name and place, VAT, KvK, IBAN, telephone, e-mail.

    ``values`` are cleaned basic data plus ``city``. Only what the actor may see is told.
    """
    tests: list[tuple[str, Q]] = []
    for key, reason in (
        ("vat_number", _("same VAT number")),
        ("kvk_number", _("same KvK number")),
        ("iban", _("same IBAN")),
        ("email", _("same e-mail")),
    ):
        if values.get(key):
            tests.append((reason, Q(**{key: values[key]})))
    if phone_key(values.get("phone") or ""):
        tests.append((_("same telephone"), Q(phone_norm=phone_key(values["phone"]))))
    name = normalise(values.get("name") or "")
    if name and values.get("city"):
        tests.append((_("same name and place"), Q(name_norm=name, city_norm=normalise(values["city"])[:100])))
    found: dict[int, tuple[dict[str, Any], list[str]]] = {}
    for reason, condition in tests:
        rows = (
            Customer.objects.visible_to(actor)
            .filter(condition)
            .exclude(pk=but)
            .values("id", "number", "name", "city")
        )
        for row in rows[:5]:
            found.setdefault(row["id"], (row, []))[1].append(reason)
    return [
        Duplicate(row["id"], row["number"], row["name"], row["city"], tuple(reasons))
        for row, reasons in sorted(found.values(), key=lambda item: -len(item[1]))
    ]

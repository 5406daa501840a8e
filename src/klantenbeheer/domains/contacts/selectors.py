"""Reading contacts and branches of a customer that the card's gate has let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, When

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.owned import records_of
from klantenbeheer.customers.reach import belonging, is_small
from klantenbeheer.foundation.search.lookups import SHORTEST, Terms
from klantenbeheer.foundation.search.prepared import mark, rows
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.text import normalise, query_terms

from .models import Branch, Consent, Contact
from .words import contact_words

_LAST = "\U0010ffff"  # behind every letter: what a prefix ends before
_ROW = (
    "id", "first_name", "infix", "last_name", "job_title", "phone", "mobile", "left_on", "customer__number",
    "customer__name",
)  # fmt: skip


def contacts_of(customer: Customer) -> list[Contact]:
    """Give the persons, those who left last."""
    if customer.as_of is None:
        rows = list(
            Contact.objects.filter(customer=customer).select_related("branch").prefetch_related("consents")
        )
    else:
        rows = records_of(Contact, customer)
        branches = {branch.pk: branch for branch in branches_of(customer)}
        for row in rows:
            row.branch = branches.get(row.branch_id or 0)
        said = records_of(Consent, customer)
        for row in rows:
            mine = [consent for consent in said if consent.contact_id == row.pk]
            setattr(row, "_prefetched_objects_cache", {"consents": mine})  # noqa: B010 - as prefetching does
    return sorted(rows, key=lambda row: (row.left_on is not None, normalise(row.last_name), row.pk))


def branches_of(customer: Customer) -> list[Branch]:
    """Give the branches by name."""
    return records_of(Branch, customer)


def contact_count(customer: Customer) -> int:
    """Give how many persons work there now."""
    return Contact.objects.filter(customer=customer, left_on=None).count()


def search_texts(customer_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Give the words by which a customer is found through his people."""
    found: dict[int, list[str]] = {}
    rows = Contact.objects.filter(customer_id__in=customer_ids).values_list(
        "customer_id", "first_name", "infix", "last_name", "phone", "mobile", "email"
    )
    for customer_id, first, infix, last, phone, mobile, email in rows:
        found.setdefault(customer_id, []).extend(contact_words(first, infix, last, phone, mobile, email))
    return found


def _visible(actor: Actor) -> Any:
    """Give the persons that this actor may know of: those of the customers within his reach, with the right on them."""
    # Without a condition on the customers none is asked: the statement can be kept, and walks one index.
    return belonging(Contact.objects.all(), actor) if actor.may("tab.contacts") else Contact.objects.none()


def _by_beginning(visible: Any, text: str, limit: int, others: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Give those whose last name begins so; ``others`` are in their words as well ('de' and 'jan' of 'jan de vr')."""

    def compose(everybody: Any) -> Any:
        named = everybody.filter(name_norm__gte=mark("from"), name_norm__lt=mark("to"))
        for place in range(len(others)):
            named = named.filter(search_text__contains=mark(f"other{place}"))
        return named.order_by("name_norm", "id").values(*_ROW)[:limit]

    values = {f"other{place}": term for place, term in enumerate(others)}
    return rows(
        ("contact", len(others), limit), visible, compose, {"from": text, "to": text + _LAST, **values}
    )


def _by_terms(visible: Any, terms: Sequence[str], limit: int) -> list[dict[str, Any]]:
    long = [term for term in terms if len(term) >= SHORTEST]
    short = [term for term in terms if len(term) < SHORTEST]
    marks = [mark(f"long{place}") for place in range(len(long))]

    def compose(everybody: Any) -> Any:
        found = everybody.filter(search_text__has_terms=Terms(marks, everybody))
        for place in range(len(short)):
            found = found.filter(search_text__contains=mark(f"short{place}"))
        return found.order_by("name_norm", "id").values(*_ROW)[:limit]

    values = {f"long{place}": term for place, term in enumerate(long)}
    values |= {f"short{place}": term for place, term in enumerate(short)}
    return rows(("contact terms", len(long), len(short), limit), visible, compose, values)


def _among_few(visible: Any, text: str, terms: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Read each person of few customers once: those whose last name begins so first."""
    for term in terms:
        visible = visible.filter(search_text__contains=term)
    begins = Case(When(name_norm__gte=text, name_norm__lt=text + _LAST, then=0), default=1)
    return list(visible.order_by(begins, "name_norm", "id").values(*_ROW)[:limit])


def search(actor: Actor, query: str, *, limit: int = 20) -> list[dict[str, Any]]:
    """Find persons as one types: the beginning of the last name first, then the words anywhere."""
    terms = query_terms(query)
    if not terms:
        return []
    visible, text = _visible(actor), normalise(query)
    long = any(len(term) >= SHORTEST for term in terms)
    if long and is_small(actor):
        return _among_few(visible, text, terms, limit)
    found = _by_beginning(visible, text, limit) if text else []
    if not long:
        return found or (_by_beginning(visible, terms[-1], limit, terms[:-1]) if len(terms) > 1 else found)
    if len(found) >= limit:
        return found
    known = {row["id"] for row in found}
    found += [row for row in _by_terms(visible, terms, limit) if row["id"] not in known]
    return found[:limit]

"""Reading the register, and what there is to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotFound

from .choices import Kind, Outcome
from .models import Archive, Erasing, PrivacyRequest

# A request is told of in this many days before it is due.
SOON_DAYS = 7
SHOWN = 200
STATES = ("open", "late", "soon", "done")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is shown: a state, a kind, the number of a customer; empty is everything."""

    state: str = ""
    kind: str = ""
    number: str = ""


def visible_requests(actor: Actor) -> QuerySet[PrivacyRequest]:
    """Give the requests about customers that the actor may know of; those whose customer is gone are everybody's."""
    seen = Customer.objects.visible_to(actor)
    rows: QuerySet[PrivacyRequest] = PrivacyRequest.objects.filter(Q(customer=None) | Q(customer__in=seen))
    return rows


def _in_state(rows: QuerySet[PrivacyRequest], state: str, today: date) -> QuerySet[PrivacyRequest]:
    open_ones = rows.filter(outcome=Outcome.OPEN)
    if state == "open":
        return open_ones
    if state == "late":
        return open_ones.filter(due_on__lt=today)
    if state == "soon":
        return open_ones.filter(due_on__gte=today, due_on__lte=today + timedelta(days=SOON_DAYS))
    return rows.exclude(outcome=Outcome.OPEN) if state == "done" else rows


def requests(actor: Actor, wanted: Filter) -> QuerySet[PrivacyRequest]:
    """Give the requests that are wanted, the open ones first, by the day on which they are due."""
    rows = _in_state(visible_requests(actor), wanted.state, timezone.localdate())
    if wanted.kind in Kind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.number:
        rows = rows.filter(customer_number__iexact=wanted.number[:20])
    return rows.order_by("outcome", "due_on", "id")


def counts(actor: Actor) -> dict[str, int]:
    """Give how many requests are in each state."""
    today = timezone.localdate()
    return {state: _in_state(visible_requests(actor), state, today).count() for state in STATES}


def request_by_id(actor: Actor, request_id: int) -> PrivacyRequest:
    """Give a request; raises ``NotFound``."""
    found = visible_requests(actor).select_related("customer").filter(pk=request_id).first()
    if found is None:
        raise NotFound(_("This request does not exist."))
    return found


def person_of(customer: Customer, key: Any) -> Contact | None:
    """Give a contact person by the text of his key; none for an empty one. Raises ``NotFound``."""
    if not key:
        return None
    text = str(key)
    found = (
        Contact.objects.select_related("customer").filter(customer=customer, pk=int(text)).first()
        if text.isdecimal() and len(text) < 19
        else None
    )
    if found is None:
        raise NotFound(_("This person does not exist any more."))
    return found


def persons_of(customer: Customer) -> list[Contact]:
    """Give the contact persons with what they said about being approached."""
    return list(Contact.objects.filter(customer=customer).prefetch_related("consents"))


def archives_of(actor: Actor, **where: Any) -> list[Archive]:
    """Give one's own archives that can still be fetched."""
    rows = Archive.objects.filter(user_id=actor.user_id or 0, expires_at__gt=timezone.now(), **where)
    return list(rows.select_related("job", "customer")[:50])


def archive_by_id(actor: Actor, archive_id: int) -> Archive:
    """Give an archive to who asked for it, while it may be fetched and he may see the customer; else ``NotFound``."""
    found = (
        Archive.objects.select_related("job", "customer")
        .filter(
            pk=archive_id, user_id=actor.user_id or 0, expires_at__gt=timezone.now(),
            customer__in=Customer.objects.visible_to(actor),
        )
        .first()
    )  # fmt: skip
    if found is None:
        raise NotFound(_("This archive does not exist, or its time is over."))
    return found


def visible_erasings(actor: Actor) -> QuerySet[Erasing]:
    """Give the erasures of customers that the actor may know of."""
    seen = Customer.objects.visible_to(actor)
    rows: QuerySet[Erasing] = Erasing.objects.filter(Q(customer=None) | Q(customer__in=seen))
    return rows.select_related("job")


def erasing_by_id(actor: Actor, erasing_id: int) -> Erasing:
    """Give an erasure; raises ``NotFound``."""
    found = visible_erasings(actor).select_related("customer").filter(pk=erasing_id).first()
    if found is None:
        raise NotFound(_("This erasure does not exist."))
    return found


def rest_due(actor: Actor) -> list[Erasing]:
    """Give the erasures of which the rest may go now: the duty to keep it is over, and it is still there."""
    rows = visible_erasings(actor).filter(keeps_until__lt=timezone.localdate(), customer__isnull=False)
    stand_in = Customer.audit_erasure.stand_ins["name"]
    return list(rows.exclude(customer__name=stand_in)[:50])


def register_headers() -> list[str]:
    """Give the headings of :func:`register_rows`."""
    return [
        _("Kind"), _("Customer number"), _("About"), _("Asked by"), _("Received on"), _("Due on"),
        _("Extended by two months"), _("Outcome"), _("Done on"), _("Done by"), _("Remark"),
    ]  # fmt: skip


def register_rows(actor: Actor, wanted: Filter) -> Iterator[list[Any]]:
    """Give the register as rows of a file."""
    for row in requests(actor, wanted).iterator(chunk_size=1_000):
        yield [
            row.get_kind_display(), row.customer_number, _("contact person") if row.person_id else _("customer"),
            row.asker, row.received_on, row.due_on, _("yes") if row.extended else _("no"), row.get_outcome_display(),
            row.done_on, row.done_label, row.remark,
        ]  # fmt: skip

"""Writing the register, and asking for archives and erasures."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.domains.contacts.consents import object_to_all
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean, clean_lines

from . import plan as planning
from .choices import Kind, Outcome
from .models import Archive, Erasing, Hold, PrivacyRequest
from .permissions import ERASE, PRIVACY

# How long an archive can be fetched.
ARCHIVE_DAYS = 7
ARCHIVE_JOB, ERASE_JOB, TIDY_JOB = "privacy.archive", "privacy.erase", "privacy.tidy"
_MOST = {"asker": 120, "reason": 200}


def require(actor: Actor, right: str, level: Level = Level.EDIT) -> None:
    """Raise ``NotAllowed`` unless the actor has the right."""
    if not actor.may(right, level):
        raise NotAllowed(_("You may not do this."), right=right)


def months_after(day: date, months: int) -> date:
    """Give the same day so many months on, or the last of the month where that does not exist."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def due_of(received: date, *, extended: bool) -> date:
    """Give when a request must be answered: within a month, or three when it is complex (art. 12 GDPR)."""
    return months_after(received, 3 if extended else 1)


def _clean_request(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    asker = clean(values.get("asker") or "")
    if not asker:
        problems["asker"] = [_("Say who asks.")]
    elif len(asker) > _MOST["asker"]:
        problems["asker"] = [_("At most %(most)d characters fit.") % {"most": _MOST["asker"]}]
    received = values.get("received_on") or timezone.localdate()
    if received > timezone.localdate():
        problems["received_on"] = [
            _("“%(value)s” has not come yet.") % {"value": received.strftime("%d-%m-%Y")}
        ]
    kind = values.get("kind") or ""
    if kind not in Kind.values:
        problems["kind"] = [_("“%(value)s” is none of the choices.") % {"value": str(kind)[:40]}]
    customer, person = _subject(actor, values, problems)
    if problems or customer is None:
        raise InvalidInput(problems)
    extended = bool(values.get("extended"))
    return {
        "asker": asker, "received_on": received, "kind": kind, "extended": extended, "customer": customer,
        "customer_number": customer.number, "person_id": person.pk if person else None,
        "due_on": due_of(received, extended=extended), "remark": clean_lines(values.get("remark") or ""),
    }  # fmt: skip


def _subject(
    actor: Actor, values: Mapping[str, Any], problems: dict[str, list[str]]
) -> tuple[Customer | None, Contact | None]:
    number = clean(str(values.get("customer_number") or ""))
    try:
        customer = customer_by_number(actor, number)
    except NotFound as error:
        problems["customer_number"] = [str(error) if number else _("Give the number of the customer.")]
        return None, None
    key = str(values.get("person_id") or "")
    if not key:
        return customer, None
    person = Contact.objects.filter(customer=customer, pk=int(key[:18])).first() if key.isdecimal() else None
    if person is None:
        problems["person_id"] = [_("This person does not belong to the customer.")]
    return customer, person


@transaction.atomic
def request_create(*, actor: Actor, values: Mapping[str, Any]) -> PrivacyRequest:
    """Enter a request. One that objects to being approached holds at once: his consents say so from now on.

    Raises ``InvalidInput``, ``NotAllowed``.
    """
    require(actor, PRIVACY)
    cleaned = _clean_request(actor, values)
    with acting(actor, "privacy_request.create"):
        request = PrivacyRequest(**cleaned)
        write([request], new=True)
        if request.kind == Kind.OBJECTION and request.person_id:
            _object(actor, request)
    return request


def _object(actor: Actor, request: PrivacyRequest) -> None:
    person = Contact.objects.get(pk=request.person_id or 0)
    words = {"day": request.received_on.strftime("%d-%m-%Y")}
    object_to_all(actor=actor, contact=person, source=_("Objection of %(day)s") % words)


def _locked(actor: Actor, request_id: int, version: int, values: Mapping[str, Any]) -> PrivacyRequest:
    require(actor, PRIVACY)
    found: PrivacyRequest | None = PrivacyRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NotFound(_("This does not exist any more."))
    if found.version != version:
        raise StaleVersion(current=found, changes=values)
    return found


@transaction.atomic
def request_update(
    *, actor: Actor, request_id: int, version: int, values: Mapping[str, Any]
) -> PrivacyRequest:
    """Change an open request. Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``, ``Refused``, ``StaleVersion``."""
    with acting(actor, "privacy_request.update"):
        stored = _locked(actor, request_id, version, values)
        if not stored.is_open:
            raise Refused(_("This request is closed; open it again first."), code="closed")
        subject = {"customer_number": stored.customer_number, "person_id": stored.person_id or ""}
        return _changed(stored, _clean_request(actor, {**values, **subject}))


def _changed(stored: PrivacyRequest, values: Mapping[str, Any]) -> PrivacyRequest:
    if any(getattr(stored, key) != value for key, value in values.items()):
        for key, value in values.items():
            setattr(stored, key, value)
        stored.version += 1
        write([stored], new=False)
    return stored


@transaction.atomic
def request_close(
    *, actor: Actor, request_id: int, version: int, values: Mapping[str, Any]
) -> PrivacyRequest:
    """Note how a request ended. Raises as :func:`request_update`."""
    with acting(actor, "privacy_request.close"):
        stored = _locked(actor, request_id, version, values)
        done = values.get("done_on") or timezone.localdate()
        problems: dict[str, list[str]] = {}
        if values.get("outcome") not in {*Outcome.values} - {""}:
            problems["outcome"] = [_("Choose how it ended.")]
        if done > timezone.localdate():
            problems["done_on"] = [_("“%(value)s” has not come yet.") % {"value": done.strftime("%d-%m-%Y")}]
        elif done < stored.received_on:
            problems["done_on"] = [_("That is before the request was received.")]
        if problems:
            raise InvalidInput(problems)
        return _changed(
            stored, {"outcome": values["outcome"], "done_on": done, "done_label": actor.label[:120]}
        )


@transaction.atomic
def request_reopen(*, actor: Actor, request_id: int) -> PrivacyRequest:
    """Open a closed request again; of somebody who was erased too, since it holds nothing about him."""
    with acting(actor, "privacy_request.reopen"):
        require(actor, PRIVACY)
        stored = PrivacyRequest.objects.select_for_update().filter(pk=request_id).first()
        if stored is None:
            raise NotFound(_("This does not exist any more."))
        return _changed(stored, {"outcome": "", "done_on": None, "done_label": ""})


@transaction.atomic
def hold_create(*, actor: Actor, customer: Customer, values: Mapping[str, Any]) -> Hold:
    """Forbid erasing anything of a customer. Raises ``InvalidInput``, ``NotAllowed``."""
    require(actor, PRIVACY)
    reason = clean(values.get("reason") or "")
    since, until = values.get("since") or timezone.localdate(), values.get("until")
    problems: dict[str, list[str]] = {}
    if not reason:
        problems["reason"] = [_("Say why nothing may be erased.")]
    elif len(reason) > _MOST["reason"]:
        problems["reason"] = [_("At most %(most)d characters fit.") % {"most": _MOST["reason"]}]
    if until and until < since:
        problems["until"] = [
            _("%(until)s is before %(since)s.")
            % {"until": until.strftime("%d-%m-%Y"), "since": since.strftime("%d-%m-%Y")}
        ]
    if problems:
        raise InvalidInput(problems)
    with acting(actor, "privacy_hold.create"):
        hold = Hold(customer=customer, reason=reason, since=since, until=until)
        write([hold], new=True)
    return hold


@transaction.atomic
def hold_lift(*, actor: Actor, customer: Customer, hold_id: int) -> Hold:
    """End a legal hold: yesterday was its last day, or the day on which it began."""
    require(actor, PRIVACY)
    with acting(actor, "privacy_hold.lift"):
        hold: Hold | None = Hold.objects.select_for_update().filter(pk=hold_id, customer=customer).first()
        if hold is None:
            raise NotFound(_("This does not exist any more."))
        today = timezone.localdate()
        if hold.since >= today:
            hold.since = today - timedelta(days=1)
        hold.until = max(hold.since, today - timedelta(days=1))
        hold.version += 1
        write([hold], new=False)
    return hold


@transaction.atomic
def archive_start(
    *, actor: Actor, customer: Customer, person: Contact | None = None, request: PrivacyRequest | None = None
) -> Archive:
    """Have an archive made, for the actor alone. Raises ``NotAllowed``."""
    require(actor, PRIVACY, Level.VIEW)
    if actor.user_id is None:
        raise NotAllowed(_("You may not do this."), right=PRIVACY)
    archive = Archive.objects.create(
        customer=customer, person_id=person.pk if person else None, user_id=actor.user_id, request=request,
        expires_at=timezone.now() + timedelta(days=ARCHIVE_DAYS),
    )  # fmt: skip
    # The title holds no name: it outlives the data.
    title = _("Archive of customer %(number)s") % {"number": customer.number}
    archive.job = job_enqueue(actor=actor, kind=ARCHIVE_JOB, title=title, params={"archive": archive.pk})
    archive.save(update_fields=["job"])
    return archive


@transaction.atomic
def erasing_start(
    *,
    actor: Actor,
    customer: Customer,
    person: Contact | None,
    reason: str,
    request: PrivacyRequest | None = None,
) -> Erasing:
    """Have a person or a whole customer erased. It cannot be undone.

    Raises ``InvalidInput`` without a reason, ``NotAllowed``, ``Refused`` with why nothing may be erased now.
    """
    require(actor, ERASE)
    reason = clean(reason)
    if not reason:
        raise InvalidInput({"reason": [_("Say why: the register must show it.")]})
    if len(reason) > _MOST["reason"]:
        raise InvalidInput({"reason": [_("At most %(most)d characters fit.") % {"most": _MOST["reason"]}]})
    Customer.objects.select_for_update().get(pk=customer.pk)
    plan = planning.of_person(person) if person else planning.of_customer(customer)
    if plan.obstacles:
        raise Refused(" ".join(plan.obstacles), code="obstacle")
    key = person.pk if person else None
    waiting = Erasing.objects.filter(customer=customer, person_id=key, done_at=None)
    if any(one.job is not None and one.job.is_open for one in waiting.select_related("job")):
        raise Refused(_("This is being erased already."), code="busy")
    waiting.filter(applied_at=None).delete()
    erasing = Erasing.objects.create(
        customer=customer, customer_number=customer.number, person_id=key, request=request,
        user_id=actor.user_id, label=actor.label[:120], reason=reason,
    )  # fmt: skip
    title = _("Erasing: customer %(number)s") % {"number": customer.number}
    erasing.job = job_enqueue(actor=actor, kind=ERASE_JOB, title=title, params={"erasing": erasing.pk})
    erasing.save(update_fields=["job"])
    return erasing

"""Asking, keeping the answer, and asking again later."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.customers.vat import is_for_vies, vat_verdict_store
from klantenbeheer.foundation.audit.context import current_action
from klantenbeheer.foundation.audit.models import UnsignedWrite
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor, Level, SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused

from . import selectors, vies
from .choices import Outcome, Selection, Source
from .models import VatAnswer, Waiting
from .permissions import VAT_CHECK

FILE_JOB = "vat_check.file"
QUEUE_JOB = "vat_check.queue"
# Minutes until a number is asked again; the last goes on.
PAUSES = (5, 15, 60, 240, 720)
QUEUE = SystemActor("btw-controle")


def answer_store(
    *, actor: Actor, customer_id: int, customer_number: str, number: str, answer: vies.Answer, source: Source
) -> VatAnswer:
    """Keep an answer as evidence and let the customer's colour follow it; no answer puts him in the queue.

    One transaction. The right was asked by the caller, who had to ask VIES before; it is an error without seeing the
    customer. The evidence stays also when his number changed meanwhile; the colour does not follow then.
    """
    with transaction.atomic():
        evidence = VatAnswer(
            customer_id=customer_id, customer_number=customer_number, number=number, requester=answer.requester,
            outcome=answer.outcome, code=answer.code, name=answer.name, address=answer.address,
            consultation=answer.consultation[:100], request_date=answer.request_date[:60], raw=answer.raw,
            source=source, asked_by_id=actor.user_id, asked_label=actor.label[:120],
        )  # fmt: skip
        evidence.save()
        current = vat_verdict_store(
            actor=actor, customer_id=customer_id, number=number, at=evidence.asked_at, name=answer.name,
            verdict=answer.outcome if answer.is_verdict else "", remark=answer.code,
        )  # fmt: skip
        if not current:
            return evidence
        if answer.outcome == Outcome.NO_ANSWER:
            postpone(customer_id, answer.code)
        elif answer.code not in vies.HALTING:  # then it is about us, and this number still waits
            Waiting.objects.filter(customer_id=customer_id).delete()
    return evidence


def postpone(customer_id: int, code: str) -> None:
    """Ask about this customer again later, each time after a longer pause. Inside a transaction."""
    now = timezone.now()
    waiting = Waiting.objects.filter(customer_id=customer_id).first()
    if waiting is None:
        waiting = Waiting(customer_id=customer_id, tries=0)
    waiting.tries = min(waiting.tries + 1, 1_000)
    waiting.code = code
    waiting.due_at = now + timedelta(minutes=PAUSES[min(waiting.tries, len(PAUSES)) - 1])
    waiting.save()
    wake(waiting.due_at)


def wake(at: datetime) -> None:
    """See to it that the queue is worked on at that time: there is one open job for it, moved forward if need be."""
    waiting = Job.objects.select_for_update().filter(kind=QUEUE_JOB, state=State.READY).first()
    if waiting is None:
        job_enqueue(actor=QUEUE, kind=QUEUE_JOB, title=_("VAT numbers to ask again"), params={}, run_after=at)
    elif waiting.run_after > at:
        Job.objects.filter(pk=waiting.pk, state=State.READY).update(run_after=at)


def ask_patiently(
    number: str, *, step: Callable[[], None], sleep: Callable[[float], None] = time.sleep
) -> vies.Answer:
    """Ask VIES; when it or the state is busy, ask again after a short pause. ``step`` keeps the job's lease."""
    for pause in settings.VIES_PAUSES:
        step()
        answer = vies.ask(number)
        if answer.code not in vies.BUSY:
            return answer
        sleep(pause)
    step()
    return vies.ask(number)


def check_one(*, actor: Actor, customer_id: int) -> VatAnswer:
    """Ask about one customer's number at once. Raises ``Refused`` without a number, ``NotAllowed``, ``NotFound``.

    VIES being away is an answer like any other: it is kept, and the number is asked again later.
    """
    if not actor.may(CUSTOMERS, Level.EDIT):
        raise NotAllowed(_("You may not change customers."), right=CUSTOMERS)
    customer = Customer.objects.visible_to(actor).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound(_("This customer does not exist."))
    if not customer.vat_number:
        raise Refused(_("This customer has no VAT number to check."), code="no_number")
    if not is_for_vies(customer):
        raise Refused(_("This VAT number is from outside the EU: VIES does not know it."), code="outside")
    if not vies.is_on():
        raise Refused(_("Asking VIES is switched off for this installation."), code="switched_off")
    # Outside a transaction: the network holds no lock.
    answer = vies.ask(customer.vat_number, timeout=settings.VIES_TIMEOUT_PERSON)
    return answer_store(
        actor=actor, customer_id=customer.pk, customer_number=customer.number, number=customer.vat_number,
        answer=answer, source=Source.CARD,
    )  # fmt: skip


def require_check(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may check the whole file."""
    if not actor.may(VAT_CHECK, Level.EDIT):
        raise NotAllowed(_("You may not check the whole file."), right=VAT_CHECK)


def file_check_start(*, actor: Actor, selection: str, days: Any = "") -> Job:
    """Put a check of the whole file in the queue. Raises ``InvalidInput``, ``Refused`` (one runs), ``NotAllowed``."""
    require_check(actor)
    if not vies.is_on():
        raise Refused(_("Asking VIES is switched off for this installation."), code="switched_off")
    if selection not in Selection.values:
        raise InvalidInput(
            {"selection": [_("“%(value)s” is none of the choices.") % {"value": selection[:40]}]}
        )
    number = 0
    if selection == Selection.OLDER:
        text = str(days).strip()
        if not text.isdecimal() or not 1 <= int(text[:6]) <= 3650:
            raise InvalidInput(
                {"days": [_("“%(value)s” is no number of days from 1 to 3650.") % {"value": text[:20]}]}
            )
        number = int(text)
    with transaction.atomic():
        running = Job.objects.select_for_update().filter(
            kind=FILE_JOB, state__in=(State.READY, State.RUNNING)
        )
        if running.exists():
            raise Refused(_("A check of the whole file is under way already."), code="under_way")
        chosen = selectors.chosen(actor, selection, number)
        return job_enqueue(
            actor=actor, kind=FILE_JOB, title=_("VAT check: %(what)s") % {"what": Selection(selection).label},
            params={"selection": selection, "days": number}, total=chosen.count(),
        )  # fmt: skip


def evidence_erase(customer_id: int) -> int:
    """Remove the answers about a customer whose personal data are erased, inside the action that erases them.

    The caller decided that the law no longer asks to keep them. Gives how many went.
    """
    if current_action() is None:
        raise UnsignedWrite("evidence is erased inside an action only")
    rows: QuerySet[Any] = QuerySet(VatAnswer).filter(customer_id=customer_id)
    Waiting.objects.filter(customer_id=customer_id).delete()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('klantenbeheer.erasing', 'on', true)")
        gone: int = rows._raw_delete(rows.db)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('klantenbeheer.erasing', '', true)")
    return gone

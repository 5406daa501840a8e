"""The check of the whole file, of what had no answer, and of each day."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.vat import is_for_vies
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.kernel.actors import Actor, Level

from . import selectors, services, vies
from .choices import Selection, Source
from .models import Waiting
from .permissions import VAT_CHECK

CHUNK = 100
DAILY_MOST = 500
# How long the other numbers of a member state that is away are not tried.
AWAY = timedelta(minutes=10)


class Pace:
    """Keeps a job below the number of questions a minute that the settings allow."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._next = 0.0
        self._step = step

    def wait(self) -> None:
        """Wait until the next question may be put, keeping the job's lease meanwhile."""
        while (left := self._next - time.monotonic()) > 0:
            self._step()
            time.sleep(min(left, 5.0))
        self._next = time.monotonic() + 60.0 / settings.VIES_PER_MINUTE


class Checker:
    """Asks about customers one by one, and stores each answer together with how far the job is."""

    def __init__(self, run: Run, actor: Actor, source: Source) -> None:
        self.run, self.actor, self.source = run, actor, source
        self.pace = Pace(run.step)
        self.halted = str(run.result.get("halted", ""))
        self.away: dict[str, datetime] = {}

    def is_halted(self) -> bool:
        """Say whether VIES refuses us altogether."""
        return bool(self.halted)

    def check(self, customer: Customer, **place: Any) -> None:
        """Ask about one customer; ``place`` goes into the job's result, for the next attempt to go on from."""
        number = customer.vat_number
        parts = vies.split(number) if is_for_vies(customer) else None
        state = parts[0] if parts else ""
        if parts is None:
            return self._note("not_asked", place)
        if self.away.get(state, timezone.now()) > timezone.now():
            # Its state was away a moment ago: that is no answer about this number, so no evidence either.
            with transaction.atomic():
                services.postpone(customer.pk, "MS_UNAVAILABLE")
                self._note("no_answer", place)
            return None
        self.pace.wait()
        answer = services.ask_patiently(number, step=self.run.step)
        if answer.code in vies.AWAY:
            self.away[state] = timezone.now() + AWAY
        with transaction.atomic():
            services.answer_store(
                actor=self.actor, customer_id=customer.pk, customer_number=customer.number, number=number,
                answer=answer, source=self.source,
            )  # fmt: skip
            if answer.code in vies.HALTING:
                self.halted = self.run.result["halted"] = answer.code
            self._note(str(answer.outcome), place)
        return None

    def _note(self, key: str, place: dict[str, Any]) -> None:
        result = self.run.result
        result[key] = result.get(key, 0) + 1
        result["asked"] = result.get("asked", 0) + 1
        result.update(place)
        self.run.step(result["asked"])


def check_file(run: Run) -> None:
    """Check the chosen customers by key, going on after the last one that was stored.

    It stops early, and says so in its result, when VIES refuses us altogether or the user lost the right.
    """
    run.result.pop("halted", None)  # somebody lets it go on: what stopped it may be mended
    checker = Checker(run, services.QUEUE, Source.FILE)
    while not checker.is_halted():
        # Read anew for each portion: a check of a large file takes a day, and rights change.
        actor = checker.actor = User.objects.get(pk=run.job.user_id or 0)
        if not actor.may(VAT_CHECK, Level.EDIT):
            run.result["halted"] = "NOT_ALLOWED"
            return
        if not vies.is_on():
            run.result["halted"] = "SWITCHED_OFF"
            return
        rows = selectors.chosen(actor, run.params["selection"], run.params["days"])
        batch = list(rows.filter(pk__gt=run.result.get("after", 0)).defer("search_text")[:CHUNK])
        if not batch:
            return
        for customer in batch:
            checker.check(customer, after=customer.pk)
            if checker.is_halted():
                return


def check_waiting(run: Run) -> None:
    """Ask again what is due, then see to it that the rest has its turn."""
    if not vies.is_on():
        return
    checker = Checker(run, services.QUEUE, Source.QUEUE)
    began = timezone.now()
    while not checker.is_halted():
        due = (
            Waiting.objects.filter(due_at__lte=began)
            .order_by("due_at", "id")
            .select_related("customer")[:CHUNK]
        )
        batch = list(due)
        if not batch:
            break
        for waiting in batch:
            if not is_for_vies(waiting.customer) or vies.split(waiting.customer.vat_number) is None:
                waiting.delete()
                continue
            checker.check(waiting.customer)
            if checker.is_halted():
                break
    following = Waiting.objects.order_by("due_at").values_list("due_at", flat=True).first()
    if following is not None:
        pause = timedelta(hours=12) if checker.is_halted() else timedelta(seconds=30)
        with transaction.atomic():
            services.wake(max(following, timezone.now() + pause))


def check_daily(run: Run) -> None:
    """Where automatic checking is on: ask about numbers never asked and about old confirmations, a portion a day."""
    if not vies.is_on():
        return
    if Waiting.objects.exists():  # the queue's own job may have been given up, or found VIES switched off
        with transaction.atomic():
            services.wake(timezone.now())
    if not settings.VIES_AUTOMATIC:
        return
    checker = Checker(run, services.QUEUE, Source.DAILY)
    known = set(Waiting.objects.values_list("customer_id", flat=True))
    for selection in (Selection.NEVER, Selection.OLDER):
        rows = selectors.chosen(services.QUEUE, selection, settings.VAT_VALID_DAYS)
        for customer in rows.exclude(pk__in=known).defer("search_text")[:DAILY_MOST]:
            if checker.is_halted() or run.result.get("asked", 0) >= DAILY_MOST:
                return
            known.add(customer.pk)
            checker.check(customer)


def register() -> None:
    """Make the kinds known to the worker."""
    KINDS.register(Kind(services.FILE_JOB, _("VAT check of the whole file"), check_file))
    KINDS.register(Kind(services.QUEUE_JOB, _("VAT numbers to ask again"), check_waiting))
    # '.tidy': upkeep, which the list of work leaves out.
    KINDS.register(Kind("vat_check.daily.tidy", _("Daily VAT check"), check_daily, every=timedelta(days=1)))

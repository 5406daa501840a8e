"""Until when the administration of a customer must be kept, and what forbids to erase anything of him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.domains.customer_settings.selectors import settings_of
from klantenbeheer.foundation.audit.models import Touch
from klantenbeheer.foundation.jobs.models import State
from klantenbeheer.foundation.lists.models import ListFile

from .models import Hold


@dataclass(frozen=True, slots=True)
class Retention:
    """The last day on which the administration must be kept (none: no duty), and why."""

    until: date | None
    why: str

    def runs_on(self, day: date) -> bool:
        """Whether the duty still holds on a day."""
        return self.until is not None and day <= self.until


def retention_of(customer: Customer) -> Retention:
    """Give how long tax law makes us keep what the administration holds of a customer.

    Seven years (or more, as his settings say) after the year in which something was last done with him (art. 52 AWR).
    A prospect never was in the administration; who was a customer once and is called a prospect now, was.
    """
    if customer.status == Status.PROSPECT and not _was_customer(customer):
        return Retention(None, _("A prospect is not in the administration: no duty to keep."))
    touches = Touch.objects.filter(subject_id=customer.pk).exclude(action__kind__startswith="privacy")
    last = touches.aggregate(last=Max("action__at"))["last"] or customer.created_at
    years = settings_of(customer).retention_years
    last_year = timezone.localdate(last).year
    until = date(last_year + years, 12, 31)
    why = _("Duty to keep the administration for %(years)d years after %(year)d (art. 52 AWR).") % {
        "years": years, "year": last_year,
    }  # fmt: skip
    return Retention(until, why)


def _was_customer(customer: Customer) -> bool:
    return bool(Customer.history.filter(id=customer.pk).exclude(status=Status.PROSPECT).exists())


def holds_of(customer: Customer) -> list[Hold]:
    """Give all legal holds, the lifted ones too, the latest first."""
    return list(Hold.objects.filter(customer=customer))


def obstacles(customer: Customer, day: date | None = None) -> list[str]:
    """Give why nothing of this customer may be erased now; nothing means: go ahead."""
    day = day or timezone.localdate()
    if customer.erased_on is not None:
        kept = retention_of(customer)
        words = {
            "day": customer.erased_on.strftime("%d-%m-%Y"),
            "until": kept.until and kept.until.strftime("%d-%m-%Y"),
        }
        if customer.name == (Customer.audit_erasure.stand_ins["name"]):
            return [_("The personal data were erased on %(day)s.") % words]
        if kept.runs_on(day):
            return [_("Erased on %(day)s; the rest can go after %(until)s.") % words]
    active = Hold.objects.filter(customer=customer, since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    found = [_("Legal hold: %(reason)s.") % {"reason": hold.reason} for hold in active]
    under_way = {"job__state__in": [State.READY, State.RUNNING]}
    if ListFile.objects.filter(**under_way).exists():
        found.append(_("An export is under way; wait until it has ended: the data may stand in it."))
    if ImportRun.objects.filter(**under_way).exists():
        found.append(_("An import is under way; wait until it has ended: it may bring the data back."))
    return found

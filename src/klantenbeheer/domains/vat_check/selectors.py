"""Reading: counts per state, the answers, and whom a check takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.card.warned import Found, Narrow
from klantenbeheer.customers.choices import Status, VatState
from klantenbeheer.customers.former import keys_of, owners_of
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.reach import within
from klantenbeheer.customers.vat import expired_before, names_differ, other_eu_country, remark_text
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.countries import country_choices
from klantenbeheer.kernel.vat_area import parts

from .choices import Outcome, Selection
from .models import VatAnswer, Waiting

# How many customers of a state the page shows.
STATE_MOST = 200
_TONES = {
    Outcome.VALID: "success", Outcome.INVALID: "danger", Outcome.NO_ANSWER: "warning", Outcome.REFUSED: "warning",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many customers are in a state, in the words and the colour of the card."""

    key: str
    label: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """One answer for a list. ``differs``: VIES' name is another than ours."""

    evidence: VatAnswer
    customer_name: str
    tone: str
    word: str
    differs: bool

    @property
    def why(self) -> str:
        """Why there was neither yes nor no, with VIES' own code."""
        code = self.evidence.code
        return f"{remark_text(code)} ({code})" if code else ""


def _shown(evidence: VatAnswer, customer_name: str) -> AnswerShown:
    outcome = Outcome(evidence.outcome)
    return AnswerShown(
        evidence, customer_name, _TONES[outcome], str(outcome.label),
        outcome == Outcome.VALID and names_differ(customer_name, evidence.name),
    )  # fmt: skip


def counts(actor: Actor) -> list[StateCount]:
    """Give the counts per state of the customers that this actor may see, archived ones left out. Three queries."""
    visible = Customer.objects.visible_to(actor).exclude(status=Status.ARCHIVED)
    old = expired_before()
    by_state = dict(
        visible.exclude(vat_number="").order_by().values_list("vat_state").annotate(number=Count("id"))
    )
    expired = visible.filter(vat_state=VatState.VALID, vat_checked_at__lt=old).count()
    missing = visible.filter(missing_number()).count()
    return [
        StateCount("valid", _("confirmed by VIES"), "success", by_state.get("valid", 0) - expired),
        StateCount("old", _("confirmed, but too long ago"), "warning", expired),
        StateCount("unchecked", _("form right, not confirmed"), "warning", by_state.get("unchecked", 0)),
        StateCount("invalid", _("not valid according to VIES"), "danger", by_state.get("invalid", 0)),
        StateCount("wrong", _("wrong form"), "danger", by_state.get("wrong", 0)),
        StateCount("outside", _("outside the EU, not for VIES"), "info", by_state.get("outside", 0)),
        StateCount("missing", _("missing in another EU country"), "neutral", missing),
    ]


def missing_number() -> Q:
    """Give the condition of a customer who needs a number and has none (as ``customers.vat.is_missing``)."""
    today = timezone.localdate()
    countries = [code for code, _name in country_choices("en") if other_eu_country(code, today)]
    where = Q(country__in=countries)
    for part in parts(today):
        there = Q(country=part.country, postcode_key__range=(part.low, part.high))
        where = where | there if part.inside else where & ~there
    return where & Q(vat_number="", status__in=(Status.ACTIVE, Status.BLOCKED))


def in_state(actor: Actor, key: str) -> list[dict[str, Any]]:
    """Give the first customers of one state of :func:`counts`, by name; an unknown key gives none."""
    visible = Customer.objects.visible_to(actor).exclude(status=Status.ARCHIVED)
    conditions = {
        "valid": Q(vat_state=VatState.VALID, vat_checked_at__gte=expired_before()),
        "old": Q(vat_state=VatState.VALID, vat_checked_at__lt=expired_before()),
        "unchecked": Q(vat_state=VatState.UNCHECKED),
        "invalid": Q(vat_state=VatState.INVALID),
        "wrong": Q(vat_state=VatState.WRONG),
        "outside": Q(vat_state=VatState.OUTSIDE),
        "missing": missing_number(),
    }
    if key not in conditions:
        return []
    rows = visible.filter(conditions[key]).order_by("name_norm", "id")
    return list(rows.values("number", "name", "city", "country", "vat_number", "vat_checked_at")[:STATE_MOST])


def latest(actor: Actor, *, most: int = 50) -> list[AnswerShown]:
    """Give the last answers about customers that this actor may see."""
    answers = VatAnswer.objects.defer("raw")
    reached = within(actor)
    if not reached.everything:
        visible = Customer.objects.visible_to(actor).filter(pk=OuterRef("customer_id"))
        answers = answers.filter(Exists(visible))
    rows = list(answers.order_by("-id")[:most])
    names = _names(actor, rows)
    return [_shown(row, names[row.customer_id]) for row in rows if row.customer_id in names]


def _names(actor: Actor, rows: Sequence[VatAnswer]) -> dict[int, str]:
    """Give the names of whom the answers are about, or who he is since a merge, as far as the actor sees him."""
    owners = owners_of({row.customer_id for row in rows})
    names = dict(
        Customer.objects.visible_to(actor).filter(pk__in=set(owners.values())).values_list("pk", "name")
    )
    return {key: names[owner] for key, owner in owners.items() if owner in names}


def answers_of(customer: Customer, *, most: int = 100) -> list[AnswerShown]:
    """Give the evidence about one customer and who was merged into him, the newest first. The caller may see him."""
    rows = VatAnswer.objects.filter(customer_id__in=keys_of(customer)).order_by("-id")[:most]
    return [_shown(row, customer.name) for row in rows]


def waiting_of(customer: Customer) -> Waiting | None:
    """Give when this customer's number is asked again."""
    return Waiting.objects.filter(customer_id=customer.pk).first()


def waiting_count(actor: Actor) -> int:
    """Give how many numbers of customers that this actor may see are to be asked again."""
    reached = within(actor)
    condition = reached.condition("customer__")
    if reached.everything:
        return Waiting.objects.count()
    return Waiting.objects.filter(condition).count() if condition is not None else 0


def chosen(actor: Actor, selection: str, days: int = 0) -> QuerySet[Any]:
    """Give the customers that a check takes: with a number that is for VIES, not archived, by key."""
    rows = Customer.objects.visible_to(actor).exclude(status=Status.ARCHIVED).exclude(vat_number="")
    rows = rows.exclude(vat_state=VatState.OUTSIDE)
    if selection == Selection.NEVER:
        rows = rows.filter(Q(vat_verdict="") | ~Q(vat_asked_number=F("vat_number")))
    elif selection == Selection.OLDER:
        limit = timezone.now() - timedelta(days=days)
        rows = rows.filter(
            Q(vat_checked_at__isnull=True)
            | Q(vat_checked_at__lt=limit)
            | ~Q(vat_asked_number=F("vat_number"))
        )
    return rows.order_by("id")


def evidence_rows(actor: Actor) -> Iterator[list[Any]]:
    """Give every answer about visible customers as rows of a file, the oldest first, 1,000 at a time."""
    after = 0
    while rows := list(VatAnswer.objects.filter(pk__gt=after).order_by("pk")[:1_000]):
        names = _names(actor, rows)
        for row in rows:
            if row.customer_id in names:
                yield [
                    timezone.localtime(row.asked_at).replace(microsecond=0), row.customer_number,
                    names[row.customer_id], row.number, row.requester, Outcome(row.outcome).label, row.code, row.name,
                    row.address.replace("\n", ", "), row.consultation, row.request_date, row.asked_label,
                ]  # fmt: skip
        after = rows[-1].pk


def evidence_headers() -> list[str]:
    """Give the headings of :func:`evidence_rows`."""
    return [
        _("Asked"), _("Customer number"), _("Name"), _("VAT number"), _("Asked in the name of"), _("Answer"), _("Code"),
        _("Name according to VIES"), _("Address according to VIES"), _("Consultation number"), _("Time of VIES"),
        _("Asked by"),
    ]  # fmt: skip


def first_in_state(key: str, word: Any, tone: str) -> Callable[[Narrow, int], list[Found]]:
    """Give the function that finds the first customers of a state of :func:`in_state`, along an index. One query."""

    def first(narrow: Narrow, most: int) -> list[Found]:
        rows = narrow(Customer.objects.exclude(status=Status.ARCHIVED), field="pk")
        rows = (
            rows.filter(vat_number="").filter(missing_number())
            if key == "missing"
            else rows.filter(vat_state=key)
        )
        order = ["country", "id"] if key == "missing" else ["-vat_checked_at", "-id"]
        keys = rows.order_by(*order).values_list("pk", flat=True)[:most]
        return [Found(found, str(word), tone) for found in keys]

    return first

"""The page of duplicates: pairs to decide about, pairs to merge, what was decided to be different, and merges."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.customers.reach import within
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, Refused

from . import selectors, services
from .models import Decision, Verdict
from .permissions import DUPLICATES, MERGE

HOME = "/duplicates/"
SHOWS = ("open", "same", "different", "merges")


def merge_url(numbers: list[str]) -> str:
    """Give the address at which these customers are merged."""
    return f"{HOME}merge/?{urlencode({'customer': numbers}, doseq=True)}"


def may_merge(actor: Actor) -> bool:
    """Say whether merging is offered to this actor."""
    return actor.may(MERGE, Level.EDIT) and actor.may(CUSTOMERS, Level.EDIT)


@needs(DUPLICATES)
def page(request: HttpRequest) -> HttpResponse:
    """One of the four lists; as a part it is the progress of the search."""
    actor = actor_of(request)
    show = request.GET.get("show", "open")
    if show not in SHOWS:
        raise InvalidInput({"show": [_("“%(value)s” is none of the choices.") % {"value": show[:40]}]})
    job = Job.objects.select_related("user").filter(kind=services.FIND).order_by("-id").first()
    context: dict[str, Any] = {
        "show": show, "job": job, "may_decide": actor.may(DUPLICATES, Level.EDIT), "may_merge": may_merge(actor),
        "may_search": services.may_search(actor), "sees_all": within(actor).everything,
    }  # fmt: skip
    if htmx.wants_part(request):
        response = htmx.render(request, "duplicates/list.html", context, part="progress")
        if job is None or not job.is_open:
            response["HX-Refresh"] = "true"  # it ended while somebody looked: the list has news
        return response
    after = request.GET.get("after", "")[:40]
    context |= {"counts": selectors.counts(actor), "first": not after}
    if show == "merges":
        context["merges"], following = selectors.merges(actor, after=after)
    elif show == "different":
        listing = selectors.decided(actor, after=after)
        context["rows"], following = listing.rows, listing.after
    else:
        listing = selectors.open_pairs(actor, after=after, verdict="" if show == "open" else Verdict.SAME)
        context["rows"], following = listing.rows, listing.after
    context["next_url"] = f"?{urlencode({'show': show, 'after': following})}" if following else ""
    return htmx.render(request, "duplicates/list.html", context)


@needs(DUPLICATES, Level.EDIT)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Search the whole file now."""
    try:
        services.find_start(actor=actor_of(request))
    except Refused as error:
        return htmx.toast(htmx.redirect(request, HOME), error, tone="warning")
    return htmx.toast(htmx.redirect(request, HOME), _("The search is in the queue."))


@needs(DUPLICATES, Level.EDIT)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Remember that two customers are the same (and go on to merging them) or different."""
    actor, verdict = actor_of(request), request.POST.get("verdict", "")
    numbers = request.POST.getlist("customer")[:2]
    if verdict not in Verdict.values or len(numbers) != 2:
        raise InvalidInput({"verdict": [_("The form is not complete; reload the page.")]})
    customers = selectors.customers_by_number(actor, numbers)
    if len(customers) != 2:
        raise Refused(_("That is one and the same customer."), code="same_customer")
    made: Decision = services.decide(actor=actor, one=customers[0].pk, other=customers[1].pk, verdict=verdict)
    if verdict == Verdict.SAME and may_merge(actor):
        return htmx.redirect(request, merge_url([one.number for one in customers]))
    words = (
        _("Remembered: two different customers.")
        if verdict == Verdict.DIFFERENT
        else _("Remembered: the same customer, to be merged.")
    )
    return htmx.toast(htmx.redirect(request, HOME), words, f"{HOME}decisions/{made.pk}/revoke/")


@needs(DUPLICATES, Level.EDIT)
@require_POST
def revoke(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Take a decision back."""
    services.decision_revoke(actor=actor_of(request), decision_id=decision_id)
    return htmx.toast(htmx.redirect(request, HOME), _("Taken back: to be decided again."))

"""The territory that the rules offer, on the customer's card: one click takes it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from klantenbeheer.card.offers import Offer
from klantenbeheer.customers.importing.parts import Follow
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import posted_version
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import Refused, StaleVersion

from . import moving, selectors, services
from .permissions import TERRITORIES


def offer(actor: Actor, customer: Customer) -> Offer | None:
    """Offer the territory that the rules say, when the customer has none or moved out of his."""
    offered = selectors.offer_for(customer)
    if offered is None:
        return None
    base = f"/territories/offers/{customer.number}/"
    return Offer(
        _("Territory by the rules: %(territory)s") % {"territory": offered.territory},
        " ".join(offered.reasons),
        take_url=f"{base}take/",
        leave_url=f"{base}leave/" if customer.territory_id else "",
    )


def after_import(actor: Actor, action: Action) -> Follow | None:
    """Offer territories to the customers that an import brought without one, when the rules know where they belong."""
    if not (actor.may(TERRITORIES, Level.EDIT) and actor.may(CUSTOMERS, Level.EDIT)):
        return None
    found = moving.preview(actor, moving.Move(imported=action.pk))
    if not found.total:
        return None
    text = ngettext(
        "Territory by the rules for %(count)d customer",
        "Territory by the rules for %(count)d customers",
        found.total,
    )
    return Follow(text % {"count": found.total}, f"/territories/assign/?imported={action.pk}")


@needs(CUSTOMERS)
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take the offered territory."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    try:
        updated = services.offer_take(actor=actor, customer=customer, version=posted_version(request))
    except StaleVersion as error:
        raise Refused(
            _("Somebody else saved this meanwhile; reload the page."), code="stale_version"
        ) from error
    response = htmx.redirect(request, f"/customers/{number}/")
    return htmx.toast(response, _("Territory %(territory)s.") % {"territory": updated.territory})


@needs(CUSTOMERS)
@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    """Leave the customer in the territory he is in."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    services.offer_leave(actor=actor, customer=customer)
    return htmx.redirect(request, f"/customers/{number}/")

"""The customer's condition group in the card's status bar (S2)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.card.status import StatusLine
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor

from .permissions import CONDITIONS
from .selectors import conditions_of


def line(actor: Actor, customer: Customer) -> StatusLine:
    """Give the group, what it gives today, and the way to its page for who may see that. No query."""
    seen = actor.may(CONDITIONS)
    given = conditions_of(customer.condition_group, timezone.localdate())
    return StatusLine(
        _("Condition group"),
        field="condition_group",
        note=", ".join(given.reasons) if seen else "",
        url=f"/condition-groups/{customer.condition_group_id}/" if seen else "",
        url_label=_("Show the group"),
    )

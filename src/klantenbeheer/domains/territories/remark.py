"""Who sells where the customer is, beside his salesperson on the card.

The card asks the database nothing for it: who sells where is a few rows, and is kept in memory (:data:`SELLING`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.kept import Kept

from .deciding import Tree
from .models import TerritoryStaff
from .permissions import TERRITORIES
from .selectors import seller_in, tree


def _read() -> tuple[Tree, list[TerritoryStaff]]:
    return tree(), list(TerritoryStaff.objects.select_related("salesperson", "deputy").order_by("since"))


SELLING = Kept(_read, lambda: settings.KEPT_SETTINGS_SECONDS)


def changed() -> None:
    """Read anew who sells where, now and when the transaction at hand ended."""
    SELLING.forget()
    transaction.on_commit(SELLING.forget)


def remark(actor: Actor, customer: Customer) -> str:
    """Say who sells in the customer's territory today when that is not his salesperson, and who stands in."""
    if customer.territory_id is None or not actor.may(TERRITORIES):
        return ""
    today = timezone.localdate()
    regions, rows = SELLING.get()
    current = {row.territory_id: row for row in rows if row.holds_on(today)}
    seller = seller_in(customer.territory_id, regions, current)
    if seller is None:
        return ""
    found = []
    if seller.person.pk != customer.salesperson_id:
        found.append(_("in this territory: %(name)s") % {"name": seller.person})
    if seller.staff.deputy is not None and seller.staff.deputy != seller.person:
        found.append(_("deputy: %(name)s") % {"name": seller.staff.deputy})
    return ", ".join(found)

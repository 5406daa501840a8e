"""Reading settings and blocks: whatever deals with a customer asks here, and always gets an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.card.tabs import Warning
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.owned import records_of
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.vat_area import in_eu_vat_area

from .choices import Scope, VatRegime
from .models import Block, CustomerSettings

# Where the owner of the installation pays VAT. Dutch law is what the regimes below follow.
HOME = "NL"


def settings_of(customer: Customer) -> CustomerSettings:
    """Give the customer's settings; one who has none of his own gets the defaults (version 0, not stored)."""
    stored = next(iter(records_of(CustomerSettings, customer)), None)
    return stored or CustomerSettings(customer=customer, version=0)


def blocks_of(customer: Customer) -> list[Block]:
    """Give all blocks, ended ones too, the latest first."""
    return records_of(Block, customer)


def _active(customer: Customer, day: date) -> QuerySet[Block]:
    rows: QuerySet[Block] = Block.objects.filter(customer=customer, since__lte=day)
    return rows.filter(Q(until=None) | Q(until__gte=day))


def blocked(customer: Customer, scope: Scope, day: date | None = None) -> list[Block]:
    """Give the blocks that hold up ``scope`` on a day (today in the company's zone); none means: go ahead."""
    return list(_active(customer, day or timezone.localdate()).filter(scope__in=[scope, Scope.ALL]))


def _warned_of(customer: Customer) -> list[Block]:
    if customer.as_of is None:
        return list(_active(customer, timezone.localdate())[:5])
    day = timezone.localdate(customer.as_of)
    return [
        one for one in blocks_of(customer) if one.since <= day and (one.until is None or one.until >= day)
    ][:5]


def warnings(actor: Actor, customer: Customer) -> list[Warning]:
    """Warn in the card's head of each block in force."""
    url = f"/customers/{customer.number}/customer_settings/" if actor.may("tab.customer_settings") else ""
    found = []
    for block in _warned_of(customer):
        text = _("Blocked: %(what)s – %(reason)s") % {
            "what": block.get_scope_display().lower(),
            "reason": block.reason,
        }
        if block.until:
            text += " " + _("(until %(day)s)") % {"day": block.until.strftime("%d-%m-%Y")}
        found.append(Warning(text, tone="danger", url=url))
    return found


@dataclass(frozen=True, slots=True)
class RegimeDecision:
    """The VAT regime that holds, and the reasons in the order in which they were looked at."""

    regime: VatRegime
    reasons: tuple[str, ...]


def vat_regime_of(customer: Customer, settings: CustomerSettings | None = None) -> RegimeDecision:
    """Decide which VAT regime holds for a customer.

    A chosen regime wins. Else the country of the visiting address decides: the Netherlands domestic; elsewhere in
    the EU VAT area 0 % when there is a VAT number (VAT directive 2006/112 art. 138; the number must be valid on
    the day of supply), domestic without one; outside it export.
    """
    settings = settings or settings_of(customer)
    if settings.vat_regime != VatRegime.AUTOMATIC:
        return RegimeDecision(VatRegime(settings.vat_regime), (_("Chosen for this customer."),))
    if not customer.country:
        return RegimeDecision(VatRegime.DOMESTIC, (_("No country is known, so domestic."),))
    if customer.country == HOME:
        return RegimeDecision(VatRegime.DOMESTIC, (_("The visiting address is in the Netherlands."),))
    if not in_eu_vat_area(customer.country, timezone.localdate(), customer.postcode):
        return RegimeDecision(VatRegime.EXPORT, (_("The visiting address is outside the EU VAT area."),))
    abroad = _("The visiting address is in another EU country.")
    if customer.vat_number and "vat_number" not in customer.flags:
        return RegimeDecision(
            VatRegime.INTRA_COMMUNITY, (abroad, _("There is a VAT number: 0 %, as long as it is valid."))
        )
    return RegimeDecision(VatRegime.DOMESTIC, (abroad, _("There is no right VAT number, so Dutch VAT.")))

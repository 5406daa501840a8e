"""Reading settings and blocks: whatever deals with a customer asks here, and always gets an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.card.tabs import Warning
from klantenbeheer.card.warned import Found, Narrow
from klantenbeheer.customers.choices import AddressKind, Status, VatState
from klantenbeheer.customers.models import Address, Customer
from klantenbeheer.customers.owned import records_of
from klantenbeheer.customers.selectors import current_addresses
from klantenbeheer.customers.vat import state_of
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.vat_area import in_eu_vat_area

from .choices import Channel, Document, Scope, VatRegime
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


@dataclass(frozen=True, slots=True)
class Hold:
    """Why something is not done for a customer now; ``until`` is the last day, or nothing while nobody lifts it."""

    reason: str
    until: date | None = None


def blocked(customer: Customer, scope: Scope, day: date | None = None) -> list[Hold]:
    """Give what holds up ``scope`` on a day (today in the company's zone); nothing means: go ahead.

    Blocks do, and the customer's status does when it is blocked or archived.
    """
    found = []
    if customer.status in (Status.BLOCKED, Status.ARCHIVED):
        status = str(Status(customer.status).label).lower()
        found.append(Hold(_("The status of the customer is “%(status)s”.") % {"status": status}))
    active = _active(customer, day or timezone.localdate()).filter(scope__in=[scope, Scope.ALL])
    return [*found, *(Hold(block.reason, block.until) for block in active)]


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


def in_force() -> QuerySet[Any]:
    """Give the blocks that hold today."""
    day = timezone.localdate()
    return Block.objects.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))


def with_block(narrow: Narrow, most: int) -> list[Found]:
    """Give the customers that were blocked last, each with what is blocked and why. One query."""
    found: dict[int, Found] = {}
    for block in narrow(in_force()).order_by("-since", "-id")[
        : 3 * most
    ]:  # a few of them may be of one customer
        text = f"{block.get_scope_display()}: {block.reason}"
        found.setdefault(block.customer_id, Found(block.customer_id, text, "danger"))
    return list(found.values())[:most]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a document goes to a customer: the channel, its address there, and in words where that comes from.

    ``address`` is a mail address, a Peppol participant, or for the post nothing: see :func:`billing_address_of` and
    the customer's postal address. ``note`` is empty when the address was set for this kind of document.
    """

    channel: Channel
    address: str = ""
    note: str = ""


_MAIL_OF = {
    Document.QUOTATION: "sales_email", Document.CONFIRMATION: "sales_email", Document.DELIVERY_NOTE: "sales_email",
    Document.INVOICE: "invoice_email", Document.REMINDER: "reminder_email",
}  # fmt: skip


def mail_of(customer: Customer, name: str, settings: CustomerSettings) -> tuple[str, str]:
    """Give one of the mail addresses (``invoice_email`` …), and where it comes from when it was not set."""
    own: str = getattr(settings, name)
    if own:
        return own, ""
    return (customer.email, _("the customer's own address")) if customer.email else ("", "")


def delivery_of(customer: Customer, document: Document, settings: CustomerSettings | None = None) -> Delivery:
    """Decide how a kind of document goes to a customer. Whatever sends one asks here."""
    settings = settings or settings_of(customer)
    channel = Channel(getattr(settings, f"{document.value}_by"))
    if channel == Channel.PEPPOL:
        return Delivery(channel, settings.peppol_id)
    if channel == Channel.MAIL:
        return Delivery(channel, *mail_of(customer, _MAIL_OF[document], settings))
    return Delivery(channel)


def billing_address_of(customer: Customer, day: date | None = None) -> tuple[Address | None, str]:
    """Give the address that stands on an invoice on a day (today), and which it is when it is no billing address."""
    by_kind = {one.kind: one for one in current_addresses(customer.addresses.all(), day)}
    for kind in (AddressKind.BILLING, AddressKind.POSTAL, AddressKind.VISITING):
        if kind in by_kind:
            note = "" if kind == AddressKind.BILLING else str(AddressKind(kind).label).lower()
            return by_kind[kind], note
    return None, ""


@dataclass(frozen=True, slots=True)
class RegimeDecision:
    """The VAT regime that holds, and the reasons in the order in which they were looked at."""

    regime: VatRegime
    reasons: tuple[str, ...]


def vat_regime_of(customer: Customer, settings: CustomerSettings | None = None) -> RegimeDecision:
    """Decide which VAT regime holds for a customer.

    A chosen regime wins. Else the country of the visiting address decides: the Netherlands domestic; elsewhere in
    the EU VAT area 0 % when there is a VAT number of another member state that VIES did not refuse (VAT directive
    2006/112 art. 138; the number must be valid on the day of supply), domestic without one; outside it export.
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
    return _within_the_eu(customer, abroad)


def _within_the_eu(customer: Customer, abroad: str) -> RegimeDecision:
    number, state = customer.vat_number, state_of(customer)
    if not number or state == VatState.WRONG:
        refusal = _("There is no right VAT number, so Dutch VAT.")
    elif state == VatState.INVALID:
        refusal = _("VIES says that the VAT number is not valid, so Dutch VAT.")
    elif state == VatState.OUTSIDE:
        refusal = _("The VAT number is from outside the EU, so Dutch VAT.")
    elif number.startswith(HOME):
        refusal = _("The VAT number is Dutch, so Dutch VAT.")
    else:
        said = _("There is a VAT number: 0 %, as long as it is valid.")
        return RegimeDecision(VatRegime.INTRA_COMMUNITY, (abroad, said))
    return RegimeDecision(VatRegime.DOMESTIC, (abroad, refusal))

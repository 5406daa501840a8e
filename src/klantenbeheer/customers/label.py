"""The address label of a customer, with the KIX code on Dutch ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel import postal

from . import selectors
from .choices import AddressKind
from .models import Address, Customer
from .permissions import CUSTOMERS

# Tenths of a millimetre: the post asks 4.3 to 5.5 mm height and 20 to 24 bars per inch.
_PITCH, _WIDTH = 11.5, 5.0
_TOP_AND_LENGTH = {"F": (0.0, 50.0), "A": (0.0, 32.0), "D": (18.0, 32.0), "T": (18.0, 14.0)}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the code, in tenths of a millimetre."""

    x: float
    y: float
    width: float
    height: float


def bars(text: str) -> list[Bar]:
    """Give the bars of a KIX code as rectangles from the upper left corner."""
    return [
        Bar(index * _PITCH, _TOP_AND_LENGTH[bar][0], _WIDTH, _TOP_AND_LENGTH[bar][1])
        for index, bar in enumerate(postal.kix_bars(text))
    ]


def _chosen(addresses: list[Address], asked: str) -> Address | None:
    by_key = {str(address.pk): address for address in addresses}
    by_kind = {address.kind: address for address in selectors.current_addresses(addresses)}
    first = next(iter(by_kind.values()), None)
    return by_key.get(asked) or by_kind.get(asked) or by_kind.get(AddressKind.POSTAL) or first


def _lines(customer: Customer, address: Address | None) -> list[str]:
    if address is None:
        return [customer.name]
    name, *rest = postal.envelope(customer.name, address.place)
    return [name, *([_("Attn %(name)s") % {"name": address.attention}] if address.attention else []), *rest]


@needs(CUSTOMERS)
@require_GET
def label(request: HttpRequest, number: str) -> HttpResponse:
    """A page to print: name and address as the post reads them.

    ``kind`` chooses the address, by its kind or its key; the postal address first.
    """
    customer = selectors.customer_by_number(actor_of(request), number)
    addresses = selectors.addresses_of(customer)
    address = _chosen(addresses, request.GET.get("kind", ""))
    code = postal.kix_text(address.place) if address else ""
    drawn = bars(code) if code else []
    context = {
        "customer": customer,
        "addresses": addresses,
        "address": address,
        "lines": _lines(customer, address),
        "code": code,
        "bars": drawn,
        "width": drawn[-1].x + _WIDTH if drawn else 0,
    }
    return htmx.render(request, "customers/label.html", context)

"""The address label of a customer, with the KIX code on Dutch ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel import postal

from . import selectors
from .choices import AddressKind
from .models import Address
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


def _chosen(addresses: list[Address], kind: str) -> Address | None:
    by_kind = {address.kind: address for address in addresses}
    return by_kind.get(kind) or by_kind.get(AddressKind.POSTAL) or (addresses[0] if addresses else None)


@needs(CUSTOMERS)
@require_GET
def label(request: HttpRequest, number: str) -> HttpResponse:
    """A page to print: name and address as the post reads them. ``kind`` chooses the address; postal first."""
    customer = selectors.customer_by_number(actor_of(request), number)
    addresses = selectors.addresses_of(customer)
    address = _chosen(addresses, request.GET.get("kind", ""))
    code = postal.kix_text(address.place) if address else ""
    drawn = bars(code) if code else []
    context = {
        "customer": customer,
        "addresses": addresses,
        "address": address,
        "lines": postal.envelope(customer.name, address.place) if address else [customer.name],
        "code": code,
        "bars": drawn,
        "width": drawn[-1].x + _WIDTH if drawn else 0,
    }
    return htmx.render(request, "customers/label.html", context)

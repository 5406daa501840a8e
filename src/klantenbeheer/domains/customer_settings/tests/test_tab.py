"""The Settings tab: shown to who may, changed in one form, both versions on a stale save."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.customer_settings import selectors
from klantenbeheer.domains.customer_settings.models import CustomerSettings
from klantenbeheer.domains.customer_settings.services import block_create
from tests.conftest import SYSTEM

URL = "/customers/K1/customer_settings/"
SENT = {
    "quotation_by": "mail", "confirmation_by": "mail", "delivery_note_by": "post", "invoice_by": "mail",
    "reminder_by": "mail", "collective_invoice": "week", "vat_regime": "automatic", "retention_years": "7",
    "version": "0",
}  # fmt: skip


def test_it_shows_every_setting_and_what_follows(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    visiting = {"street": "Kade", "house_number": "1", "city": "Delft", "country": "NL"}
    customer = make_customer(
        number="K1", email="inkoop@jansen.example", language="de", addresses={"visiting": visiting}
    )
    block_create(actor=SYSTEM, customer=customer, values={"scope": "orders", "reason": "Wacht op betaling"})
    text = as_user("lezer").get(URL).text
    for part in ("Binnenland", "Het vestigingsadres is in Nederland.", "inkoop@jansen.example", "van kracht"):
        assert part in text
    for part in ("Duits", "Factuuradres", "Kade 1, Delft", "(vestigingsadres)"):
        assert part in text
    assert text.count("Wacht op betaling") == 2  # in the table, and as a warning in the head
    assert f"{URL}edit/" not in text
    assert f"{URL}edit/" in as_user("verkoop").get(URL).text


def test_saving_and_saving_stale(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer, client = make_customer(number="K1"), as_user("verkoop")
    assert client.post(f"{URL}edit/", SENT).status_code in (200, 302)
    stored = selectors.settings_of(customer)
    assert (stored.version, stored.collective_invoice, stored.order_confirmation) == (1, "week", False)
    stale = client.post(f"{URL}edit/", {**SENT, "collective_invoice": "month"})
    assert stale.status_code == 409
    assert "E\u00e9n factuur per week" in stale.text
    assert selectors.settings_of(customer).collective_invoice == "week"


def test_a_refused_save_keeps_what_was_typed(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    response = as_user("verkoop").post(
        f"{URL}edit/", {**SENT, "peppol_id": "0106:fout", "incoterm_place": "Breda"}
    )
    assert response.status_code == 422
    for part in ("0106:fout", "Breda", "Bij een plaats hoort een leveringsvoorwaarde."):
        assert part in response.text
    assert not CustomerSettings.objects.exists()

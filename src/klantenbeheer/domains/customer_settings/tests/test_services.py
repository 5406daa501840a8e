"""Settings and blocks: defaults, refusals, stale saves, what others read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.vat import vat_verdict_store
from klantenbeheer.domains.customer_settings import selectors, services
from klantenbeheer.domains.customer_settings.choices import Channel, Document, Scope, VatRegime
from klantenbeheer.domains.customer_settings.forms import GROUPS, SettingsForm
from klantenbeheer.domains.customer_settings.models import Block, CustomerSettings
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion
from tests.cast import undo_last
from tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db


def values(**changed: Any) -> dict[str, Any]:
    """What the form of a customer without settings of his own sends, with some changed."""
    defaults = CustomerSettings()
    return {name: getattr(defaults, name) for name in SettingsForm.base_fields} | changed


def test_every_field_of_the_form_is_shown_once() -> None:
    names = [name for _title, group in GROUPS for name in group]
    assert sorted(names) == sorted(SettingsForm.base_fields)


def test_a_customer_without_settings_has_the_defaults(make_customer: Callable[..., Customer]) -> None:
    settings = selectors.settings_of(make_customer())
    assert settings.version == 0
    assert settings.invoice_by == "mail"
    assert settings.retention_years == 7
    assert CustomerSettings.objects.count() == 0


def test_saving_makes_a_version_and_the_same_again_none(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    wanted = values(collective_invoice="month", peppol_id="0106: 12345678", invoice_by="peppol")
    saved = services.settings_update(actor=SYSTEM, customer=customer, version=0, values=wanted)
    assert (saved.version, saved.peppol_id) == (1, "0106:12345678")
    assert selectors.settings_of(customer).collective_invoice == "month"
    again = services.settings_update(actor=SYSTEM, customer=customer, version=1, values=wanted)
    assert again.version == 1
    assert CustomerSettings.history.count() == 1


def test_a_stale_save_writes_nothing(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    services.settings_update(
        actor=SYSTEM, customer=customer, version=0, values=values(order_confirmation=False)
    )
    with pytest.raises(StaleVersion) as caught:
        services.settings_update(actor=SYSTEM, customer=customer, version=0, values=values(invoice_by="post"))
    assert caught.value.current.order_confirmation is False
    assert selectors.settings_of(customer).invoice_by == "mail"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"invoice_by": "peppol"}, "peppol_id"),
        ({"peppol_id": "0106:123"}, "peppol_id"),
        ({"peppol_id": "12345678"}, "peppol_id"),
        ({"reminder_by": "peppol", "peppol_id": "0106:12345678"}, "reminder_by"),
        ({"invoice_email": "geen adres"}, "invoice_email"),
        ({"incoterm_place": "Rotterdam"}, "incoterm"),
        ({"retention_years": 6}, "retention_years"),
        ({"retention_years": 31}, "retention_years"),
        ({"retention_years": None}, "retention_years"),
    ],
)
def test_refused(make_customer: Callable[..., Customer], changed: dict[str, Any], field: str) -> None:
    customer = make_customer()
    with pytest.raises(InvalidInput) as caught:
        services.settings_update(actor=SYSTEM, customer=customer, version=0, values=values(**changed))
    assert list(caught.value.problems) == [field]
    assert not CustomerSettings.objects.exists()


def test_a_prospect_may_be_kept_shorter(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer(status="prospect")
    saved = services.settings_update(
        actor=SYSTEM, customer=customer, version=0, values=values(retention_years=2)
    )
    assert saved.retention_years == 2


def test_a_reader_may_not(make_customer: Callable[..., Customer], people: dict[str, User]) -> None:
    customer, reader = make_customer(), people["lezer"]
    with pytest.raises(NotAllowed):
        services.settings_update(actor=reader, customer=customer, version=0, values=values(invoice_by="post"))
    with pytest.raises(NotAllowed):
        services.block_create(actor=reader, customer=customer, values={"scope": "all", "reason": "Nee"})
    assert not CustomerSettings.objects.exists()
    assert not Block.objects.exists()


def test_the_database_holds_the_rules_too(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    for bad in ({"invoice_by": "peppol"}, {"retention_years": 0}):
        with pytest.raises(IntegrityError), transaction.atomic(), acting(SYSTEM, "test"):
            write([CustomerSettings(customer=customer, **bad)], new=True)
    today = timezone.localdate()
    for wrong in ({"reason": ""}, {"reason": "x", "since": today, "until": today - timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic(), acting(SYSTEM, "test"):
            write([Block(customer=customer, scope="all", **wrong)], new=True)


def block(customer: Customer, **changed: Any) -> Block:
    return services.block_create(
        actor=SYSTEM, customer=customer, values={"scope": "orders", "reason": "Wacht op betaling", **changed}
    )


def test_a_block_holds_on_its_days_only(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    block(customer, since=date(2026, 3, 1), until=date(2026, 3, 31))
    for day, held in (
        (date(2026, 2, 28), 0),
        (date(2026, 3, 1), 1),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 0),
    ):
        assert len(selectors.blocked(customer, Scope.ORDERS, day)) == held
    assert selectors.blocked(customer, Scope.DELIVERIES, date(2026, 3, 2)) == []
    block(customer, scope="all", since=date(2026, 3, 2))
    assert len(selectors.blocked(customer, Scope.DELIVERIES, date(2026, 3, 2))) == 1


@pytest.mark.parametrize("status", ["blocked", "archived"])
def test_the_status_holds_up_everything_as_a_block_does(
    make_customer: Callable[..., Customer], status: str
) -> None:
    customer = make_customer(status=status)
    for scope in Scope:
        (hold,) = selectors.blocked(customer, scope)
        assert hold.reason
    block(customer)
    assert [hold.reason for hold in selectors.blocked(customer, Scope.ORDERS)][1:] == ["Wacht op betaling"]
    assert selectors.blocked(make_customer("Ander", number="K9"), Scope.ORDERS) == []


def test_each_kind_of_document_has_its_way_with_a_default(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer(email="info@jansen.example")
    for document in Document:
        found = selectors.delivery_of(customer, document)
        assert (found.channel, found.address) == (Channel.MAIL, "info@jansen.example")
        assert found.note
    wanted = values(
        invoice_by="peppol",
        peppol_id="0106:12345678",
        delivery_note_by="post",
        sales_email="inkoop@jansen.example",
    )
    services.settings_update(actor=SYSTEM, customer=customer, version=0, values=wanted)
    found = selectors.delivery_of(customer, Document.QUOTATION)
    assert (found.address, found.note) == ("inkoop@jansen.example", "")
    assert selectors.delivery_of(customer, Document.REMINDER).address == "info@jansen.example"
    assert selectors.delivery_of(customer, Document.INVOICE) == selectors.Delivery(
        Channel.PEPPOL, "0106:12345678"
    )
    assert selectors.delivery_of(customer, Document.DELIVERY_NOTE) == selectors.Delivery(Channel.POST)


def test_an_invoice_has_an_address_whatever_is_filled_in(make_customer: Callable[..., Customer]) -> None:
    def place(city: str) -> dict[str, str]:
        return {"street": "Kade", "house_number": "1", "city": city, "country": "NL"}

    assert selectors.billing_address_of(make_customer("Leeg", addresses={})) == (None, "")
    here = {"visiting": place("Utrecht"), "postal": place("Breda"), "billing": place("Delft")}
    for kinds, city, noted in (
        (("visiting",), "Utrecht", True), (("visiting", "postal"), "Breda", True), (tuple(here), "Delft", False)
    ):  # fmt: skip
        customer = make_customer(f"Klant {city}", addresses={kind: here[kind] for kind in kinds})
        address, note = selectors.billing_address_of(customer)
        assert address is not None
        assert (address.city, bool(note)) == (city, noted)


def test_a_block_warns_on_the_card_until_it_is_lifted(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    made = block(customer, until=timezone.localdate())
    block(customer, since=timezone.localdate() + timedelta(days=1))
    assert [w.tone for w in selectors.warnings(SYSTEM, customer)] == ["danger"]
    assert "Wacht op betaling" in selectors.warnings(SYSTEM, customer)[0].text
    services.block_delete(actor=SYSTEM, record=made)
    assert selectors.warnings(SYSTEM, customer) == []
    undo_last("block.delete")
    assert len(selectors.warnings(SYSTEM, customer)) == 1


@pytest.mark.parametrize(
    "bad", [{"reason": "  "}, {"since": date(2026, 5, 2), "until": date(2026, 5, 1)}, {"reason": "x" * 201}]
)
def test_a_wrong_block_is_refused(make_customer: Callable[..., Customer], bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        block(make_customer(), **bad)
    assert not Block.objects.exists()


@pytest.mark.parametrize(
    ("country", "vat", "regime"),
    [
        ("NL", "", VatRegime.DOMESTIC),
        ("DE", "", VatRegime.DOMESTIC),
        ("DE", "DE136695976", VatRegime.INTRA_COMMUNITY),
        ("DE", "NL004495445B01", VatRegime.DOMESTIC),
        ("DE", "GB980780684", VatRegime.DOMESTIC),
        ("GB", "", VatRegime.EXPORT),
        ("GB", "980780684", VatRegime.EXPORT),
        ("CH", "", VatRegime.EXPORT),
    ],
)
def test_the_regime_follows_country_and_number(
    make_customer: Callable[..., Customer], country: str, vat: str, regime: VatRegime
) -> None:
    # A prospect: a customer elsewhere in the EU without VAT number is not taken in any more, though old ones exist.
    customer = make_customer(
        addresses={"visiting": {"city": "Stad", "country": country}}, vat_number=vat, status="prospect"
    )
    decision = selectors.vat_regime_of(customer)
    assert decision.regime == regime
    assert decision.reasons


def test_a_number_that_vies_refuses_is_no_reason_for_nought_percent(
    make_customer: Callable[..., Customer],
) -> None:
    customer = make_customer(
        addresses={"visiting": {"city": "Stad", "country": "DE"}}, vat_number="DE136695976"
    )
    for verdict, regime in (("invalid", VatRegime.DOMESTIC), ("valid", VatRegime.INTRA_COMMUNITY)):
        vat_verdict_store(
            actor=SYSTEM, customer_id=customer.pk, number="DE136695976", verdict=verdict, at=timezone.now()
        )
        customer.refresh_from_db()
        assert selectors.vat_regime_of(customer).regime == regime


def test_a_chosen_regime_wins(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer()
    services.settings_update(
        actor=SYSTEM, customer=customer, version=0, values=values(vat_regime="reverse_charge")
    )
    assert selectors.vat_regime_of(customer).regime == VatRegime.REVERSE_CHARGE

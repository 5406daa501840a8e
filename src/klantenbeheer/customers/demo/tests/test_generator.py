"""Demonstration customers hold nothing that a check would flag, and are the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import phonenumbers
import pytest
from stdnum import iban
from stdnum.eu import vat

from klantenbeheer.customers.demo.generator import DemoCustomer, generate
from klantenbeheer.customers.demo.kits import slug
from klantenbeheer.customers.demo.numbers import BANKS, IBAN, VAT, vat_nl_sole
from klantenbeheer.kernel.checks import check_postcode, check_vat

COUNT = 2_000


def _is_right(number: str) -> bool:
    """Whether the number's own country takes it as it is, and the product stores it so."""
    checked = check_vat(number)
    outside = number[:2] in ("GB", "CH", "NO")
    return (
        checked.value == number
        and checked.state == ("outside" if outside else "amber")
        and (outside or vat.is_valid(number))
    )


@pytest.fixture(scope="module")
def customers() -> list[DemoCustomer]:
    return list(generate(COUNT, 7))


def _phones(customer: DemoCustomer) -> Iterator[str]:
    yield from (customer.phone, customer.fax)
    for contact in customer.contacts:
        yield from (contact.phone, contact.mobile)


def test_same_customer_at_an_index_wherever_a_run_starts(customers: list[DemoCustomer]) -> None:
    assert list(generate(COUNT, 7)) == customers
    assert list(generate(25, 7, start=1_500)) == customers[1_500:1_525]
    assert list(generate(0, 7)) == []
    assert [c.name for c in generate(50, 8)] != [c.name for c in customers[:50]]


def test_two_runs_at_once_do_not_disturb_each_other(customers: list[DemoCustomer]) -> None:
    pairs = zip(generate(20, 7), generate(20, 8), strict=True)
    assert [first for first, _second in pairs] == customers[:20]


@pytest.mark.parametrize("field", ["number", "kvk_number", "vat_number", "iban", "email", "website"])
def test_numbers_come_once(customers: list[DemoCustomer], field: str) -> None:
    values = [value for customer in customers if (value := getattr(customer, field))]
    assert len(values) > COUNT / 2
    assert len(set(values)) == len(values)


def test_numbers_follow_the_index(customers: list[DemoCustomer]) -> None:
    assert [customers[0].number, customers[-1].number] == ["10001", str(10_000 + COUNT)]


def test_vat_numbers_are_right_and_of_the_country(customers: list[DemoCustomer]) -> None:
    for customer in customers:
        if customer.vat_number:
            country = customer.addresses[0].country
            assert _is_right(customer.vat_number), customer.vat_number
            assert customer.vat_number[:2] == {"GR": "EL"}.get(country, country)


@pytest.mark.parametrize("country", sorted(VAT))
def test_each_country_makes_right_numbers(country: str) -> None:
    for base in range(0, 10**9, 1_618_033):
        assert _is_right(VAT[country](base)), VAT[country](base)
        for bank, bic in BANKS[country]:
            made = IBAN[country](bank, base)
            assert iban.is_valid(made), made
            assert bic == "" or (len(bic) in (8, 11) and bic[4:6] == country)


def test_sole_traders_have_the_newer_number() -> None:
    for base in range(0, 10**9, 1_618_033):
        assert vat.is_valid(vat_nl_sole(base)), vat_nl_sole(base)


def test_ibans_are_right(customers: list[DemoCustomer]) -> None:
    for customer in customers:
        assert not customer.iban or iban.is_valid(customer.iban), customer.iban
        assert not customer.bic or customer.iban


def test_telephone_numbers_exist_and_are_written_as_their_country_does(customers: list[DemoCustomer]) -> None:
    for customer in customers:
        for text in filter(None, _phones(customer)):
            number = phonenumbers.parse(text)
            assert phonenumbers.is_valid_number(number), text
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            assert written == text


def test_mail_and_websites_reach_nobody(customers: list[DemoCustomer]) -> None:
    for customer in customers:
        for mail in (customer.email, *(contact.email for contact in customer.contacts)):
            assert not mail or (mail.endswith(".example") and mail.isascii() and mail.count("@") == 1)
        host = customer.website.removeprefix("https://www.")
        assert not host or (host.endswith(".example") and len(host.split(".")[0]) <= 63)


def test_some_customers_are_outside_the_eu(customers: list[DemoCustomer]) -> None:
    assert {"GB", "CH", "NO"} <= {c.addresses[0].country for c in customers if c.vat_number}
    for customer in customers:
        for address in customer.addresses:
            assert check_postcode(address.postcode, address.country).ok, address


def test_customers_look_like_those_of_a_trading_company(customers: list[DemoCustomer]) -> None:
    countries = Counter(customer.addresses[0].country for customer in customers)
    assert 0.64 < countries["NL"] / COUNT < 0.76
    assert 0.08 < countries["BE"] / COUNT < 0.16
    assert set(countries) == set(VAT)
    assert Counter(customer.status for customer in customers).most_common(1)[0][0] == "active"
    assert {customer.status for customer in customers} == {"prospect", "active", "blocked", "archived"}
    assert {customer.language for customer in customers} == {"nl", "fr", "de", "en"}
    assert 1.3 < sum(len(customer.contacts) for customer in customers) / COUNT < 1.7
    assert {len(customer.contacts) for customer in customers} == {0, 1, 2, 3, 4}
    assert {len(customer.notes) for customer in customers} == {0, 1, 2}
    assert max(len(customer.name) for customer in customers) > 80
    assert len({customer.name for customer in customers}) > COUNT * 0.9


def test_values_fit_their_columns(customers: list[DemoCustomer]) -> None:
    for customer in customers:
        assert 0 < len(customer.name) <= 200
        assert customer.name == " ".join(customer.name.split())
        assert "{" not in customer.name
        assert customer.credit_limit_cents is None or customer.credit_limit_cents % 10_000 == 0
        assert customer.kvk_number == "" or (len(customer.kvk_number) == 8 and customer.kvk_number.isdigit())
        assert set(customer.mailing_codes) <= {"BEURS", "KERST", "NIEUWS", "PRIJS"}
        kinds = [address.kind for address in customer.addresses]
        assert len(set(kinds)) == len(kinds)
        assert kinds[0] == "visiting"
        assert set(kinds) <= {"visiting", "postal", "delivery", "billing"}
        for contact in customer.contacts:
            assert contact.last_name[0].isupper()
            assert contact.infix == contact.infix.lower()
            assert contact.salutation in ("mr", "mrs", "")


def test_host_names_are_plain() -> None:
    assert slug("Établissements Lefèvre & Fils") == "etablissements-lefevre-fils"
    assert slug("van 't Hof Groß-Łódź Yılmaz") == "van-t-hof-gross-lodz-yilmaz"

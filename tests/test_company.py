"""The owner's data with its logo, zone and year; number series that never go back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation
from PIL import Image

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.company import services
from klantenbeheer.foundation.company.models import Company
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.foundation.paper import services as paper
from klantenbeheer.foundation.paper.models import NumberSeries
from klantenbeheer.foundation.paper.registry import SERIES, SeriesKind
from klantenbeheer.foundation.pictures.models import Picture
from klantenbeheer.foundation.ui.settings_pages import PAGES
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion

from .cast import SYSTEM

GOOD = {
    "name": "Van der Meulen Techniek B.V.", "street": "Industrieweg", "house_number": "12", "postcode": "3542ad",
    "city": "Utrecht", "country": "NL", "kvk_number": "12345678", "vat_number": "NL 123456782 B01",
    "iban": "nl91abna0417164300", "phone": "030 2345678", "email": "info@vandermeulen.example",
    "time_zone": "America/New_York", "fiscal_month": "4",
}  # fmt: skip


def png(width: int = 40, height: int = 20) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def store(**values: Any) -> Company:
    return services.company_update(
        actor=SYSTEM, version=services.company().version, values={**GOOD, **values}
    )


# -- the company --------------------------------------------------------------------------------------------------


def test_before_anything_is_filled_in_there_is_an_empty_company(db: None) -> None:
    assert (services.company().name, services.company().country) == ("", "NL")
    assert not Company.objects.exists()


def test_what_is_stored_is_checked_and_normalised(db: None) -> None:
    owner = store()
    assert owner.postcode == "3542 AD"
    assert owner.iban == "NL91ABNA0417164300"
    assert owner.phone == "+31 30 234 5678"
    assert services.company().name == GOOD["name"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", ""), ("postcode", "123"), ("country", "ZZ"), ("kvk_number", "1"), ("vat_number", "NL1"),
        ("iban", "NL00ABNA0417164300"), ("phone", "12"), ("email", "nee"), ("website", "javascript:alert(1)"),
        ("time_zone", "Mars/Noord"), ("fiscal_month", "13"), ("city", "x" * 101),
    ],
)  # fmt: skip
def test_each_wrong_value_is_told_at_its_field(db: None, key: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        store(**{key: value})
    assert key in caught.value.problems
    assert not Company.objects.exists()


def test_it_is_versioned_and_its_changes_are_told(as_user: Callable[[str], Client]) -> None:
    first = store()
    store(city="Nieuwegein")
    with pytest.raises(StaleVersion):
        services.company_update(actor=SYSTEM, version=first.version - 1, values=GOOD)
    text = as_user("beheer").get("/settings/company/").content.decode()
    assert "<del>Utrecht</del>" in text
    assert "<ins>Nieuwegein</ins>" in text


def test_only_the_application_manager_changes_it(people: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        services.company_update(actor=people["verkoop"], version=0, values=GOOD)
    with pytest.raises(NotAllowed):
        services.logo_set(actor=people["verkoop"], version=0, file=io.BytesIO(png()))


def test_there_is_one_company_only(db: None) -> None:
    from django.db.models import QuerySet

    companies: Any = QuerySet(Company)
    with pytest.raises(IntegrityError), transaction.atomic():
        companies.bulk_create([Company(pk=2)])


def test_the_zone_that_holds_is_shown_also_when_none_was_chosen(as_user: Callable[[str], Client]) -> None:
    assert "Europe/Amsterdam" in as_user("beheer").get("/settings/company/").text


def test_the_fiscal_year_of_a_day(db: None) -> None:
    owner = store(fiscal_month="4")
    assert owner.fiscal_year(date(2026, 3, 31)) == (date(2025, 4, 1), date(2026, 3, 31))
    assert owner.fiscal_year(date(2026, 4, 1)) == (date(2026, 4, 1), date(2027, 3, 31))
    assert store(fiscal_month="1").fiscal_year(date(2024, 2, 29)) == (date(2024, 1, 1), date(2024, 12, 31))


def test_times_are_shown_in_the_companys_zone(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    moment = datetime(2026, 7, 1, 23, 30, tzinfo=timezone.get_fixed_timezone(0))
    Customer.objects.filter(pk=customer.pk).update_unversioned(modified_at=moment)
    client = as_user("lezer")
    assert "02-07-2026 01:30" in client.get("/customers/K1/notes/").content.decode()
    store()
    services.ZONE.forget()
    assert "01-07-2026 19:30" in client.get("/customers/K1/notes/").content.decode()


def test_background_work_has_the_companys_today(db: None, people: dict[str, Any], monkeypatch: Any) -> None:
    seen: list[str] = []
    kind = Kind("test-zone", "Zone", lambda run: seen.append(timezone.get_current_timezone_name()))
    monkeypatch.setitem(KINDS._entries, kind.key, kind)
    job_enqueue(actor=people["beheer"], kind=kind.key, title="Zone", params={})
    store()
    services.ZONE.forget()
    before = timezone.get_current_timezone_name()
    job = claim("worker")
    assert job is not None
    perform(job)
    assert (seen, timezone.get_current_timezone_name()) == (["America/New_York"], before)


def version() -> int:
    return services.company().version


def test_of_two_managers_at_the_logo_the_second_is_told(as_user: Callable[[str], Client]) -> None:
    store()
    client, seen = as_user("beheer"), version()
    assert f'name="version" value="{seen}"' in client.get("/settings/company/").text
    services.logo_set(actor=SYSTEM, version=seen, file=io.BytesIO(png()))
    theirs = services.company()
    file = SimpleUploadedFile("logo.png", png(), content_type="image/png")
    for form in ({"picture": file}, {"remove": "1"}):
        refused = client.post("/settings/company/logo/", {**form, "version": seen})
        assert refused.status_code == 409
        assert "intussen gewijzigd" in refused.text
        assert f'name="version" value="{theirs.version}"' in refused.text
        assert (services.company().logo, version()) == (theirs.logo, theirs.version)
    for broken in ("", "x", "-1", "9" * 40):
        assert client.post("/settings/company/logo/", {"remove": "1", "version": broken}).status_code == 422
    assert (
        client.post("/settings/company/logo/", {"remove": "1", "version": theirs.version}).status_code == 302
    )
    assert services.company().logo == ""


def test_a_logo_is_written_anew_and_shown_to_who_is_signed_in(as_user: Callable[[str], Client]) -> None:
    store()
    client = as_user("beheer")
    file = SimpleUploadedFile("logo.png", png() + b"<script>alert(1)</script>", content_type="image/png")
    assert client.post("/settings/company/logo/", {"picture": file, "version": version()}).status_code == 302
    key = services.company().logo
    assert b"script" not in bytes(Picture.objects.get(key=key).content)
    response = as_user("lezer").get(f"/settings/company/logo/{key}.webp")
    assert response["Content-Type"] == "image/webp"
    assert client.post("/settings/company/logo/", {"remove": "1", "version": version()}).status_code == 302
    assert services.company().logo == ""
    assert client.get(f"/settings/company/logo/{key}.webp").status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"geen plaatje", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', png()[:60]]
)
def test_what_is_no_picture_is_refused_and_the_logo_stays(
    as_user: Callable[[str], Client], content: bytes
) -> None:
    store()
    services.logo_set(actor=SYSTEM, version=services.company().version, file=io.BytesIO(png()))
    before = services.company().logo
    file = SimpleUploadedFile("logo.png", content, content_type="image/png")
    assert (
        as_user("beheer").post("/settings/company/logo/", {"picture": file, "version": version()}).status_code
        == 422
    )
    assert services.company().logo == before


# -- number series ------------------------------------------------------------------------------------------------


@pytest.fixture
def invoices(monkeypatch: pytest.MonkeyPatch) -> Iterator[SeriesKind]:
    """A kind of number that the law wants without gaps."""
    kind = SeriesKind("test-invoice", "Facturen", 99, gapless=True)
    monkeypatch.setitem(SERIES._entries, kind.key, kind)
    monkeypatch.setattr(SERIES, "_sorted", None)
    yield kind
    SERIES._sorted = None


def settle(kind: str, **values: Any) -> NumberSeries:
    series = paper.series_of(SERIES.get(kind))
    now = {name: getattr(series, name) for name in ("prefix", "width", "by_year", "next_value")}
    return paper.series_update(actor=SYSTEM, kind_key=kind, version=series.version, values=now | values)


def test_prefix_width_and_preview(db: None) -> None:
    assert paper.preview("customer", {"prefix": "K", "width": 6, "next_value": 20001}) == "K020001"
    assert not NumberSeries.objects.exists()
    settle("customer", prefix="K", width=6, next_value=20001)
    assert paper.take_numbers("customer", 2, start=10001) == ["K020001", "K020002"]


def test_a_series_by_year_begins_anew(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settle("customer", prefix="K", by_year=True, width=4, next_value=10001)
    year = timezone.localdate().year
    assert paper.take_numbers("customer") == [f"K{year}-10001"]
    monkeypatch.setattr(timezone, "localdate", lambda: date(year + 1, 1, 1))
    assert paper.take_numbers("customer", 2) == [f"K{year + 1}-0001", f"K{year + 1}-0002"]
    # A clock that was set back does not give a number twice.
    monkeypatch.setattr(timezone, "localdate", lambda: date(year, 12, 31))
    assert paper.take_numbers("customer") == [f"K{year + 1}-0003"]


def test_the_next_number_goes_up_only(db: None) -> None:
    paper.take_numbers("customer", 5, start=10001)
    with translation.override("nl"), pytest.raises(InvalidInput) as caught:
        settle("customer", next_value=10005)
    assert "10005" in caught.value.problems["next_value"][0]
    settle("customer", next_value=20000)
    assert paper.take_numbers("customer") == ["20000"]
    assert "20000" in Action.objects.get(kind="series.update").reason


def test_changes_are_told_in_the_words_of_the_form(as_user: Callable[[str], Client]) -> None:
    settle("customer", prefix="K-", width=6, by_year=True, next_value=20000)
    page = as_user("beheer").get("/settings/series/").text
    for part in (
        "Klantnummers ·", "Voorvoegsel: – → K-", "Breedte: 0 → 6",
        "Met het jaar, elk jaar opnieuw vanaf 1: nee → ja", "Volgend nummer: 10001 → 20000",
    ):  # fmt: skip
        assert part in page
    assert "by_year" not in page


def test_where_the_law_wants_no_gaps_none_can_be_made(db: None, invoices: SeriesKind) -> None:
    settle(invoices.key, prefix="F", next_value=500)  # before the first, one may begin anywhere
    assert paper.take_numbers(invoices.key) == ["F500"]
    with pytest.raises(InvalidInput) as caught:
        settle(invoices.key, next_value=502)
    assert list(caught.value.problems) == ["next_value"]
    place = transaction.savepoint()
    assert paper.take_numbers(invoices.key) == ["F501"]
    transaction.savepoint_rollback(place)  # what needed the number failed
    assert paper.take_numbers(invoices.key) == ["F501"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"prefix": "K/"}, "prefix"), ({"width": 13}, "width"), ({"next_value": 10**13}, "next_value"),
     ({"prefix": "ABCDEFGHIJKL", "by_year": True, "width": 12}, "width")],
)  # fmt: skip
def test_a_series_that_cannot_be_is_told_at_its_field(db: None, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        settle("customer", **values)
    assert list(caught.value.problems) == [field]


def test_two_managers_do_not_overwrite_each_other(as_user: Callable[[str], Client]) -> None:
    settle("customer", prefix="A")
    form = {"prefix": "B", "width": "0", "next_value": "10001", "version": "1"}
    response = as_user("beheer").post("/settings/series/customer/", form)
    assert response.status_code == 409
    assert 'value="B"' in response.content.decode()
    assert NumberSeries.objects.get(kind="customer").prefix == "A"


def test_the_preview_follows_what_is_typed(as_user: Callable[[str], Client]) -> None:
    client = as_user("beheer")
    good = client.get("/settings/series/customer/preview/?prefix=K&width=7&next_value=10001").content.decode()
    assert "K0010001" in good
    low = client.get("/settings/series/customer/preview/?prefix=K&width=7&next_value=1").content.decode()
    assert "10001" in low
    assert "<strong>" not in low


def test_every_settings_page_opens(as_user: Callable[[str], Client]) -> None:
    client = as_user("beheer")
    index = client.get("/settings/").content.decode()
    for page in PAGES:
        if not page.when():
            assert page.url not in index
            assert client.get(page.url).status_code == 404
            continue
        assert f'href="{page.url}"' in index
        assert client.get(page.url).status_code == 200

"""The client, against a server that answers as VIES does, with all its errors."""

from __future__ import annotations

import time
from typing import Any

import pytest

from klantenbeheer.domains.vat_check import vies
from klantenbeheer.domains.vat_check.choices import Outcome
from klantenbeheer.foundation.company.services import company_update
from klantenbeheer.kernel.actors import SystemActor

from .server import CONSULTATION, Handler, closed_port

pytestmark = pytest.mark.django_db  # our own number stands in the company data
NUMBER = "DE136695976"
Stub = type[Handler]


def test_a_yes_carries_name_address_and_consultation_number(vies_stub: Stub) -> None:
    answer = vies.ask(NUMBER)
    assert answer.outcome == Outcome.VALID
    assert (answer.name, answer.address) == (
        "JANSEN INSTALLATIETECHNIEK B.V.",
        "INDUSTRIEWEG 00012\n1234AB UTRECHT",
    )
    assert (answer.consultation, answer.requester) == (CONSULTATION, "NL004495445B01")
    assert '"valid": true' in answer.raw
    assert vies_stub.asked == [
        {
            "countryCode": "DE", "vatNumber": "136695976", "requesterMemberStateCode": "NL",
            "requesterNumber": "004495445B01",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("ours", ["", "NL123", "onzin"])
def test_without_a_right_number_of_our_own_there_is_no_consultation_number(
    vies_stub: Stub, settings: Any, ours: str
) -> None:
    settings.VAT_REQUESTER = ours
    answer = vies.ask(NUMBER)
    assert (answer.outcome, answer.consultation, answer.requester) == (Outcome.VALID, "", "")
    assert vies_stub.asked == [{"countryCode": "DE", "vatNumber": "136695976"}]


def test_what_a_state_does_not_disclose_is_empty(vies_stub: Stub) -> None:
    vies_stub.script[NUMBER] = "secretive"
    answer = vies.ask(NUMBER)
    assert (answer.outcome, answer.name, answer.address) == (Outcome.VALID, "", "")


@pytest.mark.parametrize(
    ("happens", "outcome", "code"),
    [
        ("invalid", Outcome.INVALID, ""),
        ("INVALID_INPUT", Outcome.REFUSED, "INVALID_INPUT"),
        ("INVALID_REQUESTER_INFO", Outcome.REFUSED, "INVALID_REQUESTER_INFO"),
        ("VAT_BLOCKED", Outcome.REFUSED, "VAT_BLOCKED"),
        ("IP_BLOCKED", Outcome.REFUSED, "IP_BLOCKED"),
        ("SERVICE_UNAVAILABLE", Outcome.NO_ANSWER, "SERVICE_UNAVAILABLE"),
        ("MS_UNAVAILABLE", Outcome.NO_ANSWER, "MS_UNAVAILABLE"),
        ("TIMEOUT", Outcome.NO_ANSWER, "TIMEOUT"),
        ("GLOBAL_MAX_CONCURRENT_REQ", Outcome.NO_ANSWER, "GLOBAL_MAX_CONCURRENT_REQ"),
        ("GLOBAL_MAX_CONCURRENT_REQ_TIME", Outcome.NO_ANSWER, "GLOBAL_MAX_CONCURRENT_REQ_TIME"),
        ("MS_MAX_CONCURRENT_REQ", Outcome.NO_ANSWER, "MS_MAX_CONCURRENT_REQ"),
        ("MS_MAX_CONCURRENT_REQ_TIME", Outcome.NO_ANSWER, "MS_MAX_CONCURRENT_REQ_TIME"),
        ("SOMETHING_NEW", Outcome.NO_ANSWER, "SOMETHING_NEW"),
        ("<script>", Outcome.NO_ANSWER, "UNKNOWN_ERROR"),
        ("error_as_no", Outcome.NO_ANSWER, "MS_UNAVAILABLE"),
        ("status_500", Outcome.NO_ANSWER, "MS_UNAVAILABLE"),
        ("another_number", Outcome.NO_ANSWER, "GARBAGE"),
        ("without_verdict", Outcome.NO_ANSWER, "GARBAGE"),
        ("garbage", Outcome.NO_ANSWER, "GARBAGE"),
        ("nested", Outcome.NO_ANSWER, "GARBAGE"),
        ("empty", Outcome.NO_ANSWER, "GARBAGE"),
        ("endless", Outcome.NO_ANSWER, "GARBAGE"),
        ("too_many", Outcome.NO_ANSWER, "HTTP_429"),
        ("redirect", Outcome.NO_ANSWER, "HTTP_302"),
        ("cut", Outcome.NO_ANSWER, "CUT_OFF"),
        ("cut_at_once", Outcome.NO_ANSWER, "CUT_OFF"),
    ],
)
def test_only_a_plain_no_is_a_no(vies_stub: Stub, happens: str, outcome: Outcome, code: str) -> None:
    vies_stub.script[NUMBER] = happens
    answer = vies.ask(NUMBER)
    assert (answer.outcome, answer.code) == (outcome, code)
    assert len(vies_stub.asked) == 1


@pytest.mark.parametrize("happens", ["slow", "dripping"])
def test_a_slow_answer_ends_in_time(vies_stub: Stub, happens: str) -> None:
    vies_stub.script[NUMBER] = happens
    began = time.monotonic()
    answer = vies.ask(NUMBER, timeout=0.3)
    assert (answer.outcome, answer.code) == (Outcome.NO_ANSWER, "TIMED_OUT")
    assert time.monotonic() - began < 2


def test_nobody_at_home_is_no_answer(vies_stub: Stub, settings: Any) -> None:
    settings.VIES_URL = f"http://127.0.0.1:{closed_port()}/rest-api"
    assert vies.ask(NUMBER).code == "NO_CONNECTION"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/rest-api", "https://10.0.0.1/x", "https://192.168.1.10/x", "https://169.254.169.254/x",
        "https://[::1]/x", "https://[fd00::1]/x", "https://[::ffff:127.0.0.1]/x", "https://0.0.0.0/x",
    ],
)  # fmt: skip
def test_no_address_inside_is_asked_in_production(settings: Any, url: str, monkeypatch: Any) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a connection was made")

    settings.VIES_URL, settings.VIES_ALLOW_PRIVATE = url, False
    # The numbers in the addresses need no looking up; the tests' own guard refuses what is not this machine.
    host = url.split("//")[1].split("/")[0].strip("[]")
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", (host, 443))])
    monkeypatch.setattr("socket.create_connection", refuse)
    assert vies.ask(NUMBER).code == "PRIVATE_ADDRESS"


@pytest.mark.parametrize("url", ["http://ec.europa.eu/x", "ftp://ec.europa.eu/x", "/rest-api", "https://"])
def test_only_https_is_asked_in_production(settings: Any, url: str) -> None:
    settings.VIES_URL, settings.VIES_ALLOW_PRIVATE = url, False
    assert vies.ask(NUMBER).code == "WRONG_ADDRESS"


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("EL094259216", ("EL", "094259216")), ("XI980780684", ("XI", "980780684")), ("IE8D79739I", ("IE", "8D79739I")),
        ("GR094259216", None), ("GB980780684", None), ("CH123456788", None), ("EU372022452", None), ("", None),
        ("NL00\n44", None), ("NL1", None), ("DE1366959760000000", None),
    ],
)  # fmt: skip
def test_which_numbers_can_be_asked(number: str, parts: tuple[str, str] | None) -> None:
    assert vies.split(number) == parts


def test_switched_off_sends_nothing(vies_stub: Stub, settings: Any) -> None:
    for url in ("", "off"):
        settings.VIES_URL = url
        assert vies.ask(NUMBER).code == "SWITCHED_OFF"
    assert vies_stub.asked == []


def test_our_own_number_comes_from_the_company_data(vies_stub: Stub) -> None:
    company_update(
        actor=SystemActor("test"), version=0, values={"name": "Wij B.V.", "vat_number": "NL000099998B57"}
    )
    assert vies.ask(NUMBER).requester == "NL000099998B57"

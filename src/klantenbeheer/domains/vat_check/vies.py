"""A client for VIES' REST interface (OpenAPI: swagger_publicVAT.yaml of DG TAXUD).

Errors come with HTTP 200 as well as with others, so the body decides. Only ``valid: false`` without an error is a no.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from klantenbeheer.foundation.company.services import company
from klantenbeheer.kernel import checks

from .choices import Outcome

# Letters of VIES, not of ISO 3166: Greece is EL, Northern Ireland XI; the United Kingdom left.
STATES = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
})  # fmt: skip
# What putting the same question again does not mend.
REFUSED = frozenset({"INVALID_INPUT", "INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED", "SWITCHED_OFF"})
# Of those, what holds for every question: a check of the whole file stops.
HALTING = frozenset({"INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED", "SWITCHED_OFF"})
# Too many at the same moment: worth a second try within seconds.
BUSY = frozenset({
    "GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ_TIME", "MS_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ_TIME",
})  # fmt: skip
# The member state is away: its other numbers need not be tried now.
AWAY = frozenset({"MS_UNAVAILABLE"})
_MOST = 64 * 1024
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")


class Unreachable(Exception):
    """The service could not be asked; ``args[0]`` is the code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``raw`` is the body as received (or what went wrong), as evidence."""

    outcome: Outcome
    code: str = ""
    name: str = ""
    address: str = ""
    consultation: str = ""
    request_date: str = ""
    raw: str = ""
    requester: str = ""

    @property
    def is_verdict(self) -> bool:
        """Whether VIES said yes or no."""
        return self.outcome in (Outcome.VALID, Outcome.INVALID)


def is_on() -> bool:
    """Say whether asking VIES is switched on."""
    return bool(settings.VIES_URL) and settings.VIES_URL != "off"


def requester_typed() -> str:
    """Give our own VAT number as the company data have it, or else the settings. One query."""
    return company().vat_number or settings.VAT_REQUESTER


def requester_number() -> str:
    """Give our own VAT number, in whose name we ask; empty when it is not set or wrong.

    Without it VIES answers too, but gives no consultation number, which is the proof of having asked.
    """
    checked = checks.check_vat(requester_typed())
    return checked.value if checked.ok and checked.state != "outside" else ""


def split(number: str) -> tuple[str, str] | None:
    """Give state and rest of a number as VIES takes them; ``None`` for what it cannot be asked about."""
    state, rest = number[:2].upper(), number[2:].upper()
    if state not in STATES or not re.fullmatch(r"[0-9A-Z+*]{2,12}", rest):
        return None
    return state, rest


def ask(number: str, *, timeout: float | None = None) -> Answer:
    """Ask VIES about a number with its state's letters. Never raises: what goes wrong is an answer too."""
    parts = split(number)
    requester = requester_number()
    if not is_on():
        return Answer(Outcome.REFUSED, "SWITCHED_OFF")
    if parts is None:
        return Answer(Outcome.REFUSED, "INVALID_INPUT", raw="not sent")
    question = {"countryCode": parts[0], "vatNumber": parts[1]}
    if requester:
        # Both fields, or there is no consultation number.
        question |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
    try:
        status, body = _post("/check-vat-number", question, timeout or settings.VIES_TIMEOUT)
    except Unreachable as error:
        return Answer(Outcome.NO_ANSWER, error.args[0], raw=str(error.__cause__ or ""), requester=requester)
    return _read(status, body, parts, requester)


def _read(status: int, body: bytes, parts: tuple[str, str], requester: str) -> Answer:
    raw = body.decode("utf-8", "replace").replace("\x00", "")
    try:
        data: Any = json.loads(raw)
    except (ValueError, RecursionError):
        data = None
    code = _error_code(data)
    if code:
        outcome = Outcome.REFUSED if code in REFUSED else Outcome.NO_ANSWER
        return Answer(outcome, code, raw=raw, requester=requester)
    verdict = data.get("valid") if isinstance(data, dict) else None
    if status != 200 or not isinstance(verdict, bool) or not _echoes(data, parts):
        code = f"HTTP_{status}" if status != 200 else "GARBAGE"
        return Answer(Outcome.NO_ANSWER, code, raw=raw, requester=requester)
    return Answer(
        Outcome.VALID if verdict else Outcome.INVALID, "", _text(data, "name"), _text(data, "address"),
        _text(data, "requestIdentifier"), _text(data, "requestDate"), raw, requester,
    )  # fmt: skip


def _error_code(data: Any) -> str:
    """Give the code of an answer that is no verdict, from either form of error that VIES has."""
    if not isinstance(data, dict):
        return ""
    wrappers = data.get("errorWrappers")
    found: Any = ""
    if isinstance(wrappers, list) and wrappers:
        found = wrappers[0].get("error") if isinstance(wrappers[0], dict) else "UNKNOWN_ERROR"
    elif data.get("actionSucceed") is False:
        found = "UNKNOWN_ERROR"
    elif data.get("userError") not in (None, "", "VALID", "INVALID"):
        found = data["userError"]
    if not found:
        return ""
    return found if isinstance(found, str) and _CODE.fullmatch(found) else "UNKNOWN_ERROR"


def _echoes(data: dict[str, Any], parts: tuple[str, str]) -> bool:
    """Say whether the answer is about the number that was asked, where it names one."""
    state, number = data.get("countryCode", parts[0]), data.get("vatNumber", parts[1])
    return (state, number) == parts


def _text(data: dict[str, Any], key: str) -> str:
    # '---': the state does not disclose it (Germany, Spain).
    value = data.get(key)
    text = "\n".join(line.strip() for line in value.splitlines()).strip() if isinstance(value, str) else ""
    return "" if re.fullmatch(r"-*", text) else text.replace("\x00", "")


def _post(path: str, question: dict[str, str], timeout: float) -> tuple[int, bytes]:
    """Send a question; raises ``Unreachable``. ``timeout`` is for the whole answer, however slowly it drips in."""
    deadline = time.monotonic() + timeout
    url = urlsplit(settings.VIES_URL)
    connection = _connection(url, timeout)
    sock = connection.sock  # the connection forgets it when the server says that it closes
    try:
        body = json.dumps(question)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        connection.request("POST", url.path.rstrip("/") + path, body, headers)
        # A redirect is not followed: it could lead into the company's own network.
        response = connection.getresponse()
        read = bytearray()
        while chunk := response.read1(8192):
            read += chunk
            if len(read) > _MOST:
                raise Unreachable("GARBAGE")
            left = deadline - time.monotonic()
            if left <= 0:
                raise Unreachable("TIMED_OUT")
            sock.settimeout(left)
        if response.length:
            raise Unreachable("CUT_OFF")
        return response.status, bytes(read)
    except TimeoutError as error:
        raise Unreachable("TIMED_OUT") from error
    except (http.client.HTTPException, ConnectionError) as error:
        raise Unreachable("CUT_OFF") from error
    except OSError as error:
        raise Unreachable("NO_CONNECTION") from error
    finally:
        connection.close()


def _connection(url: Any, timeout: float) -> http.client.HTTPConnection:
    """Connect to an address that was looked up and found to be public, so that no name can lead inside."""
    if url.scheme not in ("https", "http") or not url.hostname:
        raise Unreachable("WRONG_ADDRESS")
    if url.scheme == "http" and not settings.VIES_ALLOW_PRIVATE:
        raise Unreachable("WRONG_ADDRESS")
    port = url.port or (443 if url.scheme == "https" else 80)
    address = _public_address(url.hostname, port)
    try:
        sock = socket.create_connection((address, port), timeout)
        if url.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=url.hostname)
    except TimeoutError as error:
        raise Unreachable("TIMED_OUT") from error
    except OSError as error:
        raise Unreachable("NO_CONNECTION") from error
    connection = http.client.HTTPConnection(url.hostname, port, timeout=timeout)
    connection.sock = sock
    return connection


def _public_address(host: str, port: int) -> str:
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unreachable("NO_CONNECTION") from error
    for address in found:
        if settings.VIES_ALLOW_PRIVATE or ipaddress.ip_address(address.split("%")[0]).is_global:
            return address
    raise Unreachable("PRIVATE_ADDRESS")

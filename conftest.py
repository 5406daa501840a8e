"""What every test runs with, also those beside their package: no network, no silent skips, a real browser.

- ``page`` and the other fixtures of pytest-playwright drive Debian's Chromium; a test that uses one gets the marker
  ``browser`` by itself. The application is served: ``page.goto("/customers/")``.
- A connection to anything but this machine fails the test.
- With ``CI=true`` or ``KLANTENBEHEER_STRICT=1`` a skipped test makes the run fail.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from pytest_django.live_server_helper import LiveServer

from tests.programs import find_chromium

pytest_plugins = ["tests.cast"]  # people and customers, for the tests beside their package too

# Playwright's synchronous interface keeps an event loop in the main thread, in which Django otherwise refuses queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The same made-up input in every run: a test that fails now and then is a fault.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("house")

BROWSER_FIXTURES = {
    "page",
    "new_context",
    "context",
    "browser",
    "browser_type",
    "launch_browser",
    "playwright",
}
BROWSER_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The browser is held to the same rule as the tests: this machine and nothing else.
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
]


# -- no network -------------------------------------------------------------------------------------------------


class NetworkRefused(RuntimeError):
    """A test tried to reach something outside this machine. Tests use no network: give it a stand-in."""


def _check_address(address: Any) -> None:
    """Raise ``NetworkRefused`` unless this socket address (or host name) is on this machine."""
    if isinstance(address, (str, bytes)) or not address:  # a Unix socket
        return
    host = str(address[0])
    if host in ("localhost", ""):
        return
    try:
        local = ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise NetworkRefused(f"Tests use no network, and this one wanted {address!r}.")


def _refuse_network(patch: pytest.MonkeyPatch) -> None:
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    look_up = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check_address(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check_address(address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        _check_address(rest[-1])
        return sendto(self, data, *rest)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        _check_address((host.decode() if isinstance(host, bytes) else host or "",))
        return look_up(host, *rest, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket.socket, "sendto", guarded_sendto)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse sockets to other machines for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        _refuse_network(patch)
        yield


# -- the browser ------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that ``-m "not browser"`` leaves it out."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Give pytest-playwright the installed Chromium instead of a downloaded one; fails when there is none."""
    chromium = find_chromium()
    if chromium is None:
        pytest.fail(
            "No Chromium found. On Debian: apt-get install chromium-headless-shell (or name it in CHROMIUM).",
            pytrace=False,
        )
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # its sandbox does not work as root
    return {
        **browser_type_launch_args,
        "executable_path": str(chromium),
        "args": [*browser_type_launch_args.get("args", []), *BROWSER_ARGUMENTS, *sandbox],
    }


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Give the address of the served application, so that ``page.goto("/customers/")`` finds it."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Give each test a Dutch browser of the size of an office screen."""
    return {
        **browser_context_args,
        "locale": "nl-NL",
        "timezone_id": "Europe/Amsterdam",
        "viewport": {"width": 1440, "height": 900},
    }


# -- no silent skips --------------------------------------------------------------------------------------------


def _is_strict() -> bool:
    return os.environ.get("CI") == "true" or os.environ.get("KLANTENBEHEER_STRICT") == "1"


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter and _is_strict() else 0


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make the run fail when tests were skipped and that is not allowed."""
    if _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say why the run failed, if it was for skipped tests."""
    if count := _skipped(config):
        terminalreporter.write_line(f"{count} skipped: here a skipped test counts as a failed one.", red=True)

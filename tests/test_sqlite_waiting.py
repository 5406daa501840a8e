"""A writer on SQLite waits for another one, and gets in as soon as that one is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import ConnectionHandler, OperationalError

from klantenbeheer.config.settings.base import database

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[Callable[[float], ConnectionHandler]]:
    """Give connections to one file, whose writers wait so many seconds."""
    made: list[ConnectionHandler] = []

    def make(timeout: float) -> ConnectionHandler:
        settings = database(f"sqlite:///{tmp_path / 'wait.sqlite3'}")
        settings["OPTIONS"]["timeout"] = timeout
        made.append(ConnectionHandler({"default": settings}))
        return made[-1]

    yield make
    for handler in made:
        handler["default"].close()


def busy_timeout(handler: ConnectionHandler) -> int:
    with handler["default"].cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


def begin(handler: ConnectionHandler) -> None:
    connection = handler["default"]
    connection.ensure_connection()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def test_who_waits_gets_in_when_the_other_is_done(handler: Callable[[float], ConnectionHandler]) -> None:
    first, second = handler(20), handler(20)
    with first["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE done (who TEXT)")
    order: list[str] = []
    waiting = threading.Event()

    def write() -> None:
        waiting.set()
        begin(second)
        order.append("second")
        second["default"].rollback()
        second["default"].close()

    begin(first)
    thread = threading.Thread(target=write)
    thread.start()
    waiting.wait()
    time.sleep(0.05)
    order.append("first")
    first["default"].rollback()
    thread.join(timeout=20)
    assert order == ["first", "second"]


def test_who_waits_too_long_is_told_and_can_go_on(handler: Callable[[float], ConnectionHandler]) -> None:
    first, second = handler(20), handler(0.05)
    begin(first)
    with pytest.raises(OperationalError, match="locked"):
        begin(second)
    assert busy_timeout(second) == 50
    first["default"].rollback()
    first["default"].set_autocommit(True)
    begin(second)
    second["default"].rollback()
    assert busy_timeout(second) == 50


def test_other_errors_are_not_waited_for(handler: Callable[[float], ConnectionHandler]) -> None:
    only = handler(20)
    begin(only)
    with pytest.raises(OperationalError, match="within a transaction"):
        only["default"]._start_transaction_under_autocommit()  # type: ignore[attr-defined]
    only["default"].rollback()


def test_the_product_uses_it(settings: object) -> None:
    assert transaction.get_connection().vendor != "sqlite" or type(
        transaction.get_connection()
    ).__module__.startswith("klantenbeheer.kernel")

"""The cast of all tests: one person per role, and customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from klantenbeheer.config.bootstrap import ensure_roles
from klantenbeheer.customers import extra
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_create
from klantenbeheer.domains.characteristics import values as characteristics
from klantenbeheer.domains.territories import remark as selling
from klantenbeheer.domains.territories.deciding import Tree
from klantenbeheer.foundation.access.models import Role, RoleLevel, User
from klantenbeheer.foundation.accounts import rules
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import Undone, undo_action
from klantenbeheer.foundation.company import services as company_services
from klantenbeheer.foundation.search import words
from klantenbeheer.kernel.actors import Level, Reach, SystemActor

PASSWORD = "een-goed-wachtwoord"
SYSTEM = SystemActor("test")


@pytest.fixture(autouse=True)
def _fresh_words() -> None:
    words.forget_cache()


@pytest.fixture(autouse=True)
def _known_settings() -> None:
    """Every test begins with what a process keeps after its first page: its zone, and nothing set."""
    rules.REQUIRED.keep(frozenset())
    company_services.ZONE.keep(ZoneInfo(settings.TIME_ZONE))
    extra.DEFINITIONS.keep({})
    characteristics.DEFINITIONS.keep({})
    selling.SELLING.keep((Tree([]), []))


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """The manager, a seller, a reader, and one without any role."""
    ensure_roles()
    made = {}
    for username, role in (("beheer", "manager"), ("verkoop", "sales"), ("lezer", "reader"), ("niemand", "")):
        made[username] = User.objects.create_user(username, PASSWORD, full_name=username.title())
        if role:
            made[username].roles.add(Role.objects.get(key=role))
    return made


class Give(Protocol):
    """Give a user one role with exactly these levels, and which customers it reaches."""

    def __call__(self, username: str, levels: dict[str, Level], reach: Reach = Reach.ALL) -> Role: ...


@pytest.fixture
def give(people: dict[str, User]) -> Give:
    """Give one of the cast a role of his own, in place of what he had."""

    def set_role(username: str, levels: dict[str, Level], reach: Reach = Reach.ALL) -> Role:
        role, _made = Role.objects.update_or_create(
            key=f"own-{username}", defaults={"name": f"Van {username}", "reach": reach}
        )
        role.levels.all().delete()
        RoleLevel.objects.bulk_create(
            RoleLevel(role=role, right=right, level=level) for right, level in levels.items()
        )
        people[username].roles.set([role])
        return role

    return set_role


def undo_last(kind: str, actor: Any = SYSTEM) -> Undone:
    """Undo the latest action of a kind."""
    return undo_action(actor, Action.objects.filter(kind=kind).latest("pk"))


@pytest.fixture
def as_user(people: dict[str, User]) -> Callable[[str], Client]:
    """Give a client signed in as one of the cast."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(people[username], backend="klantenbeheer.foundation.access.backend.AccountBackend")
        return client

    return sign_in


@pytest.fixture
def make_customer(db: None) -> Callable[..., Customer]:
    """Make a customer through the service."""

    def make(name: str = "Jansen Installatietechniek B.V.", **values: Any) -> Customer:
        addresses = values.pop(
            "addresses", {"visiting": {"city": "Utrecht", "postcode": "3511 AB", "country": "NL"}}
        )
        number = values.pop("number", "")
        return customer_create(
            actor=SYSTEM,
            values={"name": name, **values},
            addresses=addresses,
            number=number,
            accept_duplicates=True,
        )

    return make


@pytest.fixture
def desk(page: Page, people: dict[str, Any], make_customer: Callable[..., Customer]) -> Page:
    """Give the manager's browser, signed in at the list of two customers."""
    make_customer("Café Müller B.V.", number="K1", phone="030-2345678")
    make_customer("De Vries Houthandel", number="K2")
    page.goto("/")
    page.fill("[name=username]", "beheer")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.get_by_role("heading", name="Startpagina").wait_for()
    page.goto("/customers/")
    return page


@pytest.fixture
def at(make_customer: Callable[..., Customer]) -> Callable[..., Customer]:
    """Make a customer at a postcode."""

    def make(number: str, postcode: str, country: str = "NL", **values: Any) -> Customer:
        visiting = {"city": "Stad", "postcode": postcode, "country": country}
        return make_customer(f"Klant {number}", number=number, addresses={"visiting": visiting}, **values)

    return make

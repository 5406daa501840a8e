"""What a new installation has: roles, and in demo mode accounts and customers."""

from __future__ import annotations

import os
import secrets

from django.conf import settings

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.foundation.access.role_services import role_ensure
from klantenbeheer.foundation.access.services import user_create
from klantenbeheer.kernel.actors import Level, SystemActor

SETUP = SystemActor("inrichting")
DEMO_ACCOUNTS = (
    ("beheer", "Bente Heersma", "manager"),
    ("verkoop", "Vera Koopmans", "sales"),
    ("lezer", "Leo Zervaas", "reader"),
)
_NOT_FOR_SALES = {"administration"}
# Whom a region belongs to and what a group pays is decided by others than who sells.
_SALES_SEES = {"territories", "conditions"}
_NOT_BY_DEFAULT = {
    "jobs", "customers.credit", "customers.conditions", "customers.bulk", "customers.merge", "bank.confirm", "privacy",
    "privacy.erase",
}  # fmt: skip
# Looking is not for everybody either.
_NOT_TO_SEE = {"jobs", "privacy"}


def ensure_roles() -> None:
    """Make the three roles that every installation begins with; later changes of the manager stay."""
    tabs_and_customers = [right.key for right in RIGHTS if right.key not in _NOT_FOR_SALES]
    role_ensure(actor=SETUP, key="manager", name="Applicatiebeheer", levels={}, manager=True)
    role_ensure(
        actor=SETUP, key="sales", name="Verkoop",
        levels={
            key: Level.VIEW if key in _SALES_SEES else Level.EDIT
            for key in tabs_and_customers
            if key not in _NOT_BY_DEFAULT
        },
    )  # fmt: skip
    views = {
        key: Level.VIEW
        for key in tabs_and_customers
        if Level.VIEW in RIGHTS.get(key).levels and key not in _NOT_TO_SEE
    }
    role_ensure(actor=SETUP, key="reader", name="Inzien", levels=views)


def demo_password() -> str:
    """Give the password of the demo accounts: from the environment, or one made once and kept in the data folder."""
    given = os.environ.get("KLANTENBEHEER_DEMO_PASSWORD", "")
    if given:
        return given
    path = settings.DATA / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9), encoding="ascii")
    return str(path.read_text(encoding="ascii").strip())


def ensure_demo_accounts() -> str:
    """Make the demo accounts, or give them the password at hand. Gives the password. Refused outside demo mode.

    An account of somebody's own by such a name stays as it is.
    """
    if not settings.DEMO:
        raise RuntimeError("demo accounts exist in demo mode only")
    password = demo_password()
    for username, full_name, role in DEMO_ACCOUNTS:
        user = User.objects.filter(username=username).first()
        if user is None:
            user_create(
                actor=SETUP, username=username, full_name=full_name, password=secrets.token_urlsafe(16), roles=[role],
                is_salesperson=role == "sales",
            )  # fmt: skip
            user = User.objects.get(username=username)
            user.is_demo = True
            user.save(update_fields=["is_demo"])
        if user.is_demo and not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
    return password

"""What the tests of accounts share."""

from __future__ import annotations

import time
from typing import Any

import pyotp
from django.test import Client

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import factor
from klantenbeheer.foundation.accounts.models import SecondFactor
from klantenbeheer.foundation.jobs import running
from tests.cast import PASSWORD


def work() -> None:
    """Do what is in the queue."""
    while job := running.claim("test"):
        running.perform(job)


def sign_in(username: str, password: str = PASSWORD, **extra: Any) -> Client:
    """Give a client that signed in by the form."""
    client = Client(**extra)
    client.post("/sign-in/", {"username": username, "password": password})
    return client


def code(secret: str, steps: int = 0) -> str:
    """Give what an app shows now, or some steps later."""
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


def with_app(user: User) -> tuple[str, list[str]]:
    """Set an app up; gives its secret and the recovery codes. The next code counts."""
    secret = factor.new_secret()
    codes = factor.app_set(user=user, secret=secret, typed=code(secret))
    SecondFactor.objects.filter(user=user).update(last_step=0)
    return secret, codes

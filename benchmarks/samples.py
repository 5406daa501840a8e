"""What is looked for and opened: taken from the data at even distances, so the same in every run."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.text import compact, normalise

USER = "meting"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def user() -> User:
    """Give the user who works, as a request loads him: rights not read yet."""
    return get_user_model().objects.get(username=USER)


def client() -> Client:
    """Give a browser signed in as that user."""
    signed_in = Client()
    signed_in.force_login(user(), backend="klantenbeheer.foundation.access.backend.AccountBackend")
    return signed_in


class NoPage(RuntimeError):
    """A request that is measured did not give its page."""


def get(browser: Client, url: str, **headers: str) -> None:
    """Fetch a page; raises :class:`NoPage` for anything but a page."""
    response = browser.get(url, headers=headers)
    if response.status_code != 200:
        raise NoPage(f"{url} gives {response.status_code}")


def customers(count: int) -> list[Customer]:
    """Give customers at even distances of their keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM customers_customer")
        least, most = cursor.fetchone()
    step = max(1, (most - least) // count)
    found: dict[int, Customer] = {}
    for key in range(least, most + 1, step):
        customer = Customer.objects.filter(pk__gte=key).order_by("pk").first()
        if customer is not None:
            found[customer.pk] = customer
    return list(found.values())[:count]


@dataclass(frozen=True, slots=True)
class Queries:
    """One way of searching, and different queries of that way."""

    name: str
    texts: tuple[str, ...]


def _words(found: list[Customer], least: int) -> list[str]:
    words = [word for customer in found for word in normalise(customer.name).split() if len(word) >= least]
    return list(dict.fromkeys(word for word in words if word.isalpha()))


def _mistyped(word: str) -> str:
    """Give the word with the letter in the middle replaced by the next one of the alphabet."""
    middle = len(word) // 2
    letter = _LETTERS[(_LETTERS.index(word[middle]) + 7) % 26]
    return word[:middle] + letter + word[middle + 1 :]


def searches() -> list[Queries]:
    """Give every way of searching that is measured."""
    found = customers(40)
    long = _words(found, 8)
    return [
        Queries("1 character", tuple("abhjmsvz19")),
        Queries("2 characters", ("ja", "de", "va", "br", "mu", "zw", "ba", "st", "10", "25")),
        Queries("3 characters", ("bou", "ver", "ste", *[word[:3] for word in _words(found, 5)[:9]])),
        Queries("3 characters within words", tuple(word[2:5] for word in _words(found, 6)[:12])),
        Queries("8 characters", tuple(word[:8] for word in long[:12])),
        Queries(
            "two words",
            tuple(
                f"{normalise(c.name).split()[0]} {c.city_norm.split()[0]}" for c in found[:12] if c.city_norm
            ),
        ),
        Queries("no match", ("xqzvwk", "qqqqqqq", "zzyzxq", "0309999999123", "jjkkqqww", "wvwvwvwv")),
        Queries("typing error", tuple(_mistyped(word) for word in long[:12])),
        Queries("number", tuple(c.number for c in found[:10])),
        Queries("telephone", tuple(c.phone for c in found if c.phone)[:10]),
        Queries("postcode", tuple(c.postcode for c in found if c.country == "NL" and c.postcode)[:10]),
        Queries("VAT number", tuple(compact(c.vat_number) for c in found if c.vat_number)[:10]),
    ]

"""Columns that follow from others: the search text, the sort key, the place, the flag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from klantenbeheer.foundation.search.lookups import APART
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.postcodes import postcode_key
from klantenbeheer.kernel.text import compact, email_words, normalise

from . import vat
from .choices import TEXT_SLOTS, AddressKind
from .models import Address, Customer

# Domains above add words to find a customer by (contact persons): customer ids to texts per id.
Contributor = Callable[[Sequence[int]], Mapping[int, list[str]]]
_contributors: list[Contributor] = []
_rights: set[str] = set()


def contribute(contributor: Contributor, *, right: str) -> None:
    """Let a domain add words to the search text, for those who have ``right``. Called from its ``apps.py``."""
    _contributors.append(contributor)
    _rights.add(right)


def finds_by_all(actor: Actor) -> bool:
    """Say whether an actor may find customers by what domains add, too; else by their own words only."""
    return all(actor.may(right) for right in _rights)


def contributions(customer_ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the words of all domains for these customers."""
    found: dict[int, list[str]] = {}
    for contributor in _contributors:
        for customer_id, texts in contributor(customer_ids).items():
            found.setdefault(customer_id, []).extend(texts)
    return found


# Domains above hear when a stored customer came to lie elsewhere, in the transaction that moved him.
Listener = Callable[[Customer], None]
_listeners: list[Listener] = []


def on_place_changed(listener: Listener) -> None:
    """Let a domain hear of a changed country or postcode. Called from its ``apps.py``."""
    _listeners.append(listener)


def place_changed(customer: Customer) -> None:
    """Tell all listeners."""
    for listener in _listeners:
        listener(customer)


# Domains above hear when anything of a stored customer changed that he is recognised by, in that transaction.
Watcher = Callable[[Sequence[Customer]], None]
_watchers: list[Watcher] = []


def on_changed(watcher: Watcher) -> None:
    """Let a domain hear that customers changed, at one query when it has nothing to do. From its ``apps.py``."""
    _watchers.append(watcher)


def changed(customers: Sequence[Customer]) -> None:
    """Tell all watchers; some hundreds of customers at most."""
    for watcher in _watchers:
        watcher(customers)


def phone_key(text: str) -> str:
    """Give the digits that two spellings of one telephone number share (country code and digits)."""
    return "".join(char for char in text if char.isdigit())[:20] if text.startswith("+") else ""


def phone_terms(text: str) -> list[str]:
    """Give the forms of a telephone number that people type: national and international digits."""
    digits = "".join(char for char in text if char.isdigit())
    if not digits:
        return []
    if text.startswith("+"):
        # '+31 30 123 4567' is found as 31301234567 and as 0301234567.
        country_code = text[1:].split(" ", 1)[0]
        return [digits, "0" + digits[len(country_code) :]]
    return [digits]


def search_text_of(customer: Customer, addresses: Iterable[Address], further: Iterable[str] = ()) -> str:
    """Give the one normalised column that search looks in: each word once, in a stable order.

    Behind ``APART`` stand the further words that are not the customer's own: not everybody may search those.
    """
    name = normalise(customer.name)
    parts = [normalise(customer.number).replace(" ", ""), *name.split()]
    if name.count(" "):
        parts.append(name.replace(" ", ""))
    for address in addresses:
        parts += normalise(address.city).split()
        parts.append(compact(address.postcode))
        parts += normalise(address.street).split()
    for number in (customer.phone, customer.fax):
        parts += phone_terms(number)
    if customer.email:
        parts += email_words(customer.email)
    parts += [compact(value) for value in (customer.vat_number, customer.kvk_number, customer.iban) if value]
    for slot in TEXT_SLOTS:
        if typed := getattr(customer, slot):
            parts += normalise(typed).split()
    if customer.extra_number is not None:
        parts += normalise(str(customer.extra_number)).split()
    own = dict.fromkeys(part for part in parts if part)
    others = dict.fromkeys(word for text in further for word in text.split() if word not in own)
    return " ".join([*own, *([APART, *others] if others else [])])


def derive(customer: Customer, addresses: Sequence[Address], further: Iterable[str] = ()) -> None:
    """Fill the derived columns of a customer (all but who changed it and when)."""
    customer.name_norm = normalise(customer.name)[:200]
    customer.phone_norm = phone_key(customer.phone)
    place = next((a for a in addresses if a.kind == AddressKind.VISITING), None) or next(
        iter(addresses), None
    )
    customer.city = place.city if place else ""
    customer.city_norm = normalise(customer.city)[:100]
    customer.postcode = place.postcode if place else ""
    customer.country = place.country if place else ""
    customer.postcode_key = postcode_key(customer.country, customer.postcode)
    customer.flagged = bool(customer.flags)
    customer.vat_state = vat.state_of(customer)
    customer.search_text = search_text_of(customer, addresses, further)

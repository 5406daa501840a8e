"""Finding pairs in the whole file without comparing all with all.

A *key* is something that doubles share: a VAT number, a domain, the sound of a name in a town. The file is read once
per kind of key, by customer key in pieces; keys become numbers in one list that is sorted; who stands together is
compared. The list is never longer than :data:`LIST_MOST`: a larger file is read in several passes, each for a part
of the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from klantenbeheer.customers.likeness import host_of_email, host_of_website
from klantenbeheer.customers.models import Address, Customer
from klantenbeheer.kernel.names import sound, telling_words, without_form
from klantenbeheer.kernel.text import compact

PIECE = 10_000
LIST_MOST = 1_500_000
# A larger group (an office building, a franchise, a frequent name) is not compared all with all: sorted by name, each
# with the next ones.
GROUP_MOST, WINDOW = 12, 4
_ID_BITS = 40
_ID_MASK = (1 << _ID_BITS) - 1


@dataclass(frozen=True, slots=True)
class KeyKind:
    """A kind of key: ``rows`` gives customers and their keys after a customer, ``most`` how many each has at most."""

    name: str
    rows: Callable[[int], tuple[list[tuple[int, str]], int]]
    most: int = 1


def _piece(query: Any, columns: Sequence[str]) -> tuple[list[tuple[Any, ...]], int]:
    rows = list(query.order_by("pk").values_list("pk", *columns)[:PIECE])
    return rows, rows[-1][0] if len(rows) == PIECE else 0


def _column(name: str) -> Callable[[int], tuple[list[tuple[int, str]], int]]:
    def rows(after: int) -> tuple[list[tuple[int, str]], int]:
        found, following = _piece(Customer.objects.filter(pk__gt=after).exclude(**{name: ""}), [name])
        return found, following

    return rows


def _hosts(after: int) -> tuple[list[tuple[int, str]], int]:
    found, following = _piece(Customer.objects.filter(pk__gt=after), ["email", "website"])
    keys = []
    for key, email, website in found:
        hosts = {host_of_email(email) if email else "", host_of_website(website) if website else ""}
        keys += [(key, host) for host in hosts if host]
    return keys, following


def _houses(after: int) -> tuple[list[tuple[int, str]], int]:
    rows = Address.objects.filter(customer_id__gt=after, further=False).order_by("customer_id", "id")
    found = list(rows.values_list("customer_id", "postcode", "house_number")[:PIECE])
    following = 0
    if len(found) == PIECE:
        # Not in the middle of a customer's addresses.
        last = found[-1][0]
        found, following = [row for row in found if row[0] < last], last - 1
    keys = [(key, f"{compact(post)} {compact(house)}") for key, post, house in found if post and house]
    return keys, following


def _names(after: int) -> tuple[list[tuple[int, str]], int]:
    found, following = _piece(Customer.objects.filter(pk__gt=after), ["name"])
    keys = []
    for key, name in found:
        heard = sorted(filter(None, map(sound, telling_words(without_form(name)))))
        if heard:
            keys.append((key, " ".join(heard)))
    return keys, following


def _words_in_place(after: int) -> tuple[list[tuple[int, str]], int]:
    found, following = _piece(Customer.objects.filter(pk__gt=after), ["name", "postcode", "city_norm"])
    keys = []
    for key, name, postcode, city in found:
        place = compact(postcode)[:4] if postcode else " ".join(map(sound, city.split()))
        words = telling_words(without_form(name))[:3]
        heard = {sound(word) for word in words if len(word) > 2 or len(words) == 1}
        keys += [(key, f"{word}|{place}") for word in heard if word and place]
    return keys, following


KINDS: tuple[KeyKind, ...] = (
    KeyKind("vat", _column("vat_number")),
    KeyKind("kvk", _column("kvk_number")),
    KeyKind("iban", _column("iban")),
    KeyKind("email", _column("email")),
    KeyKind("phone", _column("phone_norm")),
    KeyKind("host", _hosts, 2),
    KeyKind("house", _houses, 2),
    KeyKind("name", _names),
    KeyKind("word", _words_in_place, 3),
)


def passes(kind: KeyKind, customers: int) -> int:
    """Say in how many passes a file of so many customers is read for a kind of key."""
    return max(1, -(-customers * kind.most // LIST_MOST))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def sorted_keys(kind: KeyKind, part: int, of: int, step: Callable[[], None]) -> list[int]:
    """Give the keys of one pass in order: each a number of the key's hash and the customer."""
    found: list[int] = []
    after = 0
    while True:
        rows, following = kind.rows(after)
        for key, text in rows:
            hashed = _hash(text)
            if hashed % of == part:
                found.append((hashed << _ID_BITS) | key)
        step()
        if not following:
            break
        after = following
    found.sort()
    return found


def groups(keys: Sequence[int], start: int = 0) -> Iterator[tuple[int, list[int]]]:
    """Give the customers who share a key, two or more, and where in the list the next group begins."""
    place, end = start, len(keys)
    while place < end:
        hashed = keys[place] >> _ID_BITS
        first = place
        while place < end and keys[place] >> _ID_BITS == hashed:
            place += 1
        if place - first > 1:
            members = sorted({key & _ID_MASK for key in keys[first:place]})
            if len(members) > 1:
                yield place, members


def pairs_of(members: Sequence[int], names: dict[int, str]) -> Iterator[tuple[int, int]]:
    """Give who of a group is compared with whom, the lower key first."""
    if len(members) <= GROUP_MOST:
        for place, low in enumerate(members):
            for high in members[place + 1 :]:
                yield low, high
        return
    ordered = sorted(members, key=lambda key: (names.get(key, ""), key))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 : place + 1 + WINDOW]:
            yield min(one, other), max(one, other)

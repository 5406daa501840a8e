"""Reading customers, always narrowed to what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.models import at_version
from klantenbeheer.foundation.search.lookups import MOST, SHORTEST, Terms
from klantenbeheer.foundation.search.prepared import mark, rows
from klantenbeheer.foundation.search.words import is_known, nearest
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotFound
from klantenbeheer.kernel.text import normalise, query_terms

from . import former, likeness, reach
from .choices import AddressKind
from .derive import finds_by_all, phone_key
from .models import Address, Customer, CustomerMark

# What a row of a list or of the suggestions shows.
ROW = (
    "id", "number", "name", "status", "city", "postcode", "country", "phone", "email", "vat_number", "modified_at",
    "flagged", "name_norm", "city_norm",
)  # fmt: skip

_LAST = "\U0010ffff"  # behind every letter: what a prefix ends before


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An existing customer that a new one looks like, how much (0 to 100), and why."""

    customer_id: int
    number: str
    name: str
    city: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. ``suggestion`` is the mended query when only that found anything; ``capped`` says that
    there are more than the search looks at."""

    rows: list[dict[str, Any]]
    suggestion: str = ""
    capped: bool = False


def customer_by_number(actor: Actor, number: str) -> Customer:
    """Give a customer by number (capitals do not matter), with what the card's head shows. One query.

    Raises ``NotFound`` also when the actor may not know of it, and ``Moved`` when the number is that of a customer who
    was merged into one that he may see.
    """
    customer = (
        Customer.objects.visible_to(actor)
        .select_related("territory", "salesperson", "condition_group", "modified_by")
        .with_numbers([number])
        .annotate(
            marked_by_reader=Exists(
                CustomerMark.objects.filter(customer=OuterRef("pk"), user_id=actor.user_id or 0)
            ),
        )
        .defer("search_text")
        .first()
    )
    if customer is None:
        raise former.moved(actor, number) or NotFound(
            _("There is no customer “%(value)s”.") % {"value": number[:40]}
        )
    return customer


_ORDER = {str(kind): place for place, kind in enumerate(AddressKind.values)}


def addresses_of(customer: Customer) -> list[Address]:
    """Give all addresses, the visiting address first, the standing one of a kind before its further ones."""
    key = lambda one: (_ORDER[one.kind], one.further, one.valid_from or date.min, one.label)  # noqa: E731 - of one line
    return sorted(customer.addresses.all(), key=key)


def current_addresses(addresses: Iterable[Address], on: date | None = None) -> list[Address]:
    """Give the address of each kind that holds on a day (today): one with a period wins over the one that stands."""
    day = on or timezone.localdate()
    found: dict[str, Address] = {}
    for address in sorted(addresses, key=lambda one: one.further):
        if address.further and not (address.is_dated and address.holds_on(day)):
            continue
        if address.kind != AddressKind.OTHER:
            found[address.kind] = address
    return sorted(found.values(), key=lambda one: _ORDER[one.kind])


def addresses_at(customer: Customer, version: int) -> list[Address]:
    """Give the addresses as they were when the customer had this version; none when history does not know it."""
    then = at_version(customer, version)
    if then is None:
        return []
    found: dict[str, Any] = {}
    versions = Address.history.filter(customer_id=customer.pk, action_id__lte=then.action_id)
    for row in versions.filter(further=False).order_by("history_id"):
        found[row.kind] = row
    return [row.instance for row in found.values() if row.history_type != "-"]


def by_numbers(actor: Actor, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Give rows of the visible customers among these numbers, in the order of the numbers; of who was erased none.

    A browser goes on holding the number. One query.
    """
    keys = [number.upper() for number in numbers]
    visible = Customer.objects.visible_to(actor).with_numbers(keys).filter(erased_on=None)
    found = {row["number"].upper(): row for row in visible.values(*ROW)}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def by_keys(actor: Actor, keys: Sequence[int]) -> list[dict[str, Any]]:
    """Give rows of the visible customers among these, in the order of the keys. One query, none without keys."""
    if not keys:
        return []
    found = {
        row["id"]: row for row in Customer.objects.visible_to(actor).filter(pk__in=list(keys)).values(*ROW)
    }
    return [found[key] for key in keys if key in found]


def last_marked(actor: Actor, most: int) -> list[dict[str, Any]]:
    """Give the visible customers that the actor marked last, the newest mark first. Two queries."""
    marks = reach.belonging(CustomerMark.objects.filter(user_id=actor.user_id or 0), actor)
    return by_keys(actor, list(marks.order_by("-id").values_list("customer_id", flat=True)[:most]))


def is_marked(actor: Actor, customer: Customer) -> bool:
    """Say whether the actor marked this customer. No query where :func:`customer_by_number` gave him."""
    known: bool | None = getattr(customer, "marked_by_reader", None)
    if known is not None:
        return known
    return CustomerMark.objects.filter(customer=customer, user_id=actor.user_id or 0).exists()


def _prefix(column: str, text: str) -> Q:
    # A range of the index on both databases; 'LIKE' would depend on collation and case folding.
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + _LAST})


def _numbered(visible: Any, text: str) -> Any:
    return visible.annotate(number_key=Upper("number")).filter(_prefix("number_key", text))


def matching(actor: Actor, query: str, *, all_of_them: bool = False) -> Any:
    """Give the customers that hold every term of a query as a queryset without order.

    At most :data:`MOST`, unless ``all_of_them`` (then slower): for filters that apply besides.
    """
    terms = query_terms(query)
    visible = Customer.objects.visible_to(actor)
    if not terms:
        # Signs alone are in nothing that is searched; to show everybody would look like a match.
        return visible.none() if query.strip() else visible
    long = [term for term in terms if len(term) >= SHORTEST]
    if not long:
        text = " ".join(terms)
        named, numbered = visible.filter(_prefix("name_norm", text)), _numbered(visible, text.upper())
        if not all_of_them:
            # Each half is a short range of its own index; together they would be one walk through the table.
            named, numbered = named.order_by("name_norm")[:MOST], numbered.order_by("number_key")[:MOST]
        return visible.filter(Q(pk__in=named.values("pk")) | Q(pk__in=numbered.values("pk")))
    where = _where(actor)
    if reach.is_small(actor):
        return _holding(visible, terms, where)
    wanted: Any = long if all_of_them else Terms(long, visible)
    found = visible.filter(**{f"search_text__has_{'all_' if all_of_them else ''}terms{where}": wanted})
    for term in terms:
        if len(term) < SHORTEST:
            found = found.filter(**{f"search_text__contains{where}": term})
    return found


def _where(actor: Actor) -> str:
    """Give the ending of the lookups for whom may not search what domains add to a customer's own words."""
    return "" if finds_by_all(actor) else "_in_front"


def _holding(visible: Any, terms: Sequence[str], where: str) -> Any:
    """Narrow the few customers within reach to those that hold every term, by reading each."""
    for term in terms:
        visible = visible.filter(**{f"search_text__contains{where}": term})
    return visible


def _by_name(visible: Any, text: str, limit: int) -> list[dict[str, Any]]:
    def compose(all_of_them: Any) -> Any:
        # A range of the index; see _prefix.
        named = all_of_them.filter(name_norm__gte=mark("from"), name_norm__lt=mark("to"))
        return named.order_by("name_norm", "id").values(*ROW)[:limit]

    return rows(("name", limit), visible, compose, {"from": text, "to": text + _LAST})


def _by_number(visible: Any, text: str, limit: int) -> list[dict[str, Any]]:
    def compose(all_of_them: Any) -> Any:
        keyed = all_of_them.annotate(number_key=Upper("number"))
        numbered = keyed.filter(number_key__gte=mark("from"), number_key__lt=mark("to"))
        return numbered.order_by("number_key").values(*ROW)[:limit]

    return rows(("number", limit), visible, compose, {"from": text, "to": text + _LAST})


def _by_former_number(visible: Any, number: str) -> list[dict[str, Any]]:
    def compose(all_of_them: Any) -> Any:
        return all_of_them.filter(pk__in=former.holders(mark("number"))).values(*ROW)

    return rows("former number", visible, compose, {"number": number})


def _by_terms(visible: Any, terms: Sequence[str], limit: int, where: str) -> list[dict[str, Any]]:
    long = [term for term in terms if len(term) >= SHORTEST]
    short = [term for term in terms if len(term) < SHORTEST]
    marks = [mark(f"long{place}") for place in range(len(long))]

    def compose(all_of_them: Any) -> Any:
        found = all_of_them.filter(**{f"search_text__has_terms{where}": Terms(marks, all_of_them)})
        for place in range(len(short)):
            found = found.filter(**{f"search_text__contains{where}": mark(f"short{place}")})
        return found.order_by("name_norm", "id").values(*ROW)[:limit]

    values = {f"long{place}": term for place, term in enumerate(long)}
    values |= {f"short{place}": term for place, term in enumerate(short)}
    return rows(("terms", len(long), len(short), limit, where), visible, compose, values)


def _by_prefix(visible: Any, query: str, limit: int) -> list[dict[str, Any]]:
    numbered: list[dict[str, Any]] = []
    number = query.strip().upper()
    if number and number.replace("-", "").replace(".", "").replace("_", "").isalnum() and len(number) <= 20:
        # In order of number, so the very number that was typed comes first.
        numbered = _by_number(visible, number, limit)
        if not numbered and len(number) < SHORTEST:
            # Too short for the search text, which holds old numbers: asked by itself.
            numbered = _by_former_number(visible, number)
    text = normalise(query)
    if len(numbered) >= limit or not text:
        return numbered[:limit]
    known = {row["id"] for row in numbered}
    named = [row for row in _by_name(visible, text, limit) if row["id"] not in known]
    return (numbered + named)[:limit]


def _search(actor: Actor, query: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
    terms = query_terms(query)
    if not terms:
        return [], False
    visible = Customer.objects.visible_to(actor)
    found = _by_prefix(visible, query, limit)
    if len(found) >= limit or not any(len(term) >= SHORTEST for term in terms):
        return found, len(found) >= limit
    known = {row["id"] for row in found}
    # One more than can be shown tells whether there are more.
    where = _where(actor)
    if reach.is_small(actor):
        narrowed = _holding(visible, terms, where)
        further = list(narrowed.order_by("name_norm", "id").values(*ROW)[: limit + 1])
    else:
        further = _by_terms(visible, terms, limit + 1, where)
    rest = [row for row in further if row["id"] not in known]
    return (found + rest)[:limit], len(found) + len(rest) > limit


def numbered(actor: Actor, text: str, limit: int) -> list[dict[str, Any]]:
    """Give the customers whose number begins so, in order of number; first whom an old number leads to."""
    key = text.strip().upper()[:20]
    visible = Customer.objects.visible_to(actor)
    found = _by_number(visible, key, limit)
    if key and not any(row["number"].upper() == key for row in found):
        now = former.leading_to([key]).get(key)
        if now is not None:
            found = [*visible.filter(pk=now).values(*ROW), *(row for row in found if row["id"] != now)][
                :limit
            ]
    return found


def as_address(query: str) -> str:
    """Give the parameters with which the list shows what a search finds."""
    return urlencode({"q": query})


def search(actor: Actor, query: str, *, limit: int = 20) -> Found:
    """Find customers as someone types: number and name beginnings first, then the query anywhere.

    When nothing is found, words that are not known are replaced by the nearest known ones and the search is
    done again; the result then says what was searched instead.
    """
    found, capped = _search(actor, query, limit)
    if found or len(query.strip()) < SHORTEST:
        return Found(found, capped=capped)
    for candidate in _candidates(query):
        found, capped = _search(actor, candidate, limit)
        if found:
            return Found(found, suggestion=candidate, capped=capped)
    return Found([])


def _candidates(query: str) -> Iterator[str]:
    """Give what the query may have meant: the words joined, and mistyped ones replaced by the nearest known ones."""
    terms = query_terms(query)
    joined = "".join(terms)
    if len(terms) > 1 and len(joined) >= SHORTEST:
        yield joined
    choices = [nearest(term, most=2) for term in terms]
    # A word that occurs stays as it is; only when that finds nothing, it may have been another one.
    mended = [found[:1] if not is_known(term) else [] for term, found in zip(terms, choices, strict=True)]
    picks = [mended, choices, [found[-1:] for found in choices]]
    told = {" ".join(terms)}
    for pick in picks:
        candidate = " ".join(found[0] if found else term for term, found in zip(terms, pick, strict=True))
        if candidate not in told:
            told.add(candidate)
            yield candidate


def mend(actor: Actor, query: str) -> str:
    """Give the query with mistyped words replaced by the nearest known ones that find something, or nothing."""
    for candidate in _candidates(query):
        if matching(actor, candidate).exists():
            return candidate
    return ""


_MOST_ALIKE = 40
_PREFIX = 4


def _candidates_for(values: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[Q]:
    """Give where to look for customers that these values may be: each a short range of an index."""
    for key in ("vat_number", "kvk_number", "iban", "email"):
        if values.get(key):
            yield Q(**{key: values[key]})
    if phone := phone_key(values.get("phone") or ""):
        yield Q(phone_norm=phone)
    name = normalise(values.get("name") or "")
    city = normalise(place.get("city") or "")[:100]
    if name and city:
        yield _prefix("name_norm", name[:_PREFIX]) & Q(city_norm=city)
    if name and place.get("postcode"):
        yield Q(postcode=place["postcode"])


def duplicates_of(
    actor: Actor, values: Mapping[str, Any], *, place: Mapping[str, Any] | None = None, but: int | None = None
) -> list[Duplicate]:
    """Find customers that these values look like, the most alike first; scored by :mod:`.likeness`.

    ``values`` are cleaned basic data, ``place`` the parts of the visiting address. Only what the actor may see is told.
    """
    where = dict(place or {})
    found: set[int] = set()
    visible = Customer.objects.visible_to(actor).exclude(pk=but)
    for condition in _candidates_for(values, where):
        found.update(visible.filter(condition).values_list("pk", flat=True)[:_MOST_ALIKE])
    if not found:
        return []
    mine = likeness.face({**values, "country": where.get("country")}, [where] if where else [])
    scored = [(key, likeness.likeness(mine, face)) for key, face in likeness.faces_of(found).items()]
    told = sorted((pair for pair in scored if pair[1].warns), key=lambda pair: (-pair[1].score, pair[0]))[:5]
    rows = {row["id"]: row for row in visible.filter(pk__in=[key for key, _alike in told]).values(*ROW)}
    return [
        Duplicate(
            key, rows[key]["number"], rows[key]["name"], rows[key]["city"], alike.score,
            tuple(reason.text for reason in alike.reasons if reason.points > 0),
        )
        for key, alike in told
        if key in rows
    ]  # fmt: skip

"""How much two customers look like one: the one function that scores it, with its reasons.

The warning while a customer is entered, the search through the whole file and the page of duplicates all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from klantenbeheer.kernel.names import sounds, without_form
from klantenbeheer.kernel.text import compact, normalise

from .derive import phone_key
from .models import Address, Customer

# From here on two customers are probably one: the page of duplicates shows them.
LIKELY = 55
# While somebody enters a customer: one of the exact signs is enough, or a score like this.
WARN, WARN_EXACT = 50, 25
_IN = 900

# Mail boxes that anybody can have: their domain says nothing about a company.
FREEMAIL = frozenset({
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "hotmail.be", "hotmail.de", "hotmail.fr", "outlook.com",
    "outlook.be", "outlook.de", "outlook.fr", "live.nl", "live.be", "live.com", "msn.com", "yahoo.com", "yahoo.de",
    "yahoo.fr", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "ziggo.nl", "kpnmail.nl",
    "kpnplanet.nl", "planet.nl", "hetnet.nl", "home.nl", "casema.nl", "chello.nl", "upcmail.nl", "xs4all.nl",
    "solcon.nl", "tele2.nl", "online.nl", "quicknet.nl", "zonnet.nl", "wxs.nl", "caiway.nl", "zeelandnet.nl",
    "telenet.be", "skynet.be", "proximus.be", "scarlet.be", "voo.be", "gmx.de", "gmx.net", "gmx.at", "web.de",
    "t-online.de", "freenet.de", "arcor.de", "mail.de", "posteo.de", "orange.fr", "wanadoo.fr", "free.fr",
    "laposte.net", "sfr.fr",
})  # fmt: skip
_SHARED_SITES = frozenset({
    "facebook.com", "instagram.com", "linkedin.com", "sites.google.com", "google.com", "wixsite.com", "jouwweb.nl",
    "wordpress.com", "marktplaats.nl",
})  # fmt: skip

# What each sign is worth. A legal form is no sign: it is left out of the name.
POINTS = {
    "vat_number": 60, "kvk_number": 60, "iban": 45, "email": 40, "phone": 35, "host": 25, "address": 30, "number": 20,
    "postcode": 10, "city": 6, "vat_near": 15, "kvk_near": 10, "name": 50, "sound": 35, "vat_other": -40,
    "kvk_other": -40, "country": -15, "name_other": -10,
}  # fmt: skip
EXACT = frozenset({"vat_number", "kvk_number", "iban", "email", "phone"})
_NAME_FROM, _NAME_OTHER = 70, 45

_WORDS = {
    "vat_number": gettext_noop("same VAT number"), "kvk_number": gettext_noop("same KvK number"),
    "iban": gettext_noop("same IBAN"), "email": gettext_noop("same e-mail"), "phone": gettext_noop("same telephone"),
    "host": gettext_noop("same domain %(value)s"), "address": gettext_noop("same address"),
    "number": gettext_noop("same postcode and house number"), "postcode": gettext_noop("same postcode"),
    "city": gettext_noop("same place"), "vat_near": gettext_noop("VAT number nearly the same"),
    "kvk_near": gettext_noop("KvK number nearly the same"), "name": gettext_noop("name %(value)s %% the same"),
    "sound": gettext_noop("name sounds the same"), "vat_other": gettext_noop("other VAT number"),
    "kvk_other": gettext_noop("other KvK number"), "country": gettext_noop("other country"),
    "name_other": gettext_noop("quite another name"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign: what it is, what it is worth, and the value that belongs in its words."""

    code: str
    points: int
    value: str = ""

    @property
    def text(self) -> str:
        """The sign in words."""
        words = _(_WORDS[self.code])
        return words % {"value": self.value} if "%" in words else words

    def stored(self) -> list[Any]:
        """Give it as JSON keeps it."""
        return [self.code, self.points, self.value]


def reasons_of(stored: Iterable[Sequence[Any]]) -> list[Reason]:
    """Read what :meth:`Reason.stored` gave; a sign that a later version no longer knows is left out."""
    return [Reason(code, points, value) for code, points, value in stored if code in _WORDS]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score from 0 to 100 and what it is made of."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        """Whether the two are probably one customer."""
        return self.score >= LIKELY

    @property
    def warns(self) -> bool:
        """Whether somebody who enters the one is told of the other."""
        exact = any(reason.code in EXACT for reason in self.reasons)
        return self.score >= (WARN_EXACT if exact else WARN)


@dataclass(frozen=True, slots=True)
class Face:
    """What of a customer is compared, in the form it is compared in."""

    key: int
    name: str
    heard: str
    vat_number: str = ""
    kvk_number: str = ""
    iban: str = ""
    email: str = ""
    phone: str = ""
    hosts: frozenset[str] = frozenset()
    # Postcode, house number, addition, city, per address that stands.
    places: tuple[tuple[str, str, str, str], ...] = ()
    country: str = ""


def host_of_email(email: str) -> str:
    """Give the company's domain of a mail address; nothing for a mail box that anybody can have."""
    host = email.rpartition("@")[2].lower()
    return "" if host in FREEMAIL else host


def host_of_website(website: str) -> str:
    """Give the domain of a website; nothing for a page on a site that is many people's."""
    host = website.lower().partition("://")[2] or website.lower()
    host = host.split("/", 1)[0].split(":", 1)[0].removeprefix("www.")
    return "" if host in _SHARED_SITES or host in FREEMAIL else host


def _hosts(email: str, website: str) -> frozenset[str]:
    return frozenset(filter(None, (host_of_email(email), host_of_website(website))))


def _code(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _place(values: Mapping[str, Any]) -> tuple[str, str, str, str]:
    number, addition = str(values.get("house_number") or ""), compact(str(values.get("addition") or ""))
    return _code(str(values.get("postcode") or "")), compact(number), addition, normalise(
        str(values.get("city") or "")
    )  # fmt: skip


def face(values: Mapping[str, Any], places: Iterable[Mapping[str, Any]], *, key: int = 0) -> Face:
    """Give what is compared of a customer's basic data and of the addresses that stand."""
    name = without_form(str(values.get("name") or ""))
    email = str(values.get("email") or "").strip().lower()
    found = [_place(place) for place in places]
    if not found and (values.get("city") or values.get("postcode")):
        found = [_place(values)]
    return Face(
        key, name, " ".join(sorted(sounds(name))), _code(str(values.get("vat_number") or "")),
        _code(str(values.get("kvk_number") or "")), _code(str(values.get("iban") or "")), email,
        values.get("phone_norm") or phone_key(str(values.get("phone") or "")),
        _hosts(email, str(values.get("website") or "")), tuple(dict.fromkeys(found)),
        str(values.get("country") or ""),
    )  # fmt: skip


_COLUMNS = (
    "id", "name", "email", "website", "vat_number", "kvk_number", "iban", "phone_norm", "city", "postcode", "country",
)  # fmt: skip


def faces_of(keys: Iterable[int], *, erased: bool = False) -> dict[int, Face]:
    """Give what is compared of these customers, by key. Two queries per nine hundred of them.

    Who was erased is like nobody and left out, unless ``erased``.
    """
    ordered, found = sorted(set(keys)), {}
    for start in range(0, len(ordered), _IN):
        part = ordered[start : start + _IN]
        places: dict[int, list[dict[str, Any]]] = {}
        addresses = Address.objects.filter(customer_id__in=part, further=False).order_by("customer_id", "id")
        for key, postcode, number, addition, city in addresses.values_list(
            "customer_id", "postcode", "house_number", "addition", "city"
        ):
            places.setdefault(key, []).append(
                {"postcode": postcode, "house_number": number, "addition": addition, "city": city}
            )
        rows = Customer.objects.filter(pk__in=part)
        for row in (rows if erased else rows.filter(erased_on=None)).values(*_COLUMNS):
            found[row["id"]] = face(row, places.get(row["id"], ()), key=row["id"])
    return found


def name_ratio(mine: str, other: str) -> float:
    """Say how much two names (without legal form) are spelled the same, 0 to 100.

    Whatever the order of words and where they are written together; a name that is only a part of the other counts
    for less.
    """
    if not mine or not other:
        return 0.0
    if mine == other:
        return 100.0
    joined = fuzz.ratio(mine.replace(" ", ""), other.replace(" ", ""))
    return max(joined, fuzz.token_sort_ratio(mine, other), 0.85 * fuzz.token_set_ratio(mine, other))


def _names(mine: Face, other: Face) -> list[Reason]:
    ratio = name_ratio(mine.name, other.name)
    points = round((ratio - _NAME_FROM) / (100 - _NAME_FROM) * POINTS["name"])
    told = str(int(ratio))
    if mine.heard and mine.heard == other.heard and points < POINTS["sound"]:
        return [Reason("sound", POINTS["sound"])]
    if points > 0:
        return [Reason("name", points, told)]
    return [Reason("name_other", POINTS["name_other"])] if ratio < _NAME_OTHER else []


def _registered(mine: str, other: str, same: str, near: str, another: str) -> list[Reason]:
    if not mine or not other:
        return []
    if mine == other:
        return [Reason(same, POINTS[same])]
    # One mistyped or exchanged character is a typing error, and no other company.
    typed = len(mine) > 5 and OSA.distance(mine, other, score_cutoff=1) <= 1
    return [Reason(near, POINTS[near])] if typed else [Reason(another, POINTS[another])]


def _where(mine: Face, other: Face) -> list[Reason]:
    best = ""
    for postcode, number, addition, city in mine.places:
        for postcode_2, number_2, addition_2, city_2 in other.places:
            if postcode and postcode == postcode_2:
                numbered = bool(number) and number == number_2
                sign = ("address" if addition == addition_2 else "number") if numbered else "postcode"
            elif city and city == city_2:
                sign = "city"
            else:
                continue
            if not best or POINTS[sign] > POINTS[best]:
                best = sign
    return [Reason(best, POINTS[best])] if best else []


def likeness(mine: Face, other: Face) -> Likeness:
    """Score two customers: every sign that they are one, or are not, with what it is worth."""
    reasons = [
        *_registered(mine.vat_number, other.vat_number, "vat_number", "vat_near", "vat_other"),
        *_registered(mine.kvk_number, other.kvk_number, "kvk_number", "kvk_near", "kvk_other"),
    ]
    if mine.iban and mine.iban == other.iban:
        reasons.append(Reason("iban", POINTS["iban"]))
    if mine.email and mine.email == other.email:
        reasons.append(Reason("email", POINTS["email"]))
    elif shared := mine.hosts & other.hosts:
        reasons.append(Reason("host", POINTS["host"], min(shared)))
    if mine.phone and mine.phone == other.phone:
        reasons.append(Reason("phone", POINTS["phone"]))
    reasons += _names(mine, other)
    reasons += _where(mine, other)
    if mine.country and other.country and mine.country != other.country:
        reasons.append(Reason("country", POINTS["country"]))
    reasons.sort(key=lambda reason: (-reason.points, reason.code))
    return Likeness(max(0, min(100, sum(reason.points for reason in reasons))), tuple(reasons))

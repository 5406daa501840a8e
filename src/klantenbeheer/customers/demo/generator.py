"""Making demonstration customers; the same index and seed give the same customer, wherever a run starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from .kits import KITS, LONG, Family, Kit, slug
from .names import JOBS, NOTES
from .numbers import BANKS, IBAN, VAT, vat_nl_sole
from .phones import FIXED, mobile
from .places import PLACES, POST_BOX, STREETS, Place

FIRST_NUMBER = 10001
MAILING_CODES = {
    "BEURS": "Beursuitnodiging",
    "KERST": "Kerstkaart",
    "NIEUWS": "Nieuwsbrief",
    "PRIJS": "Prijslijst",
}
_PRIME = 2_305_843_009_213_693_951  # far above any index, so that two seeds share no customer
_STRIDE = 618_033_989  # has no factor in common with the ranges of numbers, so none comes back soon

_COUNTRIES = (
    ("NL",) * 70 + ("BE",) * 12 + ("DE",) * 10 + ("FR",) * 2 + ("LU", "AT", "DK", "IT", "ES", "PL")
)  # fmt: skip
_RARE = ("SE", "GR", "GB", "CH", "NO", "FR", "AT")
_STATUSES = ("active",) * 84 + ("prospect",) * 10 + ("archived",) * 4 + ("blocked",) * 2
_CREDIT = (
    50_000,
    100_000,
    150_000,
    250_000,
    250_000,
    500_000,
    750_000,
    1_000_000,
    2_500_000,
    5_000_000,
    12_500_000,
)
_MAILINGS: tuple[tuple[str, ...], ...] = (
    (), (), ("NIEUWS",), ("NIEUWS",), ("PRIJS",), ("NIEUWS", "PRIJS"), ("BEURS", "NIEUWS"), ("KERST",),
    ("KERST", "NIEUWS", "PRIJS"), ("BEURS", "KERST", "NIEUWS", "PRIJS"),
)  # fmt: skip
_ADDITIONS = ("", "", "", "", "", "", "", "A", "B", "a", "2", "bis", "-12")
_CONTACTS = (0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4)  # 1.56 on average
# SA, SD and SS are not given out, and F, I, O, Q, U and Y are hardly used.
_LETTERS = tuple(a + b for a in "ABCDEGHJKLMNPRTVWXZ" for b in "ABCDEGHJKLMNPRSTVWXZ")
_BRITISH = str.maketrans("CKMV", "DJNW")
_LOCAL_STREETS = ("DK", "SE", "IT", "ES", "PL", "GR", "GB", "NO")
_MAIL_BOXES = {
    "nl": ("info", "info", "info", "info", "verkoop", "administratie", "inkoop"),
    "de": ("info", "info", "kontakt", "einkauf"),
    "fr": ("info", "contact", "contact", "achats"),
    "en": ("info", "info", "office", "purchasing"),
}


@dataclass(slots=True)
class DemoAddress:
    """One address; a customer has at most one of a kind: visiting, postal, delivery or billing."""

    kind: str
    street: str
    house_number: str
    addition: str
    postcode: str
    city: str
    region: str
    country: str


@dataclass(slots=True)
class DemoContact:
    """A person at the customer; salutation is 'mr', 'mrs' or empty, ``language`` as the customer's."""

    salutation: str
    first_name: str
    infix: str
    last_name: str
    job_title: str
    phone: str
    mobile: str
    email: str
    language: str


@dataclass(slots=True)
class DemoNote:
    """A note with its flags."""

    text: str
    important: bool
    pinned: bool


@dataclass(slots=True)
class DemoCustomer:
    """A customer with all that belongs to it; empty texts stand for what nobody filled in."""

    number: str
    name: str
    status: str
    language: str
    website: str
    email: str
    phone: str
    fax: str
    kvk_number: str
    vat_number: str
    iban: str
    bic: str
    credit_limit_cents: int | None
    mailing_codes: tuple[str, ...]
    addresses: tuple[DemoAddress, ...]
    contacts: tuple[DemoContact, ...]
    notes: tuple[DemoNote, ...]


def _postcode(country: str, number: int, letters: str) -> str:
    if country == "NL":
        return f"{number} {letters}"
    if country == "GB":
        # Not all letters stand behind the digit of a British postcode.
        return f"M{number} {1 + ord(letters[0]) % 9}{letters.translate(_BRITISH)}"
    if country in ("SE", "GR"):
        return f"{number // 100:03d} {number % 100:02d}"
    if country == "PL":
        return f"{number // 1000:02d}-{number % 1000:03d}"
    return f"{number:05d}" if country in ("DE", "FR", "IT", "ES") else f"{number:04d}"


class _Maker:
    """Makes customers one by one from a generator that is seeded anew for each of them."""

    def __init__(self, seed: int) -> None:
        self.base = seed * _PRIME
        # Differs per seed, so that two demonstrations do not have the same numbers.
        self.offset = 314_159_265 + seed * 7_919
        self.random = Random()  # noqa: S311 - must be the same each time, not secret
        self.draw: Callable[[], float] = self.random.random

    def name(self, kit: Kit, place: Place, index: int) -> tuple[str, str, str]:
        """Give name, host and legal form."""
        draw = self.draw
        family = kit.families[int(draw() * len(kit.families))]
        trade, trade_slug = kit.trades[int(draw() * len(kit.trades))]
        form = kit.forms[int(draw() * len(kit.forms))]
        other = kit.families[int(draw() * len(kit.families))]
        if draw() < 0.012 and form == "B.V.":
            name, host = LONG[int(draw() * len(LONG))]
        else:
            name, host = kit.patterns[int(draw() * len(kit.patterns))]
        name = name.format(f=family.title, g=other.title, t=trade, c=place.city, l=form).rstrip()
        host = host.format(f=family.slug, g=other.slug, t=trade_slug, c=_SLUGS[place.city])
        return name, f"{host[:40].rstrip('-')}-{index + 1}.example", form

    def address(self, kind: str, country: str, place: Place) -> DemoAddress:
        draw = self.draw
        streets = STREETS[country if country in _LOCAL_STREETS else place.language]
        roll = draw()
        number = _postcode(
            country,
            place.low + int(draw() * (place.high - place.low + 1)),
            _LETTERS[int(roll * len(_LETTERS))],
        )
        if kind == "postal":
            street, house, addition = POST_BOX[place.language], str(10 + int(draw() * 9000)), ""
        else:
            street = streets[int(draw() * len(streets))]
            # Low house numbers are the most usual.
            house = str(1 + int(draw() * draw() * 340))
            addition = _ADDITIONS[int(draw() * len(_ADDITIONS))]
        return DemoAddress(kind, street, house, addition, number, place.city, place.region, country)

    def digits(self) -> str:
        """Give eight digits that can begin a subscriber's number."""
        return str(20_000_000 + int(self.draw() * 60_000_000))

    def contact(self, kit: Kit, country: str, place: Place, host: str) -> DemoContact:
        draw = self.draw
        salutation, first, first_slug = kit.people[int(draw() * len(kit.people))]
        family: Family = kit.families[int(draw() * len(kit.families))]
        jobs = JOBS[place.language]
        roll = draw()
        return DemoContact(
            salutation,
            first,
            family.infix,
            family.last,
            jobs[int(draw() * len(jobs))],
            FIXED[country](place.area, self.digits()) if roll < 0.4 else "",
            mobile(country, self.digits()) if roll > 0.3 else "",
            f"{first_slug}.{family.slug}@{host}" if draw() < 0.85 else "",
            place.language,
        )

    def addresses(self, country: str, place: Place) -> tuple[DemoAddress, ...]:
        draw = self.draw
        found = [self.address("visiting", country, place)]
        roll = draw()
        if roll < 0.18:
            found.append(self.address("postal", country, place))
        if roll > 0.88:
            towns = PLACES[country]
            found.append(self.address("delivery", country, towns[int(draw() * len(towns))]))
        if 0.15 < roll < 0.2 or roll > 0.97:
            found.append(self.address("billing", country, place))
        return tuple(found)

    def notes(self) -> tuple[DemoNote, ...]:
        draw = self.draw
        roll = draw()
        if roll > 0.3:
            return ()
        first = int(draw() * len(NOTES))
        flags = draw()
        note = DemoNote(NOTES[first], flags < 0.15, 0.1 < flags < 0.2)
        if roll > 0.07:
            return (note,)
        # Another text than the first.
        second = (first + 1 + int(draw() * (len(NOTES) - 1))) % len(NOTES)
        return (note, DemoNote(NOTES[second], False, False))

    def make(self, index: int) -> DemoCustomer:
        """Give the customer at this index."""
        self.random.seed(self.base + index)
        draw = self.draw
        country = _COUNTRIES[int(draw() * 100)] if draw() < 0.98 else _RARE[int(draw() * len(_RARE))]
        places = PLACES[country]
        place = places[int(draw() * len(places))]
        kit = KITS[f"BE-{place.language}" if country == "BE" else country]
        name, host, form = self.name(kit, place, index)
        status = _STATUSES[int(draw() * len(_STATUSES))]
        prospect = status == "prospect"
        unique = index * _STRIDE + self.offset
        vat = ""
        if draw() < (0.25 if prospect else 0.92):
            # Without a legal form it is one person's business, with the newer btw-id.
            sole = country == "NL" and not form
            vat = (vat_nl_sole if sole else VAT[country])(unique)
        iban = bic = ""
        if not prospect and draw() < 0.85:
            banks = BANKS[country]
            bank, bic = banks[int(draw() * len(banks))]
            iban = IBAN[country](bank, int(draw() * 10**10))
            if draw() < 0.4:
                bic = ""
        phone = FIXED[country](place.area, self.digits()) if draw() < 0.95 else ""
        fax = FIXED[country](place.area, self.digits()) if draw() < 0.03 else ""
        credit = None
        if not prospect and draw() < 0.7:
            credit = _CREDIT[int(draw() * len(_CREDIT))]
        boxes = _MAIL_BOXES[place.language]
        return DemoCustomer(
            number=str(FIRST_NUMBER + index),
            name=name,
            status=status,
            language=place.language,
            website=f"https://www.{host}" if draw() < 0.8 else "",
            email=f"{boxes[int(draw() * len(boxes))]}@{host}" if draw() < 0.95 else "",
            phone=phone,
            fax=fax,
            kvk_number=f"{10_000_000 + unique % 79_999_999:08d}" if country == "NL" and draw() < 0.95 else "",
            vat_number=vat,
            iban=iban,
            bic=bic,
            credit_limit_cents=credit,
            mailing_codes=_MAILINGS[int(draw() * len(_MAILINGS))],
            addresses=self.addresses(country, place),
            contacts=tuple(
                [
                    self.contact(kit, country, place, host)
                    for _ in range(_CONTACTS[int(draw() * len(_CONTACTS))])
                ]
            ),
            notes=self.notes(),
        )


_SLUGS = {place.city: slug(place.city) for places in PLACES.values() for place in places}


def generate(count: int, seed: int, start: int = 0) -> Iterator[DemoCustomer]:
    """Give ``count`` customers from index ``start``; the customer at an index depends on the seed only."""
    make = _Maker(seed).make
    for index in range(start, start + count):
        yield make(index)

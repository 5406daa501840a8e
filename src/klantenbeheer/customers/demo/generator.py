"""Making demonstration customers; the same index and seed give the same customer."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from . import names

FIRST_NUMBER = 10001
_ABROAD = ("BE",) * 12 + ("DE",) * 10 + ("FR",) * 3 + ("LU", "AT", "DK", "IT", "PL")
_CITIES = {
    "BE": (("Antwerpen", "2000"), ("Gent", "9000"), ("Hasselt", "3500"), ("Luik", "4000"), ("Brugge", "8000")),
    "DE": (("Köln", "50667"), ("Düsseldorf", "40213"), ("Münster", "48143"), ("Aachen", "52062"), ("Hamburg", "20095")),
    "FR": (("Lille", "59000"), ("Lyon", "69001"), ("Saint-Étienne", "42000")), "LU": (("Luxembourg", "1111"),),
    "AT": (("Wien", "1010"), ("Graz", "8010")), "DK": (("Århus", "8000"),), "IT": (("Milano", "20121"),),
    "PL": (("Kraków", "30-001"),),
}  # fmt: skip


@dataclass(slots=True)
class DemoCustomer:
    """What a demonstration customer has: stored values, addresses by kind, a contact person, notes."""

    number: str
    values: dict[str, Any]
    addresses: dict[str, dict[str, str]]
    contact: dict[str, str] | None
    notes: list[tuple[str, bool]] = field(default_factory=list)


def _mod97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97


def dutch_vat(digits: str, suffix: str) -> str:
    """Give a right btw-id: the last two digits make the whole 1 modulo 97."""
    for check in range(2, 99):
        number = f"{digits}B{check:02d}"
        if _mod97("NL" + number) == 1:
            return "NL" + number
    return dutch_vat(f"{(int(digits) + 1) % 10**9:09d}", suffix)


def iban(country: str, body: str) -> str:
    """Give an IBAN with its check digits."""
    return f"{country}{98 - _mod97(f'{body}{country}00'):02d}{body}"


def _vat(random: Random, country: str) -> str:
    if country == "NL":
        return dutch_vat(f"{random.randrange(10**8, 10**9):09d}", "")
    if country == "BE":
        base = random.randrange(2_000_000, 9_999_999) + 0
        digits = f"0{base:07d}"
        return f"BE{digits}{97 - int(digits) % 97:02d}"
    if country == "DE":
        digits = f"{random.randrange(10**7, 10**8):08d}"
        product = 10
        for char in digits:
            total = (int(char) + product) % 10 or 10
            product = total * 2 % 11
        return f"DE{digits}{(11 - product) % 10}"
    if country == "LU":
        digits = f"{random.randrange(100_000, 999_999):06d}"
        return f"LU{digits}{int(digits) % 89:02d}"
    return ""


def _iban(random: Random, country: str) -> str:
    if country == "NL":
        bank = random.choice(("ABNA", "INGB", "RABO", "TRIO"))
        return iban("NL", f"{bank}{random.randrange(10**8, 10**9):010d}")
    if country == "BE":
        body = f"{random.choice(('001', '310', '733'))}{random.randrange(10**6, 10**7):07d}"
        return iban("BE", f"{body}{int(body) % 97 or 97:02d}")
    if country == "DE":
        return iban(
            "DE",
            f"{random.choice(('37040044', '50010517', '10010010'))}{random.randrange(10**8, 10**9):010d}",
        )
    return ""


def _host(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("ı", "i"))
    words = "".join(
        char if char.isascii() and char.isalnum() else " "
        for char in plain
        if not unicodedata.combining(char)
    )
    return "-".join(words.split())[:40].strip("-")


def _name(random: Random, country: str, index: int) -> str:
    family, trade = random.choice(names.FAMILIES), random.choice(names.TRADES)
    family = family[0].upper() + family[1:]
    if index % 97 == 41:
        return (
            f"Coöperatieve Inkoopvereniging {trade} {family} en Zonen Noordoost-Nederland en Omstreken U.A."
        )
    form = {
        "NL": ("B.V.", "B.V.", "V.O.F.", "N.V.", ""),
        "BE": ("BV", "NV", "BVBA"),
        "DE": ("GmbH", "GmbH & Co. KG"),
    }
    legal = random.choice(form.get(country, ("S.A.",)))
    pattern = random.randrange(4)
    if pattern == 0:
        return f"{trade} {family} {legal}".strip()
    if pattern == 1:
        return f"{family} & Zonen {trade}"
    if pattern == 2:
        return f"{family} {random.choice(names.FAMILIES).split()[-1]} {trade} {legal}".strip()
    return f"{family} {trade} {legal}".strip()


def make(index: int, seed: int) -> DemoCustomer:
    """Give the customer at this index."""
    random = Random(seed * 1_000_003 + index)  # noqa: S311 - must be the same each time, not secret
    country = "NL" if random.random() < 0.7 else random.choice(_ABROAD)
    name = _name(random, country, index)
    host = f"{_host(name)}-{index}.example"
    digits = f"{random.randrange(2, 9)}{random.randrange(10**6):06d}"
    area = ""
    if country == "NL":
        city, first, last, area = random.choice(names.DUTCH_CITIES)
        letters = random.choice("ABCDEGHJKLNPRTVWXZ") + random.choice("ABCEGHJKLNPRTVWXZ")
        postcode = f"{random.randrange(first, last + 1)} {letters}"
        phone = (
            f"+31 {area} {digits[:3]} {digits[3:]}"
            if len(area) == 2
            else f"+31 {area} {digits[:3]} {digits[3:6]}"
        )
    else:
        city, postcode = random.choice(_CITIES[country])
        phone = f"+32 9 2{digits[:2]} {digits[2:4]} {digits[4:6]}" if country == "BE" else ""
    values: dict[str, Any] = {
        "name": name,
        "status": random.choices(("active", "prospect", "blocked", "archived"), (86, 9, 2, 3))[0],
        "language": {"DE": "de", "AT": "de", "FR": "fr", "LU": "fr"}.get(country, "nl"),
        "website": f"https://www.{host}",
        "email": f"info@{host}",
        "phone": phone,
        "kvk_number": f"{random.randrange(10**7, 10**8)}" if country == "NL" else "",
        "vat_number": _vat(random, country),
        "iban": _iban(random, country),
    }
    address = {
        "street": random.choice(names.STREETS), "house_number": str(random.randrange(1, 240)),
        "addition": random.choice(("", "", "", "", "A", "B", "2")), "postcode": postcode, "city": city, "region": "",
        "country": country, "country_text": "",
    }  # fmt: skip
    addresses = {"visiting": address}
    if random.random() < 0.15:
        box = {"street": "Postbus", "house_number": str(random.randrange(10, 9000)), "addition": ""}
        addresses["postal"] = {**address, **box}
    contact = None
    if random.random() < 0.75:
        family = random.choice(names.FAMILIES).split()
        contact = {
            "first_name": random.choice(names.FIRST_NAMES), "infix": " ".join(family[:-1]), "last_name": family[-1],
            "job_title": random.choice(names.JOBS), "phone": phone, "email": f"{_host(family[-1])}@{host}",
        }  # fmt: skip
    notes = [(random.choice(names.NOTES), random.random() < 0.2)] if random.random() < 0.3 else []
    return DemoCustomer(str(FIRST_NUMBER + index), values, addresses, contact, notes)


def generate(count: int, seed: int, start: int = 0) -> Iterator[DemoCustomer]:
    """Give ``count`` customers from index ``start``."""
    for index in range(start, start + count):
        yield make(index, seed)

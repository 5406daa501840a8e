"""Putting demonstration customers into the database, through the door that imports use."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction

from klantenbeheer.customers.choices import NUMBER_SLOT, TEXT_SLOTS
from klantenbeheer.customers.demo.generator import (
    FIRST_NUMBER,
    MAILING_CODES,
    DemoAddress,
    DemoContact,
    DemoCustomer,
    DemoNote,
    generate,
)
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.importing.pace import Pace
from klantenbeheer.customers.importing.pipeline import Importer, Plan
from klantenbeheer.customers.importing.rows import PreparedRow
from klantenbeheer.customers.models import Customer, ExtraField, MailingCode
from klantenbeheer.domains.characteristics.defining import definition_create
from klantenbeheer.domains.characteristics.models import Characteristic
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.contacts.words import contact_words
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.audit.bulk import MANY, refresh_statistics
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.paper.models import NumberSeries
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.hours import Hours, parse_week, to_json
from klantenbeheer.kernel.memory import rare_collections

VISITS, RHYTHMS = TEXT_SLOTS[0], ("Wekelijks", "Maandelijks", "Per kwartaal", "Jaarlijks")
_SHOPS, _BRANDS = ("Speciaalzaak", "Groothandel", "Bouwmarkt", "Webwinkel"), ("Adler", "Boreas", "Corvus")
_CHARACTERISTICS: tuple[dict[str, Any], ...] = (
    {
        "name_nl": "Soort bedrijf", "name_en": "Kind of business", "kind": "choice", "choices": list(_SHOPS),
        "group": "Verkooppunt", "position": 10,
    },
    {
        "name_nl": "Vloeroppervlak", "name_en": "Floor area", "kind": "number", "unit": "m²", "group": "Verkooppunt",
        "position": 20,
    },
    {
        "name_nl": "Merken", "name_en": "Brands", "kind": "choices", "choices": list(_BRANDS), "group": "Assortiment",
        "position": 30,
    },
)  # fmt: skip
_HOURS: tuple[dict[str, Any], ...] = tuple(
    to_json(Hours(parse_week(text)))
    for text in (
        "ma-vr 08:00-17:00", "ma-vr 07:30-12:00, 12:30-16:30", "ma-vr 09:00-18:00; za 10:00-17:00", "",
        "di-za 09:00-17:30", "ma-do 08:00-17:00; vr 08:00-15:00",
    )
)  # fmt: skip
DEMO = SystemActor("demogegevens")


def _values(item: DemoAddress | DemoContact | DemoNote) -> dict[str, Any]:
    # dataclasses.asdict copies deeply, which takes longer than storing.
    return {name: getattr(item, name) for name in item.__slots__}


_COPIED = (
    "name", "status", "language", "website", "email", "phone", "fax", "kvk_number", "vat_number", "iban", "bic",
)  # fmt: skip
_copied = attrgetter(*_COPIED)


@rare_collections()
def load(count: int, seed: int) -> int:
    """Make ``count`` customers; goes on after those that earlier calls made. Gives how many were made."""
    importer, pace = Importer(DEMO), Pace()
    start = (
        NumberSeries.objects.filter(kind="customer").values_list("next_value", flat=True).first()
        or FIRST_NUMBER
    )
    customers = generate(count, seed, start - FIRST_NUMBER)
    action = Action.objects.create(actor_label=DEMO.label, kind="customer.demo")
    codes = _mailing_codes(action)
    _extra_fields()
    kinds = _characteristics()
    made = 0
    while batch := list(islice(customers, pace.size)):
        plan = Plan()
        for item in batch:
            plan.create.append(_row(item, codes, kinds))
        with pace, transaction.atomic():
            importer.store(plan, action)
            _owned(batch, action)
            made += len(batch)
            NumberSeries.objects.update_or_create(
                kind="customer",
                defaults={"next_value": start + made},
                create_defaults={"next_value": start + made, "first_value": FIRST_NUMBER},
            )
    if made >= MANY:
        refresh_statistics()
    return made


def _mailing_codes(action: Action) -> dict[str, MailingCode]:
    known = {code.code: code for code in MailingCode.objects.filter(code__in=MAILING_CODES)}
    missing = [MailingCode(code=code, name=name) for code, name in MAILING_CODES.items() if code not in known]
    with acting(DEMO, action.kind, action=action):
        write(missing, new=True)
    return known | {code.code: code for code in missing}


def _extra_fields() -> None:
    """Name two extra fields, unless somebody named some."""
    if ExtraField.objects.exists():
        return
    for slot, label_nl, label_en, choices in (
        (VISITS, "Bezoekritme", "Visits", RHYTHMS),
        (NUMBER_SLOT, "Medewerkers", "Employees", ()),
    ):
        extra_field_save(
            actor=DEMO, slot=slot, version=0,
            values={"label_nl": label_nl, "label_en": label_en, "active": True, "choices": list(choices)},
        )  # fmt: skip


def _characteristics() -> tuple[str, str, str]:
    """Define three characteristics, unless somebody defined some; give their keys."""
    if not Characteristic.objects.exists():
        for values in _CHARACTERISTICS:
            definition_create(actor=DEMO, values=values)
    keys = {row.name_nl: str(row.pk) for row in Characteristic.objects.all()}
    shop, area, brands = (keys.get(str(values["name_nl"]), "") for values in _CHARACTERISTICS)
    return shop, area, brands


def _told(place: int, kinds: tuple[str, str, str]) -> dict[str, Any]:
    """Give the characteristics of the customer at this place: of two in three."""
    shop, area, brands = kinds
    told = {
        shop: _SHOPS[place % len(_SHOPS)],
        area: str(120 + place * 53 % 2400) if place % 2 else None,
        brands: [brand for index, brand in enumerate(_BRANDS) if place >> index & 1] or None,
    }
    return {key: value for key, value in told.items() if key and value} if place % 3 else {}


def _row(item: DemoCustomer, codes: dict[str, MailingCode], kinds: tuple[str, str, str]) -> PreparedRow:
    values: dict[str, Any] = dict(zip(_COPIED, _copied(item), strict=True))
    if item.credit_limit_cents is not None:
        values["credit_limit"] = Decimal(item.credit_limit_cents) / 100
    told: dict[str, Any] = {}
    if item.number.isdecimal():
        place = int(item.number)
        told = _told(place, kinds)
        values["opening_hours"] = _HOURS[place % len(_HOURS)]
        values[VISITS] = RHYTHMS[place % 7] if place % 7 < len(RHYTHMS) else None
        values[NUMBER_SLOT] = Decimal(place * 37 % 240 + 1) if place % 3 else None
    values["mailing_codes"] = [codes[code] for code in item.mailing_codes]
    row = PreparedRow(0, [], number=item.number, values=values)
    if told:
        row.parts["characteristics"] = told
    for address in item.addresses:
        parts = _values(address)
        kind = parts.pop("kind")
        row.addresses[kind] = {**parts, "country_text": ""}
    if item.contacts:
        row.parts["contact"] = _values(item.contacts[0])
        row.words = [
            word
            for contact in item.contacts[1:]
            for word in contact_words(
                contact.first_name,
                contact.infix,
                contact.last_name,
                contact.phone,
                contact.mobile,
                contact.email,
            )
        ]
    return row


def _owned(batch: list[DemoCustomer], action: Action) -> None:
    """Write notes, and the contacts after the first (which goes with its customer)."""
    numbers = [item.number for item in batch]
    keys = dict(Customer.objects.with_numbers(numbers).values_list("number", "pk"))
    notes = [
        Note(customer_id=keys[item.number], author_label=DEMO.label, **_values(note))
        for item in batch
        for note in item.notes
    ]
    contacts = [
        Contact(customer_id=keys[item.number], **_values(contact))
        for item in batch
        for contact in item.contacts[1:]
    ]
    with acting(DEMO, action.kind, action=action):
        write(notes, new=True)
        write(contacts, new=True)

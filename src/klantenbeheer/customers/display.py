"""How a customer's values are shown: the same words in the card, the list, the history, and the export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.money import format_amount, format_number
from klantenbeheer.kernel.postal import map_url, one_line
from klantenbeheer.kernel.vat_area import in_eu_vat_area, part_of

from . import extra, vat
from .bank.changes import REMOVAL
from .choices import NUMBER_SLOT, AddressKind, Language, Status
from .fields import BasicField
from .models import Address, Customer, PostalAddress

GROUPS = ("reach", "company", "finance", "sales", extra.GROUP)


def address_line(address: PostalAddress) -> str:
    """Give an address on one line, with the country when it is not the Netherlands."""
    line = one_line(address.place, language=get_language() or "nl")
    return ", ".join(part for part in (line, "" if address.country else address.country_text) if part)


def flag_url(code: str) -> str:
    """Give the address of a flag (ISO code or EU), or nothing where there is none."""
    name = {"xi": "gb-nir"}.get(code.lower(), code.lower())
    try:
        return static(f"flags/{name}.svg") if name else ""
    except ValueError:  # the flags' package has no picture for this code
        return ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the card's head shows beside the name."""

    visiting: str
    postal: str
    flag_url: str
    country_name: str
    eu_flag_url: str
    initials: str
    picture_url: str
    map_url: str
    hue: int


def _country_and_part(customer: Customer, day: date) -> str:
    """Give the country's name, and what is special about a part of it that has a VAT status of its own."""
    if not customer.country:
        return ""
    name = country_name(customer.country, get_language() or "nl")
    part = part_of(customer.country, customer.postcode, day)
    if part is None:
        return name
    words = (
        _("%(country)s: %(part)s, in the EU VAT area")
        if part.inside
        else _("%(country)s: %(part)s, outside the EU VAT area")
    )
    return words % {"country": name, "part": part.name}


def heading(customer: Customer, addresses: list[Address], *, today: date | None = None) -> Heading:
    """Give the head of the card; ``today`` decides about the European flag."""
    by_kind = {address.kind: address for address in addresses}
    day = today or timezone.localdate()
    visiting, postal = by_kind.get(AddressKind.VISITING), by_kind.get(AddressKind.POSTAL)
    words = [word for word in customer.name_norm.split() if word not in ("de", "van", "der", "den", "het")]
    return Heading(
        visiting=address_line(visiting) if visiting else "",
        postal=address_line(postal) if postal else "",
        flag_url=flag_url(customer.country),
        country_name=_country_and_part(customer, day),
        eu_flag_url=flag_url("EU") if in_eu_vat_area(customer.country, day, customer.postcode) else "",
        map_url=map_url((visiting or postal or Address()).place),
        picture_url=f"/customers/{customer.number}/picture/{customer.picture}.webp"
        if customer.picture
        else "",
        initials="".join(word[0] for word in words[:2]).upper() or "?",
        hue=sum(ord(char) * 7 for char in customer.name_norm) % 12,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of the basic data as the card shows it. ``state`` has a word beside its colour."""

    field: BasicField
    text: str
    url: str = ""
    state: str = ""
    state_text: str = ""
    flag: str = ""
    editable: bool = False
    # What goes with the state: a few words, and the whole sentence.
    notes: tuple[tuple[str, str], ...] = ()
    label: Any = ""
    label_url: str = ""
    action: LabelLink | None = None
    action_url: str = ""
    # A few words of a part above, behind the value.
    remark: str = ""
    # What is found offline where nothing was typed.
    found: str = ""

    @property
    def icon(self) -> str:
        """The icon of what ``url`` opens."""
        return {"email": "mail", "phone": "phone"}.get(self.field.kind, "external")


@dataclass(frozen=True, slots=True)
class LabelLink:
    """What opens behind a value's label, or acts on the value: ``url`` holds %s for the customer's number.

    ``right`` at ``level`` decides who gets it, ``when`` whether anybody does; an action is a POST that answers into
    the dialog.
    """

    key: str
    url: str
    right: str
    level: Level = Level.VIEW
    text: Any = ""
    icon: str = ""
    when: Callable[[], bool] = lambda: True
    # Whose value it fits.
    suits: Callable[[Customer], bool] = lambda customer: True

    def is_for(self, actor: Actor) -> bool:
        """Say whether this actor gets it."""
        return self.when() and actor.may(self.right, self.level)


_label_links: dict[str, LabelLink] = {}
_actions: dict[str, LabelLink] = {}


def register_label(link: LabelLink) -> None:
    """Let a part above open its dialog behind the label of a value. Called from its ``apps.py``."""
    _label_links[link.key] = link


def label_links(actor: Actor) -> list[LabelLink]:
    """Give what opens behind labels for this actor."""
    return [link for link in _label_links.values() if link.is_for(actor)]


def register_action(link: LabelLink) -> None:
    """Let a part above offer something to do beside a value. Called from its ``apps.py``."""
    _actions[link.key] = link


_remarks: dict[str, Callable[[Actor, Customer], str]] = {}


def register_remark(key: str, remark: Callable[[Actor, Customer], str]) -> None:
    """Let a part above say something behind a value; it asks the database nothing. Called from its ``apps.py``."""
    _remarks[key] = remark


def text_of(key: str, value: Any) -> str:
    """Give a stored value of the basic data as text."""
    if value is None or value == "":
        return ""
    if key == "credit_limit":
        return format_amount(value, get_language() or "nl")
    if key == NUMBER_SLOT:
        return format_number(value, get_language() or "nl")
    if key == "iban" and checks.check_iban(str(value)).ok:
        return checks.format_iban(str(value))
    if key == "status":
        return str(Status(value).label)
    if key == "language":
        return str(Language(value).label)
    if key == "website":
        return str(value).removeprefix("https://").removesuffix("/")
    return str(value)


def shown(customer: Customer, field: BasicField, *, editable: bool, actor: Actor | None = None) -> Shown:
    """Give one value for the card; with an actor also what he may open or do beside it."""
    found = _shown(customer, field, editable=editable)
    if actor is None:
        return found
    if field.key in _remarks:
        found = replace(found, remark=_remarks[field.key](actor, customer))
    link, action = _label_links.get(field.key), _actions.get(field.key)
    if link and link.is_for(actor):
        found = replace(found, label=link.text, label_url=link.url % customer.number)
    if action and customer_value(customer, field.key) and action.is_for(actor) and action.suits(customer):
        found = replace(found, action=action, action_url=action.url % customer.number)
    return found


def customer_value(customer: Customer, key: str) -> Any:
    """Give a stored value of the basic data; nothing for what is kept in a table of its own."""
    return getattr(customer, key, None) if key != "mailing_codes" else None


def _shown(customer: Customer, field: BasicField, *, editable: bool) -> Shown:
    if field.key == "mailing_codes":
        codes = customer.mailing_codes.all()
        if customer.as_of is None:
            codes = codes.select_related("code")
        return Shown(field, " ".join(sorted(item.code.code for item in codes)), editable=editable)
    value = getattr(customer, field.key)
    text, url, state, state_text = text_of(field.key, value), "", "", ""
    flag = customer.flags.get(field.key, "")
    if value and not flag:
        if field.kind == "url":
            url = str(value) if str(value).startswith(("https://", "http://")) else ""
        elif field.kind == "email":
            url = f"mailto:{value}"
        elif field.kind == "phone":
            url = checks.phone_url(str(value))  # a fax is dialled as well
        elif field.key == "kvk_number":
            url = f"https://www.kvk.nl/bestellen/#/{value}"
    notes: tuple[tuple[str, str], ...] = ()
    found = ""
    if field.key == "bic" and not value and customer.iban:
        found = checks.bank_of(customer.iban)[0]
    if field.key == "vat_number" and customer.as_of is None:  # what VIES said then, the history does not know
        status = vat.vat_status(customer)
        state, state_text = status.colour, status.word
        notes = tuple((reason.short, reason.text) for reason in status.reasons if reason.short)
    elif field.key == "iban" and customer.iban_pending:
        state, state_text = "amber", pending_text(customer)
    return Shown(field, text, url, state, state_text, flag, editable, notes, found=found)


def pending_text(customer: Customer) -> str:
    """Say what waits for a second user's confirmation."""
    if customer.iban_pending == REMOVAL:
        return _("removal waits for confirmation")
    return _("%(iban)s waits for confirmation") % {"iban": text_of("iban", customer.iban_pending)}


def groups(customer: Customer, editable: set[str], actor: Actor | None = None) -> list[list[Shown]]:
    """Give the basic data as the card's columns; the extra fields last, when there are any."""
    fields = extra.basic_fields()
    columns = [
        [
            shown(customer, field, editable=field.key in editable, actor=actor)
            for field in fields
            if field.group == group
        ]
        for group in GROUPS
    ]
    return [column for column in columns if column]


def glance(customer: Customer) -> list[str]:
    """Give the values that the folded basic data show on one line."""
    keys = ("phone", "email", "website", "kvk_number", "vat_number", "iban")
    found = [text_of(key, getattr(customer, key)) for key in keys]
    return [text for text in [*found, str(customer.salesperson or "")] if text]


def own_warnings(customer: Customer) -> list[Any]:
    """Give the warnings that the basic data themselves contain."""
    from types import SimpleNamespace

    found = []
    if customer.status == Status.BLOCKED:
        found.append(SimpleNamespace(text=_("Blocked"), tone="danger", url=""))
    if customer.status == Status.ARCHIVED:
        found.append(SimpleNamespace(text=_("Archived"), tone="warning", url=""))
    if customer.flagged:
        found.append(
            SimpleNamespace(
                text=_("To be checked: %(count)d") % {"count": len(customer.flags)}, tone="warning", url=""
            )
        )
    if vat.is_missing(customer):
        found.append(SimpleNamespace(text=_("VAT number missing (other EU country)"), tone="warning", url=""))
    if customer.iban_pending:
        found.append(
            SimpleNamespace(
                text=_("Bank account waits for confirmation"),
                tone="warning",
                url=f"/customers/{customer.number}/bank",
                in_dialog=True,
            )
        )
    return found

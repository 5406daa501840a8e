"""What the list of customers can be filtered by: the fixed map behind its conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.lists.fields import Asked, Field, choice, day, number
from klantenbeheer.foundation.search.lookups import SHORTEST
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.countries import country_choices
from klantenbeheer.kernel.text import compact, normalise, query_terms

from . import extra, list_parts
from .choices import NUMBER_SLOT, Language, Status, VatState
from .derive import phone_key
from .models import ConditionGroup, Customer, CustomerMailingCode, CustomerMark, MailingCode, Territory

_LAST = "\U0010ffff"  # behind every letter: what a beginning ends before
_EXACT = ("is", "isnt", "starts", "empty", "filled")

BASIC, PLACE, SALES, FINANCE = _("Customer"), _("Place"), _("Sales"), _("Company and finance")
EXTRA, STATE = _("Extra fields"), _("State")


def beginning(column: str, text: str) -> Q:
    """Give the range of an index that begins with a text; 'LIKE' would depend on collation and case folding."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + _LAST})


def _text(
    column: str, *, stored: Callable[[str], str] = str, sought: bool = False, null: bool = False
) -> Callable[[Asked], Q]:
    """Compare a text as it is stored. ``sought``: its words are in the search text too, whose index finds them."""

    def build(asked: Asked) -> Q:
        empty = Q(**{f"{column}__isnull": True}) if null else Q(**{column: ""})
        if asked.operator in ("empty", "filled"):
            return empty if asked.operator == "empty" else ~empty
        value = stored(asked.value)
        if not value:
            # Signs alone are in nothing that is compared.
            return Q(pk__in=[]) if asked.operator != "isnt" else Q()
        if asked.operator in ("is", "isnt"):
            same = Q(**{column: value})
            return same if asked.operator == "is" else ~same | empty
        if asked.operator == "starts":
            return beginning(column, value)
        found = Q(**{f"{column}__contains": value})
        terms = [term for term in query_terms(value) if len(term) >= SHORTEST] if sought else []
        return Q(search_text__has_all_terms=terms) & found if terms else found

    return build


def _number(asked: Asked) -> Q:
    text = asked.value.upper()
    if asked.operator == "starts":
        return beginning("number_key", text)
    return Q(number_key=text) if asked.operator == "is" else ~Q(number_key=text)


def _phone(asked: Asked) -> Q:
    if asked.operator in ("empty", "filled"):
        return Q(phone="") if asked.operator == "empty" else ~Q(phone="")
    digits = phone_key(asked.value) or "".join(char for char in asked.value if char.isdigit())
    if not digits:
        return Q(pk__in=[])
    if len(digits) >= SHORTEST:
        return Q(search_text__has_all_terms=[digits])
    return Q(search_text__contains=digits)


def within(code: str) -> list[int]:
    """Give the keys of a territory and of everything in it. One query."""
    found: list[int] = []
    children: dict[int | None, list[int]] = {}
    for key, own, parent in Territory.objects.values_list("pk", "code", "parent_id"):
        children.setdefault(parent, []).append(key)
        if own == code:
            found.append(key)
    for key in found:
        found += children.get(key, ())
    return found


def _territory(asked: Asked) -> Q:
    if asked.operator in ("empty", "filled"):
        return Q(territory__isnull=asked.operator == "empty")
    keys = within(asked.value)
    if asked.operator == "just":
        return Q(territory_id=keys[0] if keys else 0)
    inside = Q(territory_id=keys[0]) if len(keys) == 1 else Q(territory_id__in=keys)
    return inside if asked.operator == "is" else ~inside | Q(territory__isnull=True)


def _salesperson(asked: Asked) -> Q:
    if asked.operator in ("empty", "filled"):
        return Q(salesperson__isnull=asked.operator == "empty")
    key = User.objects.filter(username=asked.value).values_list("pk", flat=True).first() or 0
    same = Q(salesperson_id=key)
    return same if asked.operator == "is" else ~same | Q(salesperson__isnull=True)


def _group(asked: Asked) -> Q:
    same = Q(condition_group_id=int(asked.value))
    return same if asked.operator == "is" else ~same


def _codes(asked: Asked) -> Q:
    given = CustomerMailingCode.objects.all()
    if asked.operator in ("empty", "filled"):
        anything = Exists(given.filter(customer=OuterRef("pk")))
        return Q(anything) if asked.operator == "filled" else ~Q(anything)
    members = Q(pk__in=given.filter(code__code=asked.value).values("customer"))
    return members if asked.operator == "is" else ~members


def _marked(asked: Asked) -> Q:
    own = Q(pk__in=CustomerMark.objects.filter(user_id=asked.actor.user_id or 0).values("customer"))
    return own if asked.operator == "yes" else ~own


def _flagged(asked: Asked) -> Q:
    return Q(flagged=asked.operator == "yes")


def _countries() -> list[tuple[str, str]]:
    return country_choices(get_language() or "nl")


def _people() -> list[tuple[str, str]]:
    """Give who sells, and who does not any more but still has customers."""
    has_customers = Exists(Customer.objects.filter(salesperson=OuterRef("pk")))
    rows = User.objects.filter(Q(is_salesperson=True) | has_customers).order_by("full_name", "username")
    return [(user.username, str(user)) for user in rows]


def _territories() -> list[tuple[str, str]]:
    return [(one.code, str(one)) for one in Territory.objects.all()]


def _groups() -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in ConditionGroup.objects.all()]


def _mailing_codes() -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {one.name}".strip()) for one in MailingCode.objects.all()]


def _words(choices: Any) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [(str(value), label) for value, label in choices if value]


def _upper(text: str) -> str:
    return compact(text).upper()


def _city(text: str) -> str:
    return normalise(text)[:100]


OWN: tuple[Field, ...] = (
    Field("name", _("Name"), "text", _text("name_norm", stored=normalise, sought=True),
          operators=("contains", "starts", "is", "isnt"), group=BASIC, order="name"),
    Field("number", _("Number"), "text", _number, operators=("is", "isnt", "starts"), group=BASIC, order="number"),
    Field("status", _("Status"), "choice", choice("status"), _words(Status.choices), ("is", "isnt"), group=BASIC,
          order="status", by_name=True),
    Field("language", _("Language"), "choice", choice("language"), _words(Language.choices), ("is", "isnt"),
          group=BASIC, order="language", by_name=True),
    Field("email", _("E-mail"), "text", _text("email", stored=str.lower), operators=_EXACT, group=BASIC, order="email"),
    Field("phone", _("Telephone"), "text", _phone, operators=("contains", "empty", "filled"), group=BASIC),
    Field("city", _("City"), "text", _text("city_norm", stored=_city, sought=True), group=PLACE, order="city"),
    Field("postcode", _("Postcode"), "text", _text("postcode", stored=str.upper), operators=_EXACT, group=PLACE,
          order="postcode"),
    Field("country", _("Country"), "choice", choice("country", nothing=""), _countries, group=PLACE, order="country",
          by_name=True),
    Field("territory", _("Territory"), "choice", _territory, _territories, ("is", "just", "isnt", "empty", "filled"),
          group=SALES, by_name=True),
    Field("salesperson", _("Salesperson"), "choice", _salesperson, _people, group=SALES, by_name=True),
    Field("condition_group", _("Condition group"), "choice", _group, _groups, ("is", "isnt"), group=SALES,
          by_name=True),
    Field("code", _("Mailing code"), "choice", _codes, _mailing_codes, group=SALES),
    Field("kvk_number", _("KvK number"), "text", _text("kvk_number", stored=compact), operators=_EXACT, group=FINANCE),
    Field("vat_number", _("VAT number"), "text", _text("vat_number", stored=_upper), operators=_EXACT, group=FINANCE),
    Field("vat_state", _("VAT check"), "choice", choice("vat_state", nothing=""), _words(VatState.choices),
          group=FINANCE),
    Field("iban", _("IBAN"), "text", _text("iban", stored=_upper), operators=_EXACT, group=FINANCE),
    Field("credit_limit", _("Credit limit"), "amount", number("credit_limit"), group=FINANCE),
    Field("marked", _("Marked by me"), "flag", _marked, group=STATE),
    Field("flagged", _("To be checked"), "flag", _flagged, group=STATE, by_name=True),
    Field("changed", _("Changed"), "day", day("modified_at", moment=True), group=STATE, order="changed",
          operators=("last", "this", "older", "on", "since", "until")),
    Field("created", _("Added"), "day", day("created_at", moment=True), group=STATE, order="created",
          operators=("last", "this", "older", "on", "since", "until")),
)  # fmt: skip


def _extra() -> list[Field]:
    found = []
    for row in extra.in_use():
        label = extra.label_of(row.slot)
        if row.slot == NUMBER_SLOT:
            found.append(Field(row.slot, label, "number", number(row.slot), group=EXTRA))
        elif row.choices:
            choices = partial(extra.labelled, row.choices, row.removed)
            found.append(
                Field(row.slot, label, "choice", choice(row.slot), choices, group=EXTRA, by_name=True)
            )
        else:
            build = _text(row.slot, sought=False, null=True)
            found.append(Field(row.slot, label, "text", build, operators=_EXACT, group=EXTRA, by_name=True))
    return found


def fields(actor: Actor) -> Mapping[str, Field]:
    """Give every field by its name, also those that this actor may not use: what guards them says so."""
    found = [*OWN, *_extra(), *list_parts.fields()]
    return {one.key: one for one in found}

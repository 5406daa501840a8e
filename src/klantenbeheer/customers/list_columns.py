"""The columns of the list of customers: own values, what they point at, and what is computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.lists.columns import Column
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.hours import from_json, week_text

from . import display, list_parts
from .choices import Language, Status, VatState
from .models import CustomerMailingCode, CustomerMark

Values = Mapping[str, Any]


def _plain(key: str) -> Callable[[Values], str]:
    return lambda row: display.text_of(key, row[key])


def _words(key: str, choices: Any) -> Callable[[Values], str]:
    words = {str(value): label for value, label in choices}
    return lambda row: str(words.get(row[key], row[key])) if row[key] else ""


def _moment(key: str) -> Callable[[Values], str]:
    return lambda row: timezone.localtime(row[key]).strftime("%d-%m-%Y") if row[key] else ""


def _local(key: str) -> Callable[[Values], Any]:
    return lambda row: timezone.localtime(row[key]).replace(microsecond=0) if row[key] else None


def _joined(*keys: str) -> Callable[[Values], str]:
    return lambda row: " ".join(str(row[key]) for key in keys if row[key])


def _seller(row: Values) -> str:
    return str(row["salesperson__full_name"] or row["salesperson__username"] or "")


def _country(row: Values) -> str:
    return country_name(row["country"], get_language() or "nl") if row["country"] else ""


def _week(row: Values) -> str:
    return week_text(from_json(row["opening_hours"]).week, get_language() or "nl")


OWN: tuple[Column, ...] = (
    Column("number", _("Number"), _plain("number"), ("number",), "number", default=True, look="fit"),
    Column("name", _("Name"), _plain("name"), ("name",), "name", default=True, fixed=True, look="top name"),
    Column("city", _("City"), _plain("city"), ("city",), "city", default=True),
    Column("postcode", _("Postcode"), _plain("postcode"), ("postcode",), "postcode", default=True,
           look="fit wide-only"),
    Column("country", _("Country"), lambda row: row["country"], ("country",), "country", default=True,
           look="fit opt wide-only"),
    Column("phone", _("Telephone"), _plain("phone"), ("phone",), default=True, look="fit phone"),
    Column("email", _("E-mail"), _plain("email"), ("email",), "email", default=True, look="clip opt wide-only"),
    Column("status", _("Status"), _words("status", Status.choices), ("status",), "status", default=True,
           look="fit wide-only"),
    Column("changed", _("Changed"), _moment("modified_at"), ("modified_at",), "changed", default=True,
           look="fit opt wide-only", value=_local("modified_at")),
    Column("country_name", _("Name of the country"), _country, ("country",), "country", look="wide-only"),
    Column("language", _("Language"), _words("language", Language.choices), ("language",), "language",
           look="fit wide-only"),
    Column("territory", _("Territory"), _joined("territory__code", "territory__name"),
           ("territory__code", "territory__name"), look="wide-only"),
    Column("salesperson", _("Salesperson"), _seller, ("salesperson__full_name", "salesperson__username"), default=True,
           look="opt wide-only"),
    Column("condition_group", _("Condition group"), _joined("condition_group__name"), ("condition_group__name",),
           look="wide-only"),
    Column("website", _("Website"), _plain("website"), ("website",), look="wide-only"),
    Column("fax", _("Fax"), _plain("fax"), ("fax",), look="fit wide-only"),
    Column("kvk_number", _("KvK number"), _plain("kvk_number"), ("kvk_number",), look="fit wide-only"),
    Column("vat_number", _("VAT number"), _plain("vat_number"), ("vat_number",), look="fit wide-only"),
    Column("vat_state", _("VAT check"), _words("vat_state", VatState.choices), ("vat_state",), look="wide-only"),
    Column("iban", _("IBAN"), _plain("iban"), ("iban",), look="fit wide-only"),
    Column("bic", _("BIC"), _plain("bic"), ("bic",), look="fit wide-only"),
    Column("credit_limit", _("Credit limit"), _plain("credit_limit"), ("credit_limit",), look="amount wide-only",
           value=lambda row: row["credit_limit"]),
    Column("created", _("Added"), _moment("created_at"), ("created_at",), "created", look="fit wide-only",
           value=_local("created_at")),
    Column("changed_by", _("Changed by"), _joined("modified_by__full_name"), ("modified_by__full_name",),
           look="wide-only"),
    Column("hours", _("opening hours"), _week, ("opening_hours",), look="wide-only"),
)  # fmt: skip


class Computed:
    """Columns that are looked up for the customers of a page: what they are marked and mailed by."""

    key = "computed"
    right = ""

    COLUMNS = (
        Column("marked", _("Marked by me"), look="fit wide-only"),
        Column("codes", _("Mailing codes"), look="wide-only"),
    )

    def cells(self, actor: Actor, ids: Sequence[int], keys: Collection[str]) -> dict[int, dict[str, str]]:
        """Give their texts; a query for each column that is shown."""
        found: dict[int, dict[str, str]] = {}
        if "marked" in keys:
            own = CustomerMark.objects.filter(user_id=actor.user_id or 0, customer__in=ids)
            for key in own.values_list("customer_id", flat=True):
                found.setdefault(key, {})["marked"] = "★"
        if "codes" in keys:
            rows = CustomerMailingCode.objects.filter(customer__in=ids).order_by("code__code")
            codes: dict[int, list[str]] = {}
            for key, code in rows.values_list("customer_id", "code__code"):
                codes.setdefault(key, []).append(code)
            for key, names in codes.items():
                found.setdefault(key, {})["codes"] = " ".join(names)
        return found


COMPUTED = Computed()


def columns(actor: Actor) -> list[Column]:
    """Give every column that this actor may see."""
    parts = [
        Column(column.key, column.label, right=part.right, default=column.default, look="wide-only")
        for part, column in list_parts.columns()
    ]
    return [column for column in (*OWN, *COMPUTED.COLUMNS, *parts) if column.is_for(actor)]


def needs(shown: Sequence[Column]) -> list[str]:
    """Give the values of a row that these columns are made of."""
    return list(dict.fromkeys(name for column in shown for name in column.needs))


def texts(actor: Actor, rows: Sequence[Values], shown: Sequence[Column]) -> dict[int, dict[str, str]]:
    """Give the texts of the columns that are looked up, by customer and column."""
    keys = {column.key for column in shown if column.text is None}
    if not keys or not rows:
        return {}
    ids = [row["id"] for row in rows]
    found = list_parts.cells(actor, ids, keys)
    for key, own in COMPUTED.cells(actor, ids, keys).items():
        found.setdefault(key, {}).update(own)
    return found


def values(row: Values, shown: Sequence[Column], looked_up: Mapping[int, Mapping[str, str]]) -> list[Any]:
    """Give a row as a file holds it."""
    own = looked_up.get(row["id"], {})
    return [
        own.get(column.key, "") if column.text is None else (column.value or column.text)(row)
        for column in shown
    ]

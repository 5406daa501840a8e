"""What a file's columns can be: the customer's own fields, and those that domains above add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry

from .. import extra
from ..fields import BASIC_FIELDS


@dataclass(frozen=True, slots=True)
class ImportField:
    """A target for a column. ``names`` are further headings that mean it."""

    key: str
    label: Any
    names: tuple[str, ...] = ()

    def all_names(self) -> tuple[str, ...]:
        """Give every heading that means this field, in both languages."""
        labels = []
        for language in ("nl", "en"):
            with translation.override(language):
                labels.append(str(self.label))
        return (self.key, *labels, *self.names)


@runtime_checkable
class ImportPart(Protocol):
    """What a domain adds to the import: fields of records that belong to the customer, for who may change them."""

    key: str
    right: str
    fields: tuple[ImportField, ...]

    def clean(self, typed: Mapping[str, str], country: str) -> tuple[Any, list[str], list[str]]:
        """Give the values of one row (``None``: nothing in it), the reasons to refuse it, and the keys of fields that
        are kept as typed because they could not be normalised.
        """
        ...

    def known(self, customer_ids: Sequence[int]) -> Mapping[int, set[str]]:
        """Give what these customers have already, as texts to compare with :meth:`identities`."""
        ...

    def identities(self, values: Any) -> set[str]:
        """Give what makes these the same as what is stored: nothing is written when all of them are known."""
        ...

    def words(self, values: Any) -> list[str]:
        """Give the normalised words by which the customer is found."""
        ...

    def write(self, items: Sequence[tuple[int, Any]]) -> None:
        """Store values for customers by id, inside the action at hand."""
        ...


PARTS: Registry[Any] = Registry("import parts", object, key=lambda part: part.key)

OWN_FIELDS: tuple[ImportField, ...] = (
    ImportField("number", _("Customer number"), (
        "nummer", "klantnummer", "klantnr", "customer id", "customerid", "customer no", "customer code", "klantcode",
        "debiteurnummer", "debiteur", "code", "id", "relatienummer", "account number",
    )),
    *(ImportField(field.key, field.label, field.names) for field in BASIC_FIELDS),
    ImportField("opening_hours", _("Opening hours"), ("openingstijden", "geopend", "open", "business hours")),
    ImportField("address", _("Address (street and number)"), (
        "adres", "vestigingsadres", "address line 1", "straat en huisnummer", "street address",
    )),
    ImportField("street", _("Street"), ("straat", "straatnaam")),
    ImportField("house_number", _("House number"), ("huisnummer", "huisnr", "nr")),
    ImportField("addition", _("Addition"), ("toevoeging", "huisnummertoevoeging")),
    ImportField("postcode", _("Postcode"), ("postal code", "postalcode", "zip", "zip code", "pc")),
    ImportField("city", _("City"), ("plaats", "woonplaats", "stad", "town")),
    ImportField("region", _("Region"), ("regio", "provincie", "province", "state", "county")),
    ImportField("country", _("Country"), ("land", "landcode", "country code")),
    ImportField("postal_address", _("Postal address: street or box"), ("postadres", "postbus", "po box")),
    ImportField("postal_postcode", _("Postal address: postcode"), ("postcode postadres", "postbus postcode")),
    ImportField("postal_city", _("Postal address: city"), ("plaats postadres", "postbus plaats")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Follow:
    """What a finished import offers to do next: the words and the address."""

    text: str
    url: str


# Domains above look at what an import brought (its action) and offer what follows from it.
Follower = Callable[[Actor, Action], "Follow | None"]
FOLLOWERS: list[Follower] = []


def follows(actor: Actor, action: Action | None) -> list[Follow]:
    """Give what follows from an import, for this actor."""
    if action is None:
        return []
    return [found for follower in FOLLOWERS if (found := follower(actor, action)) is not None]


def _own_fields() -> list[ImportField]:
    further = extra.basic_fields()[len(BASIC_FIELDS) :]
    return [*OWN_FIELDS, *(ImportField(field.key, field.label, field.names) for field in further)]


def all_fields() -> list[ImportField]:
    """Give every field a column can be."""
    return [*_own_fields(), *(field for part in PARTS for field in part.fields)]


def fields_for(actor: Actor) -> list[ImportField]:
    """Give every field that this actor's columns can be."""
    open_to = (part for part in PARTS if actor.may(part.right, Level.EDIT))
    return [*_own_fields(), *(field for part in open_to for field in part.fields)]

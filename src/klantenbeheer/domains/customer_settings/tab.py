"""The Settings tab: one form, and the blocks on the generic record tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from klantenbeheer.card.records import Column, RecordKind, RecordTab, SingleKind
from klantenbeheer.card.tabs import CardRequest
from klantenbeheer.customers.display import address_line, text_of
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import BLOCKS as RIGHT_TO_BLOCK
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.kernel.actors import Actor, Level

from . import selectors, services
from .forms import GROUPS, BlockForm, SettingsForm
from .models import Block, CustomerSettings


@dataclass(frozen=True, slots=True)
class Line:
    """One setting as it is shown; ``note`` adds what follows from it, ``url`` opens what is kept elsewhere."""

    label: Any
    text: str
    note: str = ""
    url: str = ""


def _line(customer: Customer, settings: CustomerSettings, name: str) -> Line:
    field = SettingsForm.base_fields[name]
    value = getattr(settings, name)
    choices: dict[Any, Any] = dict(getattr(field, "choices", ()))
    if isinstance(value, bool):
        return Line(field.label, gettext("yes") if value else gettext("no"))
    if name == "vat_regime":
        decision = selectors.vat_regime_of(customer, settings)
        return Line(field.label, str(decision.regime.label), " ".join(decision.reasons))
    if name in services.MAILS:
        return Line(field.label, *selectors.mail_of(customer, name, settings))
    return Line(field.label, str(choices.get(value, value)))


def _elsewhere(card: CardRequest) -> list[Line]:
    """Give what belongs to these settings and is kept, and changed, in the head and the basic data of the card."""
    customer, number = card.customer, card.customer.number
    address, note = selectors.billing_address_of(customer)
    may_edit = card.at is None and card.actor.may(CUSTOMERS, Level.EDIT)
    edit_url = f"/customers/{number}/edit" if may_edit else ""
    language, line = text_of("language", customer.language), address_line(address) if address else ""
    return [
        Line(gettext("Language"), language, gettext("in the basic data"), edit_url),
        Line(gettext("Billing address"), line, note, f"/customers/{number}/addresses"),
    ]


def _context(card: CardRequest) -> dict[str, Any]:
    settings = selectors.settings_of(card.customer)
    groups = [(title, [_line(card.customer, settings, name) for name in names]) for title, names in GROUPS]
    return {
        "groups": [(groups[0][0], _elsewhere(card) + groups[0][1]), *groups[1:]],
        "own": settings.version > 0,
    }


def _state(block: Block) -> str:
    today = timezone.localdate(block.customer.as_of)
    if block.since > today:
        return gettext("planned")
    return gettext("ended") if block.until and block.until < today else gettext("in force")


BLOCKS = RecordKind(
    key="blocks",
    right=RIGHT_TO_BLOCK,
    singular=_("Block"),
    plural=_("Blocks"),
    form=BlockForm,
    columns=(
        Column(_("Blocked"), lambda block: block.get_scope_display()),
        Column(_("Reason"), lambda block: block.reason),
        Column(_("Since"), lambda block: block.since, "date"),
        Column(_("Until"), lambda block: block.until, "date"),
        Column(_("State"), _state),
    ),
    rows=selectors.blocks_of,
    create=services.block_create,
    update=services.block_update,
    delete=services.block_delete,
    empty=_(
        "Nothing is blocked. A block stops quotations, orders or deliveries, with a reason that everybody sees."
    ),
)


def _update(
    *, actor: Actor, record: CustomerSettings, version: int, values: dict[str, Any]
) -> CustomerSettings:
    return services.settings_update(actor=actor, customer=record.customer, version=version, values=values)


SETTINGS = SingleKind(
    key="edit", singular=_("Settings"), form=SettingsForm, record=selectors.settings_of, update=_update
)


def register() -> None:
    """Put the tab on the card."""
    RecordTab(
        "customer_settings", _("Settings"), 200, (BLOCKS,), template="customer_settings/tab.html", single=SETTINGS,
        context=_context, past=True,
    ).register()  # fmt: skip

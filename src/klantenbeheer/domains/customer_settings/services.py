"""Writing settings and blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers import owned
from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import BLOCKS
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion
from klantenbeheer.kernel.text import clean

from .choices import Channel
from .models import RETENTION_MOST, RETENTION_YEARS, Block, CustomerSettings

RIGHT = "tab.customer_settings"
MAILS = ("sales_email", "invoice_email", "reminder_email")


def require_blocks(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may change this tab, and blocks on it."""
    owned.require(actor, RIGHT)
    if not actor.may(BLOCKS, Level.EDIT):
        raise NotAllowed(_("You may not block customers, nor lift a block."), right=BLOCKS)


def _clean(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}
    problems: dict[str, list[str]] = {}
    for key in (*MAILS, "peppol_id"):
        text = cleaned.get(key) or ""
        checked = checks.check_peppol(text) if key == "peppol_id" else checks.check_email(text)
        if text and not checked.ok:
            problems[key] = [str(problem) for problem in checked.problems]
        else:
            cleaned[key] = checked.value if text else ""
    if (
        cleaned.get("invoice_by") == Channel.PEPPOL
        and not cleaned["peppol_id"]
        and "peppol_id" not in problems
    ):
        problems["peppol_id"] = [_("Invoices through Peppol need the participant of the customer.")]
    for key in ("quotation_by", "confirmation_by", "delivery_note_by", "reminder_by"):
        if cleaned.get(key) == Channel.PEPPOL:
            problems[key] = [_("Only invoices go through Peppol.")]
    if cleaned.get("incoterm_place") and not cleaned.get("incoterm"):
        problems["incoterm"] = [_("A place needs delivery terms.")]
    refusals = retention_refusals(customer, cleaned.get("retention_years"))
    if refusals:
        problems["retention_years"] = refusals
    if problems:
        raise InvalidInput(problems)
    return cleaned


def retention_refusals(customer: Customer, years: Any) -> list[str]:
    """Give why a customer cannot be kept for so many years."""
    least = 1 if customer.status == Status.PROSPECT else RETENTION_YEARS
    if isinstance(years, int) and least <= years <= RETENTION_MOST:
        return []
    text = _("“%(value)s” is not between %(least)d and %(most)d years.") % {
        "value": years, "least": least, "most": RETENTION_MOST,
    }  # fmt: skip
    if least > 1:
        text += " " + _("Tax law asks seven years of every customer who is no prospect.")
    return [text]


def settings_update(
    *, actor: Actor, customer: Customer, version: int, values: Mapping[str, Any]
) -> CustomerSettings:
    """Store all settings of a customer; ``version`` is 0 while he has none of his own.

    Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``, ``StaleVersion``.
    """
    owned.require(actor, RIGHT)
    cleaned = _clean(customer, values)
    with acting(actor, "customer_settings.update"):
        # The customer's row is the lock: two first saves of settings cannot both find none.
        Customer.objects.visible_to(actor).select_for_update().get(pk=customer.pk)
        stored = CustomerSettings.objects.filter(customer=customer).first()
        record = stored or CustomerSettings(customer=customer, version=0)
        if record.version != version:
            raise StaleVersion(current=record, changes=values)
        if all(getattr(record, key) == value for key, value in cleaned.items()):
            return record
        for key, value in cleaned.items():
            setattr(record, key, value)
        record.version += 1
        write([record], new=stored is None)
    return record


def _clean_block(values: Mapping[str, Any]) -> dict[str, Any]:
    reason = clean(str(values.get("reason") or ""))
    since = values.get("since") or timezone.localdate()
    until = values.get("until")
    problems: dict[str, list[str]] = {}
    if not reason:
        problems["reason"] = [_("Say why: who meets this block must know what to do.")]
    elif len(reason) > 200:
        problems["reason"] = [
            _("The reason has %(length)d characters; at most 200 fit.") % {"length": len(reason)}
        ]
    if until and until < since:
        problems["until"] = [
            _("%(until)s is before %(since)s.")
            % {"until": until.strftime("%d-%m-%Y"), "since": since.strftime("%d-%m-%Y")}
        ]
    if problems:
        raise InvalidInput(problems)
    return {"scope": values["scope"], "reason": reason, "since": since, "until": until}


def block_create(*, actor: Actor, customer: Customer, values: Mapping[str, Any]) -> Block:
    """Block a customer. Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``."""
    require_blocks(actor)
    return owned.create(Block, actor=actor, right=RIGHT, customer_id=customer.pk, values=_clean_block(values))


def block_update(*, actor: Actor, record: Block, version: int, values: Mapping[str, Any]) -> Block:
    """Change a block; raises ``StaleVersion`` when somebody saved since ``version``."""
    require_blocks(actor)
    return owned.update(
        Block, actor=actor, right=RIGHT, record_id=record.pk, version=version, values=_clean_block(values)
    )


def block_delete(*, actor: Actor, record: Block) -> None:
    """Lift a block; can be put back."""
    require_blocks(actor)
    owned.delete(Block, actor=actor, right=RIGHT, record_id=record.pk)

"""Which change of an IBAN needs a second user; every door (form, in place, import) asks here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor

from ..choices import AccountKind, ChangeState
from .models import BankAccount, IbanChange

REMOVAL = "-"


def _is_iban(text: str) -> bool:
    return bool(text) and checks.check_iban(text).ok


def first_waits() -> bool:
    """Say whether the first IBAN of a customer waits for a second user too."""
    return bool(settings.BANK_CONFIRM_FIRST)


def needs_confirmation(record: Any, new: str) -> bool:
    """Say whether giving ``record`` (a customer or his second account) this IBAN must wait for a second user.

    Changing and removing do; and so does a new number where there ever was one before, or removing would be the way
    around. The first number of a customer does when the installation says so. What was kept as typed because it is
    no IBAN cannot be paid on, so replacing it does not.
    """
    if new == record.iban:
        return False
    if first_waits() and new:
        return True
    if _is_iban(record.iban):
        return True
    if record.pk is None:
        return False
    earlier = record.history.filter(id=record.pk).exclude(iban="").values_list("iban", flat=True)
    return any(_is_iban(iban) for iban in earlier.distinct())


def waiting(customer_id: int, account: str = AccountKind.FIRST) -> IbanChange | None:
    """Give the change that waits for confirmation."""
    return IbanChange.objects.filter(
        customer_id=customer_id, account=account, state=ChangeState.PENDING
    ).first()


def waiting_texts(customer_ids: Sequence[int]) -> dict[int, str]:
    """Give what the customers' column says of a waiting change of the first account, for those who have one."""
    rows = IbanChange.objects.filter(
        customer_id__in=customer_ids, account=AccountKind.FIRST, state=ChangeState.PENDING
    ).order_by("-pk")
    return {one.customer_id: one.new_iban or REMOVAL for one in rows}


def _add(earlier: IbanChange, new_bic: str, details: dict[str, str]) -> None:
    """Let a change that waits take over BIC, holder and bank that came later with the same number.

    Who asked first stays the proposer: these may be changed without a second user, the number may not.
    """
    known = new_values(earlier, "")
    more = {key: value for key, value in {"bic": new_bic, **details}.items() if value and value != known[key]}
    if not more:
        return
    earlier.new_bic = more.pop("bic", earlier.new_bic)
    earlier.new_details = {**earlier.new_details, **more}
    earlier.version += 1
    write([earlier], new=False)


def propose(
    actor: Actor, customer_id: int, account: str, *, old_iban: str, new_iban: str, new_bic: str,
    details: dict[str, str] | None = None,
) -> IbanChange:  # fmt: skip
    """Let a change wait, inside the action at hand. One that waits already is withdrawn by it, unless it is the same.

    ``details`` are holder, bank and its address, where they came with the number.
    """
    earlier = waiting(customer_id, account)
    if earlier is not None:
        if earlier.new_iban == new_iban:
            _add(earlier, new_bic, details or {})
            return earlier
        earlier.state, earlier.decided_at = ChangeState.WITHDRAWN, timezone.now()
        earlier.decided_by_id = actor.user_id
        earlier.version += 1
        write([earlier], new=False)
    change = IbanChange(
        customer_id=customer_id, account=account, old_iban=old_iban, new_iban=new_iban, new_bic=new_bic,
        new_details=details or {}, proposed_by_id=actor.user_id, proposed_label=actor.label[:120],
    )  # fmt: skip
    write([change], new=True)
    return change


def new_values(change: IbanChange, holder: str) -> dict[str, str]:
    """Give the account's values when a change is in force; ``holder`` is who holds it now.

    The bank of the old number must not stand beside the new one; the holder stays unless another came with it.
    """
    found_bic, found_name = checks.bank_of(change.new_iban) if change.new_iban else ("", "")
    return {
        "iban": change.new_iban, "bic": change.new_bic or found_bic,
        "holder": change.new_details.get("holder") or holder,
        "bank_name": change.new_details.get("bank_name") or found_name[:140],
        "bank_address": change.new_details.get("bank_address", ""),
    }  # fmt: skip


def divert(
    actor: Actor, customer: Any, values: dict[str, Any], details: dict[str, str] | None = None
) -> bool:
    """Take a new IBAN that must wait out of ``values`` and store it as a change; its BIC goes with it.

    ``values`` are cleaned basic data about to be written to a stored customer, inside the action at hand. Gives
    whether something was taken out.
    """
    if "iban" not in values or not needs_confirmation(customer, values["iban"]):
        return False
    new_iban = values.pop("iban")
    # The BIC in force was only left standing.
    new_bic = values.pop("bic", "") if values.get("bic") != customer.bic else ""
    propose(
        actor, customer.pk, AccountKind.FIRST, old_iban=customer.iban, new_iban=new_iban, new_bic=new_bic,
        details=details,
    )  # fmt: skip
    return True


def second_account(customer_id: int) -> BankAccount | None:
    """Give the second account."""
    return BankAccount.objects.filter(customer_id=customer_id, kind=AccountKind.SECOND).first()

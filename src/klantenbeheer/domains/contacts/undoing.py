"""What is special about undoing moves of persons and branches: who works at a branch belongs to its customer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.undo import RECORD_RULES, Change, RecordRule
from klantenbeheer.kernel.actors import Actor

from .models import Branch, Contact


def _moves(change: Change) -> bool:
    return change.sign == "~" and "customer_id" in change.columns


def _check_branch(actor: Actor, change: Change, record: Branch | None) -> Iterable[str]:
    """A branch does not leave those behind who came to work there since."""
    if record is None or not _moves(change):
        return []
    along = Contact.history.filter(action=change.action).values("id")
    left = Contact.objects.filter(branch_id=record.pk, customer_id=change.after.customer_id).exclude(
        pk__in=along
    )
    text = _("%(record)s would leave this customer, while %(contact)s works there now.")
    return [text % {"record": change.title, "contact": one} for one in left[:3]]


def _check_contact(actor: Actor, change: Change, record: Contact | None) -> Iterable[str]:
    """A person does not leave a branch behind to which he was put since."""
    if record is None or not _moves(change) or record.branch_id is None:
        return []
    branch = Branch.objects.get(pk=record.branch_id)
    if (
        branch.customer_id == record.customer_id
        or Branch.history.filter(action=change.action, id=branch.pk).exists()
    ):
        return []
    text = _("%(record)s would leave this customer, but works at the branch %(branch)s now.")
    return [text % {"record": change.title, "branch": branch}]


def register() -> None:
    """Make this known to the engine."""
    RECORD_RULES.register(RecordRule(kind="branch", check=_check_branch))
    RECORD_RULES.register(RecordRule(kind="contact", check=_check_contact))

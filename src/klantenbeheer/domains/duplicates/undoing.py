"""Undoing a merge: the one engine takes back what has history; what has none, and what leads on, follows here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.absorbing import following_put
from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.merging import BELONGINGS, Unmerging
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import BLOCKS, CREDIT, CUSTOMERS, GROUP
from klantenbeheer.customers.refreshing import refresh_derived
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import (
    ACTION_RULES,
    RECORD_RULES,
    ActionRule,
    Change,
    RecordRule,
    changes_of,
    root_of,
    undo_action,
)
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .merging import KIND, require_merge
from .models import Decision, Merge, Pair
from .permissions import MERGE


def merge_undo(*, actor: Actor, merge_id: int) -> Merge:
    """Take a merge back, in one transaction.

    Raises ``Refused`` when it was undone already, when the survivor was merged further (that is undone first), or when
    what it changed was changed again since; ``NotAllowed``, ``NotFound``.
    """
    require_merge(actor)
    merge = Merge.objects.select_related("action").filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(_("There is nothing to undo."))
    undo_action(actor, merge.action)
    merge.refresh_from_db()
    return merge


def allowed(actor: Actor, action: Action) -> None:
    """Raise unless this actor may undo this merge: who stayed is his to see, and was not merged further."""
    require_merge(actor)
    merge = Merge.objects.select_related("action").get(action=root_of(action))
    survivor = Customer.objects.visible_to(actor).filter(pk=merge.survivor_id).first()
    if survivor is None:
        further = FormerNumber.objects.filter(former_id=merge.survivor_id).first()
        if further is None or not Customer.objects.visible_to(actor).filter(pk=further.customer_id).exists():
            raise NotFound(_("There is nothing to undo."))
        text = _("%(customer)s was merged further since. Undo that merge first.")
        raise Refused(text % {"customer": further}, code="merged_further")
    if merge.undone_id is not None and action.undoes_id is None:
        raise Refused(_("This was undone already."), code="undone")
    for change in changes_of(merge.action, only=(Customer, survivor.pk)):
        for column, right in (("credit_limit", CREDIT), ("condition_group_id", GROUP)):
            if column in change.columns and not actor.may(right, Level.EDIT):
                raise NotAllowed(_("You may not change this."), right=right)
        statuses = {change.before.status, change.after.status} if "status" in change.columns else set()
        if Status.BLOCKED in statuses and not actor.may(BLOCKS, Level.EDIT):
            raise NotAllowed(_("You may not block customers, nor lift a block."), right=BLOCKS)


def finished(action: Action, undoing: Action, *, actor: Actor, back: bool, kept: int) -> None:
    """Let the numbers lead to their own customers again, and all that follows follow."""
    merge = Merge.objects.get(action=action)
    FormerNumber.objects.filter(action=action).delete()
    _follow(actor, merge, [merge.survivor_id, *(key for key, _number, _name in merge.others)])
    merge.undone = undoing
    merge.save(update_fields=["undone"])


def _follow(actor: Actor, merge: Merge, keys: Sequence[int]) -> None:
    """Let everything that follows from the customers' data, and what has no history, follow."""
    for key in keys:
        following_put(Customer.objects.get(pk=key), merge.kept.get("following", {}).get(str(key), {}))
        refresh_derived(Customer.objects.get(pk=key), actor=actor)
    everybody = list(Customer.objects.visible_to(actor).filter(pk__in=keys))
    if len(everybody) != len(keys):
        raise NotFound(_("One of the customers would come back where you may not see him."))
    by_key = {customer.pk: customer for customer in everybody}
    unmerging = Unmerging(actor, by_key[keys[0]], [by_key[key] for key in keys[1:]], merge.kept)
    for belonging in reversed(list(BELONGINGS)):
        if belonging.undo is not None:
            belonging.undo(unmerging)


def _check_decision(actor: Actor, change: Change, record: Decision | None) -> Iterable[str]:
    """Only who sees both customers; in a merge it is asked there."""
    row = change.after or change.before
    keys = {row.low_id, row.high_id}
    merged = root_of(change.action).kind == KIND
    if not merged and Customer.objects.visible_to(actor).filter(pk__in=keys).count() != len(keys):
        raise NotFound(_("There is nothing to undo."))
    return []


def _tell_pairs(actor: Actor, changes: Sequence[Change]) -> None:
    """Let the pairs say what is decided now."""
    for change in changes:
        row = change.after or change.before
        kept = Decision.objects.filter(low_id=row.low_id, high_id=row.high_id).values_list(
            "verdict", flat=True
        )
        Pair.objects.filter(low_id=row.low_id, high_id=row.high_id).update(verdict=kept.first() or "")


def register() -> None:
    """Make the rules known to the engine."""
    RECORD_RULES.register(
        RecordRule(
            kind="duplicate_decision",
            part=True,
            check=_check_decision,
            after=_tell_pairs,
            page="/duplicates/",
        )
    )
    ACTION_RULES.register(
        ActionRule(
            kind=KIND,
            rights=(MERGE, CUSTOMERS),
            whole=gettext_lazy("A merge is undone as a whole, not record by record."),
            once=gettext_lazy("An undone merge is not done again this way; merge the customers anew."),
            begins=allowed,
            finished=finished,
        )
    )

"""Changing many customers: the selection, a chunk, and the marks, which are one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.foundation.audit.sets import batches, change_many
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, NotFound

from .. import listing
from ..bulk import modified
from ..list_kind import clean, query_of
from ..models import Customer, CustomerMailingCode
from ..permissions import require_bulk
from ..refreshing import refresh_many
from ..services import marks_set, require_edit
from .models import BulkEdit
from .plans import LOOKED_AT, MARKED, Plan, decide

ACTION = "customer.bulk"
# As many as can be chosen by hand: those of some pages.
BY_HAND = 500


def require(actor: Actor) -> None:
    """Raise ``NotAllowed`` for who may not change customers, or not many of them at once."""
    require_edit(actor)
    require_bulk(actor)


def edit_create(
    *, actor: Actor, parameters: Mapping[str, str] | None, numbers: Iterable[str] = (), marking: bool = False
) -> BulkEdit:
    """Keep a selection: the parameters of the list for all that fit, or numbers chosen by hand.

    Marks are one's own and ask no right to change. Raises ``InvalidInput``, ``NotAllowed``.
    """
    if not marking:
        require(actor)
    edit = BulkEdit(
        user_id=actor.user_id or 0, by_filter=parameters is not None, field=MARKED if marking else ""
    )
    visible = Customer.objects.visible_to(actor)
    if parameters is not None:
        edit.parameters = clean(actor, parameters)
    else:
        wanted = list(numbers)[:BY_HAND]
        edit.keys = list(visible.with_numbers(wanted).order_by("id").values_list("pk", flat=True))
        if not edit.keys:
            raise InvalidInput({"number": [_("Choose customers first.")]})
    edit.top = visible.aggregate(most=Max("id"))["most"] or 0
    edit.save()
    return edit


def edit_of(actor: Actor, edit_id: int) -> BulkEdit:
    """Give a selection that the actor made. Raises ``NotFound`` for anybody else's."""
    found = (
        BulkEdit.objects.select_related("job", "action")
        .filter(pk=edit_id, user_id=actor.user_id or 0)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such change."))
    return found


def chosen(actor: Actor, edit: BulkEdit) -> QuerySet[Any]:
    """Give the customers of a selection that the actor may see now."""
    if not edit.by_filter:
        return Customer.objects.visible_to(actor).filter(pk__in=edit.keys)
    return listing.filtered(actor, query_of(actor, edit.parameters)).filter(pk__lte=edit.top)


def next_keys(actor: Actor, edit: BulkEdit, after: int, most: int) -> list[int]:
    """Give the next customers of a selection, in order of their key."""
    rows = chosen(actor, edit).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def change(actor: Actor, edit: BulkEdit, plan: Plan, keys: Sequence[int]) -> None:
    """Change these customers, inside the action at hand, and count into ``edit`` what became of them.

    They are locked first: who was changed meanwhile is decided about as he is now.
    """
    looked_at = (
        Customer.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    )
    rows = list(looked_at.values(*LOOKED_AT))
    here = [row["id"] for row in rows]
    same = set(Customer.objects.filter(pk__in=here).filter(plan.same).values_list("pk", flat=True))
    changed, refused = decide(plan, rows, same)
    edit.already += len(same)
    edit.changed += len(changed)
    for reason, count in refused.items():
        edit.refused[reason] = edit.refused.get(reason, 0) + count
    if not changed:
        return
    ids = [row["id"] for row in changed]
    if plan.code is not None:
        _give(plan, ids)
    flagged = [row for row in changed if plan.field in row["flags"]]
    apart = {row["id"] for row in flagged}
    change_many(Customer, [key for key in ids if key not in apart], plan.columns, derived=modified(actor))
    for row in flagged:
        # What could not be read is read now: its flag goes, as when one is changed alone.
        left = {key: code for key, code in row["flags"].items() if key != plan.field}
        derived = {**modified(actor), "flagged": bool(left)}
        change_many(Customer, [row["id"]], {**plan.columns, "flags": left}, derived=derived)
    if plan.is_sought:
        refresh_many(ids)


def _give(plan: Plan, ids: Sequence[int]) -> None:
    if plan.field == "codes_add":
        write([CustomerMailingCode(customer_id=key, code=plan.code) for key in ids], new=True)
        return
    for part in batches(ids):
        remove(list(CustomerMailingCode.objects.filter(customer__in=part, code=plan.code)))


@transaction.atomic
def mark(actor: Actor, edit: BulkEdit, keys: Sequence[int]) -> None:
    """Set or lift the actor's own marks on some customers, and remember whose changed."""
    marked = edit.value == "1"
    own = set(
        Customer.objects.filter(pk__in=keys, marks__user_id=actor.user_id or 0).values_list("pk", flat=True)
    )
    changed = [key for key in keys if (key in own) != marked]
    marks_set(actor=actor, customer_ids=changed, marked=marked)
    edit.changed += len(changed)
    edit.already += len(keys) - len(changed)
    edit.marks = [*edit.marks, *changed]

"""Merging customers: one stays, everything of the others moves to him, and their numbers go on leading there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.customers import vat
from klantenbeheer.customers.absorbing import absorb, following_of, settle
from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.merging import BELONGINGS, Merging
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import require_edit, require_not_erased
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, remove
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import KlantenbeheerError, NotAllowed, NotFound, Refused

from . import services
from .models import Merge
from .permissions import MERGE

KIND = "customer.merge"
MOST = 10


class ChangedMeanwhile(KlantenbeheerError):
    """One of the customers was saved since the screen was opened; nothing was written."""

    status = 409


def require_merge(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may merge customers, and change them."""
    if not actor.may(MERGE, Level.EDIT):
        raise NotAllowed(_("You may not merge customers."), right=MERGE)
    require_edit(actor)


def check_set(keys: Sequence[int], survivor: int) -> list[int]:
    """Give the keys in order. Raises ``Refused`` for one customer, too many, or a survivor who is none of them."""
    ordered = sorted(set(keys))
    if len(ordered) < 2:
        raise Refused(
            _("A customer cannot be merged with himself: choose two or more."), code="same_customer"
        )
    if len(ordered) > MOST:
        raise Refused(
            _("At most %(most)d customers can be merged at once.") % {"most": MOST}, code="too_many"
        )
    if survivor not in ordered:
        raise Refused(_("Choose which of the customers stays."), code="no_survivor")
    return ordered


def _locked(actor: Actor, keys: Sequence[int], versions: Mapping[int, int]) -> dict[int, Customer]:
    """Lock them in the order of their keys, so that two merges wait for each other instead of for ever."""
    visible = Customer.objects.visible_to(actor).select_for_update().filter(pk__in=keys).order_by("pk")
    found: dict[int, Customer] = {customer.pk: customer for customer in visible}
    missing = set(keys) - set(found)
    if missing:
        seen = Customer.objects.visible_to(actor).order_by().values("pk")
        gone = FormerNumber.objects.filter(former_id__in=missing, customer_id__in=seen).first()
        if gone is not None:
            text = _("%(customer)s was merged meanwhile. Nothing was done.")
            raise Refused(text % {"customer": gone}, code="merged")
        raise NotFound(_("This customer does not exist."))
    for customer in found.values():
        require_not_erased(customer)
    for key, version in versions.items():
        if key in found and found[key].version != version:
            text = _(
                "%(customer)s was changed meanwhile. Nothing was done; look again at what there is to choose."
            )
            raise ChangedMeanwhile(text % {"customer": found[key]}, code="changed")
    return found


def customers_merge(
    *, actor: Actor, keys: Sequence[int], survivor: int, chosen: Mapping[str, str] | None = None,
    versions: Mapping[int, int] | None = None,
) -> Merge:  # fmt: skip
    """Merge customers (by key) into one of them, in one transaction.

    ``chosen`` maps the names of ``merging.Choice`` to a customer's key, and of boxes to '1' or '0'; what is not in it
    is as proposed. ``versions`` are those that were on the screen. Raises ``Refused`` (himself, merged meanwhile),
    ``ChangedMeanwhile``, ``InvalidInput`` (the survivor would lack what he must have), ``NotAllowed``, ``NotFound``.
    """
    require_merge(actor)
    ordered = check_set(keys, survivor)
    numbers = dict(Customer.objects.visible_to(actor).filter(pk__in=ordered).values_list("pk", "number"))
    reason = _("%(others)s merged into %(number)s") % {
        "others": ", ".join(numbers[key] for key in ordered if key != survivor and key in numbers),
        "number": numbers.get(survivor, ""),
    }
    with acting(actor, KIND, reason=reason) as action:
        found = _locked(actor, ordered, versions or {})
        others = [found[key] for key in ordered if key != survivor]
        merging = Merging(actor, action, found[survivor], others, dict(chosen or {}))
        merging.kept["following"] = {str(key): following_of(one) for key, one in found.items()}
        lacked = any(vat.is_missing(one) for one in found.values())
        moved = [[one.model, one.count(merging.keys)] for one in BELONGINGS if one.counted]
        for belonging in BELONGINGS:
            belonging.move(merging)
        absorb(merging)
        _take_away(merging, action)
        settle(merging, lacked_vat=lacked)
        services.customers_changed([merging.survivor])
        _look_around(merging)
        return Merge.objects.create(
            action=action, survivor_id=survivor, survivor_number=found[survivor].number,
            survivor_name=merging.survivor.name, others=[[one.pk, one.number, one.name] for one in others],
            moved=[pair for pair in moved if pair[1]], lost=[one.stored() for one in merging.lost], kept=merging.kept,
        )  # fmt: skip


def _look_around(merging: Merging) -> None:
    """Score the survivor beside those whom the others looked like."""
    everybody = {customer.pk for customer in merging.everybody}
    around = {key for pair in merging.kept.get("pairs", ()) for key in pair[:2]} - everybody
    survivor = merging.survivor.pk
    services.score_pairs((min(survivor, key), max(survivor, key)) for key in around)


def _take_away(merging: Merging, action: Action) -> None:
    for customer in merging.others:
        FormerNumber.objects.create(
            number=customer.number,
            former_id=customer.pk,
            name=customer.name,
            customer=merging.survivor,
            action=action,
        )
    # What nobody declared would go with them, unseen.
    for belonging in BELONGINGS:
        model: Any = belonging.model_class()
        if belonging.count(merging.keys) and not _evidence(model):
            raise RuntimeError(f"{belonging.model} still belongs to a customer who goes")
    remove(merging.others)


def _evidence(model: Any) -> bool:
    """Say whether a model's records stay with the old key: their key asks nothing of the database."""
    return any(
        column.is_relation and column.related_model is Customer and not column.db_constraint
        for column in model._meta.concrete_fields
    )

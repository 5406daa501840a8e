"""How requests, legal holds, archives and erasures move when customers are merged."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.merging import Belonging, Merging, Unmerging, register, rows

from .models import Archive, Erasing
from .permissions import PRIVACY


def _move(model: Any, merging: Merging) -> None:
    """Let the survivor have them; whose they were is kept for undoing."""
    mine = model.objects.filter(customer_id__in=merging.keys)
    merging.kept[model._meta.label_lower] = list(mine.order_by("pk").values_list("pk", "customer_id"))
    mine.update(customer_id=merging.survivor.pk)


def _move_back(model: Any, undoing: Unmerging) -> None:
    for key, customer_id in undoing.kept.get(model._meta.label_lower, ()):
        model.objects.filter(pk=key).update(customer_id=customer_id)


def declare() -> None:
    """Say how these move."""
    rows("privacy.privacyrequest", _("Privacy requests"), PRIVACY, 70)
    rows("privacy.hold", _("Legal holds"), PRIVACY, 71)
    for order, (model, label) in enumerate(((Archive, _("Archives")), (Erasing, _("Erasures"))), start=72):
        register(
            Belonging(
                model._meta.label_lower, label, PRIVACY, order,
                lambda merging, model=model: _move(model, merging),  # type: ignore[misc]
                undo=lambda undoing, model=model: _move_back(model, undoing),  # type: ignore[misc]
                counted=False,
            )
        )  # fmt: skip

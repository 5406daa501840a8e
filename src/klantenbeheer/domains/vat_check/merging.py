"""The evidence of VIES when customers are merged: it stays as it was written, and the survivor shows it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.merging import Belonging, Merging, drop_rows, register, stays, undo_dropped

from .models import Waiting
from .permissions import VAT_CHECK


def move(merging: Merging) -> None:
    """Let no number of those who go wait for VIES; the survivor's own goes on waiting, if it is the one that stays."""
    drop_rows(Waiting, merging)


def declare() -> None:
    """Say how these move."""
    stays("vat_check.vatanswer", _("Answers of VIES"), VAT_CHECK, 50)
    register(
        Belonging(
            "vat_check.waiting", _("Numbers to ask again"), VAT_CHECK, 51, move, counted=False,
            undo=lambda undoing: undo_dropped(Waiting, undoing),
        )
    )  # fmt: skip

"""The Notes tab on the generic record tab, with its own way of showing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.card.records import Column, RecordKind, RecordTab

from . import selectors, services
from .forms import NoteForm

NOTES = RecordKind(
    key="items",
    singular=_("Note"),
    plural=_("Notes"),
    icon="note",
    form=NoteForm,
    columns=(
        Column(_("Note"), lambda note: note.text, "markdown"),
        Column(_("Author"), lambda note: note.author_label),
    ),
    rows=selectors.notes_of,
    create=services.note_create,
    update=services.note_update,
    delete=services.note_delete,
    empty=_("What everybody who opens this card should know."),
)


def register() -> None:
    """Put the tab on the card."""
    RecordTab(
        "notes",
        _("Notes"),
        100,
        (NOTES,),
        badge=selectors.note_count,
        template="notes/tab.html",
        past=True,
    ).register()

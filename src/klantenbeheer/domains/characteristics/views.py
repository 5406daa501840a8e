"""The page of the definitions, among the settings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.customers.extra_services import kept_text
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.kernel.actors import Level

from . import defining
from .defining import ADMINISTRATION
from .forms import DefinitionForm, NewDefinitionForm

HOME = "/settings/characteristics/"


@needs(ADMINISTRATION, Level.EDIT)
def definition_list(request: HttpRequest) -> HttpResponse:
    """Every definition and how many customers have a value."""
    rows = [{"row": row, "count": count} for row, count in defining.definitions_with_counts()]
    return htmx.render(request, "characteristics/definitions.html", {"rows": rows})


@needs(ADMINISTRATION, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new definition."""
    actor = actor_of(request)
    return record_dialog(
        request, form=NewDefinitionForm, title=_("Characteristic"), message=_("Characteristic added."),
        save=lambda values, version: defining.definition_create(actor=actor, values=values),
        done=lambda saved: HOME,
    )  # fmt: skip


@needs(ADMINISTRATION, Level.EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or retire a definition."""
    actor = actor_of(request)
    found = defining.definition_by_id(pk)
    before = list(found.choices)

    def told(saved: Any) -> str:
        removed = defining.removed_in_use(before, saved)
        return " ".join([_("Saved."), *(kept_text(value, count) for value, count in removed)])

    return record_dialog(
        request, form=DefinitionForm, title=found.name_nl, record=found, message=told,
        save=lambda values, version: defining.definition_update(
            actor=actor, pk=pk, version=version, values=values
        ),
        done=lambda saved: HOME,
    )  # fmt: skip


@needs(ADMINISTRATION, Level.EDIT)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a definition that nobody has a value of."""
    gone = defining.definition_delete(actor=actor_of(request), pk=pk)
    text = _("“%(name)s” deleted.") % {"name": gone.name_nl}
    return htmx.toast(htmx.redirect(request, HOME), text)


app_name = "characteristics"
urlpatterns = [
    path("", definition_list, name="list"),
    path("new/", new, name="new"),
    path("<int:pk>/", edit, name="edit"),
    path("<int:pk>/delete/", delete, name="delete"),
]

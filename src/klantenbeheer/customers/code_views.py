"""The page of the mailing codes, among the settings."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.foundation.ui.forms import StyledFormMixin
from klantenbeheer.kernel.actors import Level

from . import codes
from .permissions import ADMINISTRATION

HOME = "/settings/mailing-codes/"


class NewCodeForm(StyledFormMixin, forms.Form):
    """A new code."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)


class CodeForm(NewCodeForm):
    """A code that exists."""

    retired = forms.BooleanField(
        label=gettext_lazy("Retired"), required=False,
        help_text=gettext_lazy("Customers who have it keep it; nobody new gets it."),
    )  # fmt: skip


@needs(ADMINISTRATION, Level.EDIT)
def code_list(request: HttpRequest) -> HttpResponse:
    """Every code and how many customers have it."""
    rows = [{"code": code, "count": count} for code, count in codes.codes_with_counts()]
    return htmx.render(request, "customers/codes.html", {"rows": rows})


@needs(ADMINISTRATION, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new code."""
    actor = actor_of(request)
    return record_dialog(
        request, form=NewCodeForm, title=_("Mailing code"), message=_("Mailing code added."),
        save=lambda values, version: codes.code_create(actor=actor, values=values),
        done=lambda saved: HOME,
    )  # fmt: skip


@needs(ADMINISTRATION, Level.EDIT)
def edit(request: HttpRequest, code_id: int) -> HttpResponse:
    """Rename or retire a code."""
    actor = actor_of(request)
    found = codes.code_by_id(code_id)
    return record_dialog(
        request, form=CodeForm, title=found.code, record=found, message=_("Saved."),
        save=lambda values, version: codes.code_update(actor=actor, code_id=code_id, version=version, values=values),
        done=lambda saved: HOME,
    )  # fmt: skip


@needs(ADMINISTRATION, Level.EDIT)
@require_POST
def delete(request: HttpRequest, code_id: int) -> HttpResponse:
    """Delete a code that nobody has."""
    gone = codes.code_delete(actor=actor_of(request), code_id=code_id)
    text = _("“%(name)s” deleted.") % {"name": gone.code}
    return htmx.toast(htmx.redirect(request, HOME), text)


app_name = "mailing_codes"
urlpatterns = [
    path("", code_list, name="list"),
    path("new/", new, name="new"),
    path("<int:code_id>/", edit, name="edit"),
    path("<int:code_id>/delete/", delete, name="delete"),
]

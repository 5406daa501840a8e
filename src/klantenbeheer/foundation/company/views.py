"""The page of the company data, among the settings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import dates
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs, signed_in
from klantenbeheer.foundation.pictures.services import picture_response
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.checks import format_iban
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from .forms import CompanyForm
from .models import Company
from .services import RIGHT, company, company_update, current_zone, logo_set

HOME = "/settings/company/"
_CHANGES = 20


def _facts(owner: Company) -> list[tuple[Any, Any]]:
    form = CompanyForm()
    facts = []
    for name, field in form.fields.items():
        value = getattr(owner, name)
        if name == "fiscal_month":
            value = dates.MONTHS[value]
        elif name == "country":
            value = dict(form.fields["country"].choices).get(value, value)  # type: ignore[attr-defined]  # a ChoiceField
        elif name == "time_zone":
            value = value or current_zone().key
        elif name == "iban":
            value = format_iban(value)
        facts.append((field.label, value))
    return facts


def _changes(owner: Company) -> list[dict[str, Any]]:
    """Give the latest changes, each with who, when, and every field from what to what."""
    versions = list(owner.history.select_related("action").order_by("-history_id")[: _CHANGES + 1])
    found = []
    for new, old in pairwise(versions):
        pairs = [
            (field.verbose_name, getattr(old, field.attname), getattr(new, field.attname))
            for field in new.tracked_fields
            if field.name not in ("id", "version", "logo")
        ]
        fields = [
            {"label": label, "before": before, "after": after}
            for label, before, after in pairs
            if before != after
        ]
        if old.logo != new.logo:
            fields.append(
                {"label": _("logo"), "before": "", "after": _("replaced") if new.logo else _("removed")}
            )
        found.append({"action": new.action, "fields": fields})
    return found


def _page(request: HttpRequest, problems: list[str] | None = None, *, status: int = 422) -> HttpResponse:
    owner = company()
    context = {
        "company": owner,
        "facts": _facts(owner),
        "changes": _changes(owner),
        "problems": problems or [],
    }
    return htmx.render(request, "company/page.html", context, status=status if problems else 200)


@needs(RIGHT, Level.EDIT)
def page(request: HttpRequest) -> HttpResponse:
    """The data as they are, the logo, and the latest changes."""
    return _page(request)


@needs(RIGHT, Level.EDIT)
def edit(request: HttpRequest) -> HttpResponse:
    """Change the data."""
    actor = actor_of(request)
    return record_dialog(
        request, form=CompanyForm, title=_("Company data"), record=company(), message=_("Saved."),
        save=lambda values, version: company_update(actor=actor, version=version, values=values),
        done=lambda saved: HOME,
    )  # fmt: skip


@needs(RIGHT, Level.EDIT)
@require_POST
def logo_change(request: HttpRequest) -> HttpResponse:
    """Store a logo, or remove it."""
    remove = request.POST.get("remove") == "1"
    version = request.POST.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        return _page(request, [_("The form is not complete; reload the page.")])
    file = request.FILES.get("picture")
    if file is None and not remove:
        return _page(request, [_("Choose a picture first.")])
    try:
        logo_set(actor=actor_of(request), version=int(version), file=None if remove else file)
    except InvalidInput as error:
        return _page(request, [str(reason) for reasons in error.problems.values() for reason in reasons])
    except StaleVersion:
        # The page behind it shows what there is now, with its version: who still wants to, does it again.
        message = _(
            "Somebody else changed these data meanwhile: look at them, and save again if yours is to stay."
        )
        return _page(request, [message], status=409)
    return htmx.toast(htmx.redirect(request, HOME), _("Logo removed.") if remove else _("Logo saved."))


@signed_in
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The logo as it is now; its key is in the address, so that a browser may keep it."""
    if not key or key != company().logo:
        raise Http404
    return picture_response(key)


app_name = "company"
urlpatterns = [
    path("", page, name="page"),
    path("edit/", edit, name="edit"),
    path("logo/", logo_change, name="logo_change"),
    path("logo/<str:key>.webp", logo, name="logo"),
]

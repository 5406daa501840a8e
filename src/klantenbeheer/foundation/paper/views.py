"""The page of the number series, among the settings."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import add_problems, posted_version
from klantenbeheer.foundation.ui.forms import StyledFormMixin
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from .registry import SERIES, SeriesKind
from .services import RIGHT, preview, series_of, series_update

HOME = "/settings/series/"


class SeriesForm(StyledFormMixin, forms.Form):
    """How a series goes on."""

    prefix = forms.CharField(  # type: ignore[assignment]  # Django takes declared fields out of the class
        label=gettext_lazy("Prefix"), max_length=12, required=False
    )
    by_year = forms.BooleanField(
        label=gettext_lazy("With the year, beginning at 1 in each"), required=False,
    )  # fmt: skip
    width = forms.IntegerField(
        label=gettext_lazy("Width"), required=False, min_value=0, max_value=12,
        help_text=gettext_lazy("Digits at least, filled with zeros in front."),
    )  # fmt: skip
    next_value = forms.IntegerField(
        label=gettext_lazy("Next number"), min_value=1, help_text=gettext_lazy("Can only go up.")
    )


def _kind(key: str) -> SeriesKind:
    if key not in SERIES:
        raise Http404
    return SERIES.get(key)


_CHANGE = re.compile(r"(prefix|width|by_year|next_value) (\S*) → (\S*?)(?:, |$)")
_TRUTH = {"True": gettext_lazy("yes"), "False": gettext_lazy("no")}


def _told(reason: str) -> str:
    """Give what :func:`services.series_update` noted of a change in the reader's words."""
    key, _colon, noted = reason.partition(": ")
    kind = SERIES.get(key).label if key in SERIES else key
    changes = [
        f"{SeriesForm.base_fields[name].label}: {_TRUTH.get(before, before) or '–'} → {_TRUTH.get(after, after) or '–'}"
        for name, before, after in _CHANGE.findall(noted)
    ]
    return f"{kind} · {'; '.join(changes)}"


@needs(RIGHT, Level.EDIT)
def series_list(request: HttpRequest) -> HttpResponse:
    """Every series with the number that it gives next, and the latest changes."""
    rows = [{"kind": kind, "next": (series := series_of(kind)).format(series.next_value)} for kind in SERIES]
    changes = Action.objects.filter(kind="series.update").exclude(reason="").order_by("-id")[:10]
    told = [(action, _told(action.reason)) for action in changes]
    return htmx.render(request, "paper/series.html", {"rows": rows, "changes": told})


@needs(RIGHT, Level.EDIT)
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Set how a series goes on."""
    kind = _kind(key)
    series = series_of(kind)
    version = series.version
    form: forms.Form = SeriesForm(initial={name: getattr(series, name) for name in SeriesForm.base_fields})
    status = 200
    if request.method == "POST":
        form, status, version = SeriesForm(request.POST), 422, posted_version(request)
        if form.is_valid():
            try:
                series_update(
                    actor=actor_of(request), kind_key=key, version=version, values=form.cleaned_data
                )
            except InvalidInput as error:
                add_problems(form, error)
            except StaleVersion as error:
                text = _(
                    "Somebody changed this series meanwhile; it gives %(next)s next now. Save again to set yours."
                )
                form.add_error(None, text % {"next": error.current.format(error.current.next_value)})
                version, status = error.current.version, 409
            else:
                return htmx.toast(htmx.redirect(request, HOME), _("Saved."))
    context: dict[str, Any] = {
        "kind": kind, "form": form, "version": version, "form_url": f"{HOME}{key}/",
        "next": series.format(series.next_value),
    }  # fmt: skip
    return htmx.render(request, "paper/series_form.html", context, status=status)


@needs(RIGHT, Level.EDIT)
@require_GET
def preview_part(request: HttpRequest, key: str) -> HttpResponse:
    """The next number with what is typed now, or what is wrong with it."""
    kind = _kind(key)
    form = SeriesForm(request.GET)
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            context["next"] = preview(kind.key, form.cleaned_data)
        except InvalidInput as error:
            context["problem"] = next(iter(error.problems.values()))[0]
    return htmx.render(request, "paper/series_preview.html", context)


app_name = "series"
urlpatterns = [
    path("", series_list, name="list"),
    path("<slug:key>/", edit, name="edit"),
    path("<slug:key>/preview/", preview_part, name="preview"),
]

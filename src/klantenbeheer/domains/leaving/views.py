"""A colleague leaves: asked, shown in numbers, done. The message offers to undo it, as every message does."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import add_problems
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput

from . import jobs, services
from .forms import form_for
from .services import RIGHT, Leaving


def _back(user_id: int) -> str:
    return f"/settings/accounts/{user_id}/"


@needs(RIGHT, Level.EDIT)
def leave(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask who gets it, show what would go, do it: three answers of one address."""
    actor = actor_of(request)
    user = services.leaver(actor, user_id)
    asked = request.method == "POST"
    kind = form_for(user)
    form = kind(request.POST) if asked else kind(initial={"since": timezone.localdate()})
    context: dict[str, Any] = {"person": user, "form": form, "form_url": request.path}
    if asked and form.is_valid():
        chosen = form.cleaned_data["successor"]
        leaving = Leaving(user_id, chosen.pk if chosen else None, form.cleaned_data["since"])
        try:
            found = services.preview(actor, leaving)
        except InvalidInput as error:
            add_problems(form, error)
        else:
            if "confirmed" in request.POST:
                return _do(request, leaving, found.customers)
            return htmx.render(
                request, "leaving/leave.html", context | {"preview": found, "successor": chosen}
            )
    return htmx.render(request, "leaving/leave.html", context, status=422 if asked else 200)


def _do(request: HttpRequest, leaving: Leaving, total: int) -> HttpResponse:
    actor = actor_of(request)
    if leaving.successor is not None and total > jobs.AT_ONCE:
        job = jobs.leave(actor=actor, leaving=leaving, total=total)
        return htmx.redirect(request, f"/jobs/{job.pk}/")
    _departure, moved = services.leave(actor=actor, leaving=leaving)
    text = _("The account is ended.")
    if moved:
        text += " " + ngettext("%(count)d customer went over.", "%(count)d customers went over.", moved) % {
            "count": moved
        }
    return htmx.toast(htmx.redirect(request, _back(leaving.user)), text)

"""The dialog in which the tabs are put in order, and the page of the custom tabs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.customers.permissions import ADMINISTRATION, CUSTOMERS
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.access.models import Role
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import posted_version
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, Refused, StaleVersion

from . import arranging
from .models import CustomTab
from .tabs import Tab, in_order, visible_tabs


def _dialog(
    request: HttpRequest, tabs: list[Tab], hidden: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "rows": arranging.rows_of(tabs, hidden),
        "form_url": request.path,
        "dialog_size": "small",
        **more,
    }
    return htmx.render(request, "card/tab_order.html", context, status=status)


def _sent(request: HttpRequest, tabs: list[Tab]) -> tuple[list[str], list[Tab], list[str]]:
    """Give the order that was sent, the tabs in it, and which are hidden; moved one step where that was asked."""
    order = [key[:40] for key in request.POST.getlist("order")[:100]]
    order = arranging.moved(order, request.POST.get("move", "")[:60])
    shown = set(request.POST.getlist("shown"))
    return order, in_order(tabs, order), [tab.key for tab in tabs if tab.key not in shown]


@needs(CUSTOMERS, write_level=Level.VIEW)
def own_order(request: HttpRequest, number: str) -> HttpResponse:
    """The own order of the tabs, which holds on every card."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    tabs = visible_tabs(actor)
    own = bool(actor.tab_order or actor.tabs_hidden)
    more: dict[str, Any] = {"may_hide": True, "own": own, "title": _("Order of the tabs")}
    if request.method != "POST":
        return _dialog(request, tabs, actor.tabs_hidden, **more)
    order, arranged, hidden = _sent(request, tabs)
    if "move" in request.POST:
        return _dialog(request, arranged, hidden, **more)
    try:
        if "reset" in request.POST:
            arranging.own_reset(user=actor)
        else:
            arranging.own_arrange(user=actor, order=order, shown=request.POST.getlist("shown"))
    except InvalidInput as error:
        return _dialog(request, arranged, hidden, problem=str(error.message), status=422, **more)
    card = f"/customers/{customer.number}/"
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    back = here if here.startswith(card) and not here.endswith("tab-order") else card
    return htmx.toast(
        htmx.redirect(request, back), _("The tabs stand in your order.") if order else _("Saved.")
    )


@needs(ADMINISTRATION, Level.EDIT)
def role_order(request: HttpRequest, role_id: int) -> HttpResponse:
    """The order of the tabs for who has a role and no order of his own."""
    role = get_object_or_404(Role, pk=role_id)
    tabs = arranging.role_tabs(role)
    more: dict[str, Any] = {
        "may_hide": False, "own": bool(role.tab_order), "version": role.version,
        "title": _("Order of the tabs: %(role)s") % {"role": role},
    }  # fmt: skip
    if request.method != "POST":
        return _dialog(request, tabs, (), **more)
    order, arranged, _hidden = _sent(request, tabs)
    if "move" in request.POST:
        return _dialog(request, arranged, (), **more)
    wanted = [] if "reset" in request.POST else order
    try:
        arranging.role_arrange(
            actor=actor_of(request), role=role, version=posted_version(request), order=wanted
        )
    except InvalidInput as error:
        return _dialog(request, arranged, (), problem=str(error.message), status=422, **more)
    except StaleVersion:
        problem = _("Somebody else saved this role meanwhile. Save again to keep your order.")
        return _dialog(request, arranged, (), problem=problem, status=409, **more)
    return htmx.toast(htmx.redirect(request, f"/settings/roles/{role.pk}/"), _("Saved."))


@needs(ADMINISTRATION, Level.EDIT)
def custom(request: HttpRequest) -> HttpResponse:
    """The custom tabs with a switch; there is no such page while there is no such tab."""
    tabs = arranging.custom_tabs()
    if not tabs:
        raise Http404
    versions = dict(CustomTab.objects.values_list("key", "version"))
    rows = [{"tab": tab, "version": versions.get(tab.key, 0)} for tab in tabs]
    return htmx.render(request, "card/custom_tabs.html", {"rows": rows})


@needs(ADMINISTRATION, Level.EDIT)
@require_POST
def custom_switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switch one on or off."""
    if key not in {tab.key for tab in arranging.custom_tabs()}:
        raise Http404
    active = request.POST.get("active") == "1"
    try:
        arranging.custom_tab_switch(
            actor=actor_of(request), key=key, version=posted_version(request), active=active
        )
    except StaleVersion as error:
        raise Refused(
            _("Somebody else saved this meanwhile; reload the page."), code="stale_version"
        ) from error
    return htmx.toast(htmx.redirect(request, "/settings/custom-tabs/"), _("Saved."))


app_name = "tab_order"
urlpatterns = [
    path("tab-order/<int:role_id>/", role_order, name="role_order"),
    path("custom-tabs/", custom, name="custom"),
    path("custom-tabs/<slug:key>/", custom_switch, name="custom_switch"),
]

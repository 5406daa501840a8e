"""Pages of the territories: the tree with figures, one territory, the report, and the dialogs."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import add_problems, record_dialog
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, NotFound

from . import jobs, moving, selectors, services
from .forms import AssignForm, MoveForm, RuleForm, StaffForm, TerritoryForm
from .models import TerritoryRule, TerritoryStaff
from .permissions import TERRITORIES
from .report import report

HOME = "/territories/"
SHOWN = 50


@needs(TERRITORIES)
def overview(request: HttpRequest) -> HttpResponse:
    """The tree: who sells where, where it lies, and what is in it."""
    actor = actor_of(request)
    regions = selectors.tree()
    figures, sellers = selectors.figures(actor, regions), selectors.sellers_on(timezone.localdate(), regions)
    rules = selectors.rules_by_territory()
    rows = [
        {
            "territory": territory, "depth": depth, "figures": figures[territory.pk],
            "seller": sellers.get(territory.pk),
            "rules": rules.get(territory.pk, [])[:4], "more_rules": max(0, len(rules.get(territory.pk, [])) - 4),
        }
        for territory, depth in regions.rows()
    ]  # fmt: skip
    context = {
        "rows": rows, "may_edit": actor.may(TERRITORIES, Level.EDIT), "moves": selectors.latest_moves(actor),
        "may_move": moving.may_move(actor),
    }  # fmt: skip
    return htmx.render(request, "territories/list.html", context)


@needs(TERRITORIES)
def territory(request: HttpRequest, territory_id: int) -> HttpResponse:
    """One territory: figures, where it lies, who sells there, and the first of its customers."""
    actor = actor_of(request)
    found = selectors.territory_by_id(territory_id)
    regions = selectors.tree()
    within, sellers = regions.within(territory_id), selectors.sellers_on(timezone.localdate(), regions)
    context = {
        "territory": found, "seller": sellers.get(territory_id), "sold": any(key in sellers for key in within),
        "figures": selectors.figures(actor, regions)[territory_id],
        "around": [regions.by_id[key] for key in reversed(regions.ancestors(territory_id))],
        "children": regions.children.get(territory_id, []), "rules": TerritoryRule.objects.filter(territory=found),
        "staff": TerritoryStaff.objects.filter(territory=found).select_related("salesperson", "deputy"),
        "today": timezone.localdate(), "customers": selectors.customers_of(actor, within)[:SHOWN], "shown": SHOWN,
        "own": selectors.customers_of(actor, [territory_id]).count(), "may_list": actor.may(CUSTOMERS),
        "may_edit": actor.may(TERRITORIES, Level.EDIT), "may_delete": services.may_delete(actor),
        "may_move": moving.may_move(actor),
    }  # fmt: skip
    return htmx.render(request, "territories/territory.html", context)


@needs(TERRITORIES)
def report_page(request: HttpRequest) -> HttpResponse:
    """Overlaps and gaps."""
    actor = actor_of(request)
    return htmx.render(request, "territories/report.html", {"report": report(actor)})


# -- records --------------------------------------------------------------------------------------------------------


@needs(TERRITORIES, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new territory; ``?parent=`` says where."""
    actor = actor_of(request)
    parent = request.GET.get("parent", "")
    return record_dialog(
        request, form=TerritoryForm, title=_("Territory"), message=_("Territory added."),
        initial={"parent": parent} if parent.isdecimal() else None,
        save=lambda values, version: services.territory_create(actor=actor, values=values),
        done=lambda saved: f"{HOME}{saved.pk}/",
    )  # fmt: skip


@needs(TERRITORIES, Level.EDIT)
def edit(request: HttpRequest, territory_id: int) -> HttpResponse:
    """Change a territory, or move it in the tree."""
    actor = actor_of(request)
    found = selectors.territory_by_id(territory_id)
    return record_dialog(
        request, form=TerritoryForm, title=str(found), record=found, message=_("Saved."),
        save=lambda values, version: services.territory_update(
            actor=actor, territory_id=territory_id, version=version, values=values
        ),
        done=lambda saved: f"{HOME}{saved.pk}/",
    )  # fmt: skip


@needs(TERRITORIES, Level.EDIT)
@require_POST
def delete(request: HttpRequest, territory_id: int) -> HttpResponse:
    """Delete a territory on which nothing hangs."""
    found = selectors.territory_by_id(territory_id)
    services.territory_delete(actor=actor_of(request), territory_id=territory_id)
    text = _("“%(name)s” deleted.") % {"name": found}
    return htmx.toast(htmx.redirect(request, HOME), text)


def _part_new(
    request: HttpRequest, territory_id: int, form: type[forms.Form], save: Any, title: str
) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.territory_by_id(territory_id)
    initial = {"country": "NL"} if form is RuleForm else {"since": timezone.localdate()}
    return record_dialog(
        request, form=form, title=f"{found}: {title}", message=_("Saved."), initial=initial,
        save=lambda values, version: save(actor=actor, territory_id=territory_id, values=values),
        done=lambda saved: f"{HOME}{territory_id}/",
    )  # fmt: skip


@needs(TERRITORIES, Level.EDIT)
def rule_new(request: HttpRequest, territory_id: int) -> HttpResponse:
    """A country or a stretch of postcodes."""
    return _part_new(request, territory_id, RuleForm, services.rule_create, _("where it lies"))


@needs(TERRITORIES, Level.EDIT)
def staff_new(request: HttpRequest, territory_id: int) -> HttpResponse:
    """Who sells there."""
    return _part_new(request, territory_id, StaffForm, services.staff_create, _("who sells there"))


@needs(TERRITORIES, Level.EDIT)
def rule_edit(request: HttpRequest, key: int) -> HttpResponse:
    """Change a rule."""
    actor = actor_of(request)
    rule = _part("rules", key)
    return record_dialog(
        request, form=RuleForm, title=str(rule), record=rule, message=_("Saved."),
        save=lambda values, version: services.rule_update(actor=actor, rule_id=key, version=version, values=values),
        done=lambda saved: f"{HOME}{rule.territory_id}/",
    )  # fmt: skip


@needs(TERRITORIES, Level.EDIT)
def staff_edit(request: HttpRequest, key: int) -> HttpResponse:
    """Change who sells there."""
    actor = actor_of(request)
    staff = _part("staff", key)
    form = partial(StaffForm, held=(staff.salesperson_id, staff.deputy_id))
    return record_dialog(
        request, form=form, title=str(staff), record=staff, message=_("Saved."),
        save=lambda values, version: services.staff_update(actor=actor, staff_id=key, version=version, values=values),
        done=lambda saved: f"{HOME}{staff.territory_id}/",
    )  # fmt: skip


def _part(part: str, key: int) -> Any:
    if part not in services.PARTS:
        raise Http404
    record = services.PARTS[part].objects.filter(pk=key).first()
    if record is None:
        raise NotFound(_("This does not exist any more."))
    return record


@needs(TERRITORIES, Level.EDIT)
@require_POST
def part_delete(request: HttpRequest, part: str, key: int) -> HttpResponse:
    """Delete a rule or a salesperson's time."""
    record = _part(part, key)
    territory_id = services.part_delete(actor=actor_of(request), part=part, key=key)
    text = _("“%(name)s” deleted.") % {"name": record}
    return htmx.toast(htmx.redirect(request, f"{HOME}{territory_id}/"), text)


# -- moving customers -----------------------------------------------------------------------------------------------


def _move_dialog(request: HttpRequest, form: forms.Form, title: str, wanted: Any, back: str) -> HttpResponse:
    """Ask what, show what it would do, do it: three answers of one address."""
    context: dict[str, Any] = {"dialog_title": title, "form": form, "form_url": request.get_full_path()}
    if request.method != "POST":
        return htmx.render(request, "territories/move.html", context)
    actor = actor_of(request)
    if form.is_valid():
        move: moving.Move = wanted(form.cleaned_data)
        try:
            found = moving.preview(actor, move)
        except InvalidInput as error:
            add_problems(form, error)
        else:
            if "confirmed" not in request.POST or not found.total:
                return htmx.render(request, "territories/move.html", context | {"preview": found})
            return _do(request, move, found.total, back)
    return htmx.render(request, "territories/move.html", context, status=422)


def _do(request: HttpRequest, move: moving.Move, total: int, back: str) -> HttpResponse:
    actor = actor_of(request)
    if total > jobs.AT_ONCE:
        job = jobs.enqueue_assign(actor=actor, move=move, total=total)
        return htmx.redirect(request, f"/jobs/{job.pk}/")
    _action, moved = moving.assign(actor=actor, move=move)
    text = ngettext("%(count)d customer moved.", "%(count)d customers moved.", moved) % {"count": moved}
    return htmx.toast(htmx.redirect(request, back), text)


@needs(TERRITORIES, Level.EDIT)
def move(request: HttpRequest, territory_id: int) -> HttpResponse:
    """Move customers of this territory to another, after a preview."""
    found = selectors.territory_by_id(territory_id)
    form = MoveForm(request.POST) if request.method == "POST" else MoveForm()

    def wanted(values: dict[str, Any]) -> moving.Move:
        return moving.Move(
            source=territory_id, target=values["target"].pk, country=values["country"], low=values["low"],
            high=values["high"], people=values["people"],
        )  # fmt: skip

    title = _("Move customers of %(territory)s") % {"territory": found}
    return _move_dialog(request, form, title, wanted, f"{HOME}{territory_id}/")


@needs(TERRITORIES, Level.EDIT)
def hand_over(request: HttpRequest, territory_id: int) -> HttpResponse:
    """Give the customers of this territory who sells there today; what that changes is shown first."""
    actor, found = actor_of(request), selectors.territory_by_id(territory_id)
    wanted = moving.Move(source=territory_id, hand_over=True)
    shown = moving.preview(actor, wanted)
    if request.method == "POST" and shown.total:
        return _do(request, wanted, shown.total, f"{HOME}{territory_id}/")
    context = {
        "dialog_title": _("Hand over customers of %(territory)s") % {"territory": found}, "form": forms.Form(),
        "form_url": request.get_full_path(), "preview": shown, "people": True,
    }  # fmt: skip
    return htmx.render(request, "territories/move.html", context)


@needs(TERRITORIES, Level.EDIT)
def assign(request: HttpRequest) -> HttpResponse:
    """Let the rules decide, after a preview; ``?imported=`` narrows to what one import brought."""
    form = AssignForm(request.POST) if request.method == "POST" else AssignForm()
    imported = request.GET.get("imported", "")

    def wanted(values: dict[str, Any]) -> moving.Move:
        return moving.Move(
            everybody=values["everybody"] == "1", people=values["people"],
            imported=int(imported[:18]) if imported.isdecimal() else None,
        )  # fmt: skip

    return _move_dialog(request, form, _("Assign by the rules"), wanted, HOME)

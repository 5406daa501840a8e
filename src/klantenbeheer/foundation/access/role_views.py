"""Roles, among the settings: one grid of rights per role, all roles beside each other, and looking as one of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import posted_version, record_dialog
from klantenbeheer.foundation.ui.forms import StyledFormMixin
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from . import explaining, role_services, seeing, services
from .changes import history_of, level_word
from .guard import actor_of, ends_seeing, needs
from .models import REACHES, Role, User
from .rights import Right, existing_rights

RIGHT = services.RIGHT
HOME = "/settings/roles/"


class RoleForm(StyledFormMixin, forms.Form):
    """A role that exists."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    reach = forms.TypedChoiceField(
        label=gettext_lazy("Which customers"), choices=REACHES, coerce=int,
        help_text=gettext_lazy("Who has several roles reaches the customers of the widest."),
    )  # fmt: skip


class NewRoleForm(RoleForm):
    """A new role."""

    like = forms.ChoiceField(
        label=gettext_lazy("Rights as those of"), required=False,
        choices=lambda: [
            ("", _("none yet")),
            *Role.objects.filter(is_manager=False).order_by("name").values_list("key", "name"),
        ],
    )  # fmt: skip


@needs(RIGHT, Level.EDIT)
def role_list(request: HttpRequest) -> HttpResponse:
    """Every role with who has it, and all of them beside each other."""
    roles = explaining.roles_with_users()
    rows = [
        {
            "role": role, "reach": explaining.reach_word(role),
            "users": sorted((user for user in role.users.all() if user.is_active), key=str),
        }
        for role in roles
    ]  # fmt: skip
    context = {"rows": rows, "roles": roles, "groups": explaining.by_group(explaining.matrix(roles))}
    return htmx.render(request, "access/roles.html", context)


def _found(role_id: int) -> Role:
    found = Role.objects.filter(pk=role_id).first()
    if found is None:
        raise Http404
    return found


@needs(RIGHT, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new role, empty or with the rights of another."""
    actor = actor_of(request)
    return record_dialog(
        request, form=NewRoleForm, title=_("Role"), message=_("Role added."),
        save=lambda values, version: role_services.role_create(actor=actor, values=values),
        done=lambda saved: f"{HOME}{saved.pk}/",
    )  # fmt: skip


@needs(RIGHT, Level.EDIT)
def edit(request: HttpRequest, role_id: int) -> HttpResponse:
    """Rename a role, or let it reach other customers."""
    actor, found = actor_of(request), _found(role_id)
    return record_dialog(
        request, form=RoleForm, title=found.name, record=found, message=_("Saved."),
        save=lambda values, version: role_services.role_update(
            actor=actor, role_id=role_id, version=version, values=values
        ),
        done=lambda saved: f"{HOME}{role_id}/",
    )  # fmt: skip


def _typed(request: HttpRequest) -> dict[str, Level]:
    """Read the levels of the grid; raises ``InvalidInput`` for what is no level."""
    found = {}
    for right in existing_rights():
        text = request.POST.get(f"level.{right.key}")
        if text is None:
            continue
        if text not in ("0", "1", "2"):
            raise InvalidInput({right.key: [_("“%(value)s” is none of the choices.") % {"value": text[:20]}]})
        found[right.key] = Level(int(text))
    return found


def _rows(stored: dict[str, Level], typed: dict[str, Level], *, manager: bool, stale: bool) -> list[Any]:
    rows = []
    for right in existing_rights():
        now = Level.EDIT if manager else stored.get(right.key, Level.NONE)
        chosen = typed.get(right.key, now)
        rows.append(_Row(right, chosen, level_word(right, now) if stale and chosen != now else ""))
    return rows


class _Row:
    """One right in the grid; ``stored`` is what somebody else saved meanwhile."""

    def __init__(self, right: Right, chosen: Level, stored: str) -> None:
        self.right, self.stored = right, stored
        self.options = [
            {"value": int(level), "word": level_word(right, level), "chosen": level == chosen}
            if level in right.levels
            else None
            for level in Level
        ]


@needs(RIGHT, Level.EDIT)
def role(request: HttpRequest, role_id: int) -> HttpResponse:
    """The grid: every right, and what the role may do with it."""
    found = _found(role_id)
    version, typed, stale, problems = found.version, {}, False, []
    if request.method == "POST":
        version = posted_version(request)
        try:
            typed = _typed(request)
            role_services.levels_set(actor=actor_of(request), role_id=role_id, version=version, levels=typed)
        except StaleVersion as error:
            # Both stand in the grid; saved again, what is chosen there holds.
            found, stale = error.current, True
            version = found.version
        except InvalidInput as error:
            problems = [str(reason) for reasons in error.problems.values() for reason in reasons]
        else:
            return htmx.toast(htmx.redirect(request, f"{HOME}{role_id}/"), _("Saved."))
    stored = role_services.levels_of(found)
    rows = _rows(stored, typed, manager=found.is_manager, stale=stale)
    context = {
        "role": found, "version": version, "groups": explaining.by_group(rows), "stale": stale, "problems": problems,
        "reach": explaining.reach_word(found), "history": history_of(role=found),
        "users": User.objects.filter(roles=found, is_active=True).order_by("full_name"),
        "links": [
            {"label": link.label, "url": link.url % found.pk, "icon": link.icon} for link in explaining.ROLE_LINKS
        ],
        "change": found.last_action() if stale else None,
    }  # fmt: skip
    return htmx.render(
        request, "access/role.html", context, status=409 if stale else 422 if problems else 200
    )


@needs(RIGHT, Level.EDIT)
def delete(request: HttpRequest, role_id: int) -> HttpResponse:
    """Show who has the role; on POST delete it when nobody has who can sign in."""
    found = _found(role_id)
    if request.method != "POST":
        users = list(User.objects.filter(roles=found).order_by("-is_active", "full_name"))
        context = {
            "role": found, "active": [user for user in users if user.is_active],
            "closed": [user for user in users if not user.is_active],
            "form_url": "" if found.is_manager or any(user.is_active for user in users) else request.path,
        }  # fmt: skip
        return htmx.render(request, "access/role_delete.html", context)
    action = role_services.role_delete(actor=actor_of(request), role_id=role_id)
    text = _("“%(name)s” deleted.") % {"name": found.name}
    return htmx.toast(htmx.redirect(request, HOME), text, f"{HOME}restore/{action.pk}/")


@needs(RIGHT, Level.EDIT)
@require_POST
def restore(request: HttpRequest, action_id: int) -> HttpResponse:
    """Put a deleted role back."""
    back = role_services.role_restore(actor=actor_of(request), action_id=action_id)
    return htmx.toast(
        htmx.redirect(request, f"{HOME}{back.pk}/"), _("“%(name)s” is back.") % {"name": back.name}
    )


@needs(RIGHT, Level.EDIT)
@require_POST
def see(request: HttpRequest, role_id: int) -> HttpResponse:
    """Look at the product as this role."""
    seeing.begin(request, actor_of(request), role_id)
    return htmx.redirect(request, "/")


@ends_seeing
@require_POST
def see_end(request: HttpRequest) -> HttpResponse:
    """Look as oneself again."""
    seeing.end(request)
    return htmx.redirect(request, HOME if request.user.seen_as else "/")  # type: ignore[union-attr]  # behind the gate


app_name = "roles"
urlpatterns = [
    path("", role_list, name="list"),
    path("new/", new, name="new"),
    path("see/end/", see_end, name="see_end"),
    path("restore/<int:action_id>/", restore, name="restore"),
    path("<int:role_id>/", role, name="role"),
    path("<int:role_id>/edit/", edit, name="edit"),
    path("<int:role_id>/delete/", delete, name="delete"),
    path("<int:role_id>/see/", see, name="see"),
]

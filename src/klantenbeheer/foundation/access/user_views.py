"""Users, among the settings: who they are, which roles they have, and what each may do and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.foundation.ui.forms import StyledFormMixin
from klantenbeheer.kernel.actors import Level

from . import explaining, services
from .changes import history_of
from .guard import actor_of, needs
from .models import Role, User

RIGHT = services.RIGHT
HOME = "/settings/users/"


def _role_choices() -> list[tuple[str, str]]:
    return list(Role.objects.order_by("-is_manager", "name").values_list("key", "name"))


class UserForm(StyledFormMixin, forms.Form):
    """A user that exists."""

    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=120)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=User.Language.choices)
    is_salesperson = forms.BooleanField(
        label=gettext_lazy("Salesperson"), required=False,
        help_text=gettext_lazy("Can be chosen as salesperson of customers and territories."),
    )  # fmt: skip
    role_keys = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=_role_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class NewUserForm(UserForm):
    """A new user, with how he signs in."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=60)
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("For the first time; the user changes it in his own menu."),
    )  # fmt: skip
    field_order = ("username", "full_name", "email", "password")


@needs(RIGHT, Level.EDIT)
def user_list(request: HttpRequest) -> HttpResponse:
    """Every user with his roles; who cannot sign in any more comes last."""
    users = list(User.objects.prefetch_related("roles").order_by("-is_active", "full_name", "username"))
    return htmx.render(request, "access/users.html", {"users": users})


def _found(user_id: int) -> User:
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise Http404
    return found


@needs(RIGHT, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new user."""
    actor = actor_of(request)

    def save(values: dict[str, Any], version: int) -> User:
        roles = values.pop("role_keys")
        return services.user_create(actor=actor, roles=roles, **values)

    return record_dialog(
        request, form=NewUserForm, title=_("User"), message=_("User added."), save=save,
        done=lambda saved: f"{HOME}{saved.pk}/", initial={"language": "nl"},
    )  # fmt: skip


@needs(RIGHT, Level.EDIT)
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """What this user may do and why."""
    found = _found(user_id)
    context = {
        "found": found, "roles": found.roles.order_by("name"), "history": history_of(user=found),
        "groups": explaining.by_group(explaining.reasons(found)), "reach": explaining.reach_reasons(found),
        "own": found.pk == actor_of(request).pk,
    }  # fmt: skip
    return htmx.render(request, "access/user.html", context)


@needs(RIGHT, Level.EDIT)
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change a user and his roles."""
    actor, found = actor_of(request), _found(user_id)

    def save(values: dict[str, Any], version: int) -> User:
        values["roles"] = values.pop("role_keys")
        return services.user_update(actor=actor, user_id=user_id, version=version, values=values)

    return record_dialog(
        request, form=UserForm, title=str(found), record=found, message=_("Saved."), save=save,
        done=lambda saved: f"{HOME}{user_id}/",
    )  # fmt: skip


def _activate(request: HttpRequest, user_id: int, *, active: bool) -> HttpResponse:
    found = services.user_activate(actor=actor_of(request), user_id=user_id, active=active)
    words = _("“%(name)s” can sign in again.") if active else _("“%(name)s” can no longer sign in.")
    back = f"{HOME}{user_id}/{'deactivate' if active else 'activate'}/"
    return htmx.toast(htmx.redirect(request, f"{HOME}{user_id}/"), words % {"name": found}, back)


@needs(RIGHT, Level.EDIT)
@require_POST
def activate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let him sign in again."""
    return _activate(request, user_id, active=True)


@needs(RIGHT, Level.EDIT)
@require_POST
def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let him sign in no longer."""
    return _activate(request, user_id, active=False)


app_name = "users"
urlpatterns = [
    path("", user_list, name="list"),
    path("new/", new, name="new"),
    path("<int:user_id>/", user, name="user"),
    path("<int:user_id>/edit/", edit, name="edit"),
    path("<int:user_id>/activate/", activate, name="activate"),
    path("<int:user_id>/deactivate/", deactivate, name="deactivate"),
]

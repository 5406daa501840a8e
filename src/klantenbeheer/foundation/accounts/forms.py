"""Signing in, the own account, and what a manager asks of accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.ui.forms import DateField, StyledFormMixin

from . import tokens
from .invitations import DAYS, MOST_DAYS
from .models import ApiToken


class SignInForm(AuthenticationForm):
    """Name and password; the message never tells which of the two was wrong."""

    error_messages = {
        "invalid_login": _("This name and password do not belong together."),
        "inactive": _("This name and password do not belong together."),
    }


def _password(label: Any, use: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": use})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, help_text=help_text)


_RULES = _(
    "At least 12 characters, not like your name, and not a well-known one. Some words in a row do well."
)


class _NewPasswordMixin(forms.Form):
    """Twice the same new password."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, second = values.get("new_password1"), values.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", _("This is not the same password."))
        return values


class ChangePasswordForm(StyledFormMixin, _NewPasswordMixin):
    """The old password and twice the new one."""

    old_password = _password(_("Password now"), "current-password")
    new_password1 = _password(_("New password"), "new-password", _RULES)
    new_password2 = _password(_("New password once more"), "new-password")


class NewPasswordForm(StyledFormMixin, _NewPasswordMixin):
    """Twice the new password, behind a link by mail."""

    new_password1 = _password(_("New password"), "new-password", _RULES)
    new_password2 = _password(_("New password once more"), "new-password")


class AcceptForm(StyledFormMixin, _NewPasswordMixin):
    """Who somebody is that was invited."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username"}),
        help_text=_("You sign in with it. Capitals make no difference."),
    )  # fmt: skip
    new_password1 = _password(_("Password"), "new-password", _RULES)
    new_password2 = _password(_("Password once more"), "new-password")


class ForgotForm(StyledFormMixin, forms.Form):
    """Where the link goes."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class CodeForm(StyledFormMixin, forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"), max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}),
        help_text=_("The six digits that your app shows now, or one of your recovery codes."),
    )  # fmt: skip


class AppForm(StyledFormMixin, forms.Form):
    """The first code of a new app."""

    secret = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code"), max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("The six digits that the app shows now."),
    )  # fmt: skip


class ConfirmForm(StyledFormMixin, forms.Form):
    """The own password once more."""

    password = _password(_("Password"), "current-password")


class TokenForm(StyledFormMixin, forms.Form):
    """A token for a program. What is wrong with a day the service says: it knows which are possible."""

    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The program that gets it, so that you know later what stops when you revoke it."),
    )  # fmt: skip
    scope = forms.ChoiceField(label=_("Scope"), choices=ApiToken.Scope.choices)
    until = DateField(label=_("Valid until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        day = self.fields["until"]
        day.initial = today + timedelta(days=tokens.DAYS)
        day.help_text = _("At most a year from now. After this day it works no longer.")
        day.widget.attrs |= {"min": today.isoformat(), "max": tokens.last_day().isoformat()}


def _zones() -> list[tuple[str, Any]]:
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("", _("As the company")), *((zone, zone) for zone in named)]


class ProfileForm(StyledFormMixin, forms.Form):
    """What a user sets about himself."""

    full_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=User.Theme.choices)
    density = forms.ChoiceField(label=_("Density"), choices=User.Density.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False)


def _roles() -> list[tuple[str, str]]:
    return [(role.key, role.name) for role in Role.objects.order_by("name", "pk")]


class InviteForm(StyledFormMixin, forms.Form):
    """Whom a manager invites."""

    email = forms.CharField(label=_("E-mail"), max_length=254)
    full_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=_roles, widget=forms.CheckboxSelectMultiple)
    is_salesperson = forms.BooleanField(label=_("Salesperson"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    days = forms.IntegerField(
        label=_("Days that the link works"), initial=DAYS, min_value=1, max_value=MOST_DAYS
    )

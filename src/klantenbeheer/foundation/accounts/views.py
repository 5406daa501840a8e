"""The own account: profile, password, second factor, sessions, sign-ins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import add_problems, record_dialog
from klantenbeheer.kernel.errors import InvalidInput, NotFound, Refused

from . import factor, log, passkeys, rules, sessions
from .crypt import Unreadable, seal, unseal
from .devices import device
from .forms import AppForm, ChangePasswordForm, ConfirmForm, ProfileForm
from .middleware import before_factor
from .models import SignIn
from .passwords import password_change
from .profile import profile_of, profile_save
from .sign_in_views import answer_of

HOME = "/account/"
SECURITY = "/account/security/"
SHOWN = 100
View = TypeVar("View", bound=Callable[..., HttpResponse])


def fresh(view: View) -> View:
    """Ask the password once more when it was given too long ago for what protects the account."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_fresh(request):
            return view(request, *args, **kwargs)
        return ask_password(request, request.path if request.method == "GET" else SECURITY)

    return asked  # type: ignore[return-value]  # the same view, asked first


def ask_password(request: HttpRequest, back: str) -> HttpResponse:
    """Send the browser to where the password is asked once more, and from there to ``back``."""
    return htmx.redirect(request, f"{reverse('accounts:confirm')}?{urlencode({'next': back})}")


# -- profile --------------------------------------------------------------------------------------------------------


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """What one set about oneself."""
    user = actor_of(request)
    facts = [
        (_("Name"), user.full_name), (_("User name"), user.username), (_("E-mail"), user.email),
        (_("Language"), user.get_language_display()), (_("Theme"), user.get_theme_display()),
        (_("Density"), user.get_density_display()), (_("Time zone"), user.time_zone or _("As the company")),
    ]  # fmt: skip
    return htmx.render(request, "accounts/profile.html", {"facts": facts, "here": "profile"})


@signed_in
def profile_edit(request: HttpRequest) -> HttpResponse:
    """Change it."""
    user = actor_of(request)
    return record_dialog(
        request, form=ProfileForm, title=_("My account"), record=profile_of(user), message=_("Saved."),
        save=lambda values, version: profile_save(actor=user, values=values, version=version),
        done=lambda saved: HOME,
    )  # fmt: skip


@signed_in
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep the theme that one chose in the menu."""
    profile_save(actor=actor_of(request), values={"theme": request.POST.get("theme", "")})
    return HttpResponse(status=204)


@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password."""
    user = actor_of(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            password_change(
                actor=user, old=values["old_password"], new=values["new_password1"],
                session=sessions.handle_of(request),
            )  # fmt: skip
        except InvalidInput as error:
            add_problems(form, error)
        else:
            update_session_auth_hash(request, user)
            log.note(request, user, SignIn.Kind.PASSWORD)
            words = _("Password changed. Your other sessions were signed out.")
            return htmx.toast(htmx.redirect(request, HOME), words)
    context = {"form": form, "here": "password"}
    return htmx.render(request, "accounts/password.html", context, status=422 if form.is_bound else 200)


@before_factor
@signed_in
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask the password once more; wrong ones count as at signing in."""
    user = actor_of(request)
    to = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = SECURITY
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["password"]
        if authenticate(request, username=user.username, password=given) is not None:
            sessions.confirm(request)
            return htmx.redirect(request, to)
        log.note(request, user, SignIn.Kind.FAILED)
        form.add_error("password", _("This is not your password."))
    context = {"form": form, "here": "security"}
    return htmx.render(request, "accounts/confirm.html", context, status=422 if form.is_bound else 200)


# -- second factor --------------------------------------------------------------------------------------------------


def _shown(request: HttpRequest) -> None:
    """The factor that was set up just now was shown in this session; sessions without it end."""
    user = actor_of(request)
    request.session[sessions.FACTOR] = True
    sessions.end(user, but=sessions.handle_of(request))
    log.note(request, user, SignIn.Kind.FACTOR_SET)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return htmx.render(request, "accounts/codes.html", {"codes": codes, "here": "security"})


def _security(request: HttpRequest, problem: str = "") -> HttpResponse:
    user = actor_of(request)
    context = {
        "state": factor.state_of(user), "required": rules.requires_factor(user), "here": "security",
        "passkeys_possible": passkeys.possible(request), "problem": problem, "fresh": sessions.is_fresh(request),
    }  # fmt: skip
    return htmx.render(request, "accounts/security.html", context, status=422 if problem else 200)


@before_factor
@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """What protects the account."""
    return _security(request)


_APP = "app:{}:"


@before_factor
@signed_in
@fresh
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: the code to read, and its first answer."""
    user = actor_of(request)
    purpose = _APP.format(user.pk)
    form = AppForm(request.POST if request.method == "POST" else None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            opened = unseal(form.cleaned_data["secret"])
        except (Unreadable, UnicodeError):
            opened = ""
        if opened.startswith(purpose):
            secret = opened.removeprefix(purpose)
            try:
                codes = factor.app_set(user=user, secret=secret, typed=form.cleaned_data["code"])
            except InvalidInput as error:
                add_problems(form, error)
            else:
                _shown(request)
                if codes:
                    return _codes(request, codes)
                return htmx.toast(htmx.redirect(request, SECURITY), _("The app is set up."))
        else:
            form.add_error(None, _("The form is not complete; reload the page."))
    secret = secret or factor.new_secret()
    if not form.is_bound:
        # Sealed in the form: reading a page writes nothing, also not in the session.
        form = AppForm(initial={"secret": seal(purpose + secret)})
    context = {
        "form": form, "picture": factor.picture(factor.address_for(user, secret)), "here": "security",
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }  # fmt: skip
    return htmx.render(request, "accounts/app.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
@fresh
def app_remove(request: HttpRequest) -> HttpResponse:
    """Switch the app off."""
    user = actor_of(request)
    factor.app_remove(user=user)
    log.note(request, user, SignIn.Kind.FACTOR_SET)
    return htmx.toast(htmx.redirect(request, SECURITY), _("The app is removed."))


@signed_in
@require_POST
@fresh
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, shown this once."""
    user = actor_of(request)
    codes = factor.recovery_codes_new(user=user)
    log.note(request, user, SignIn.Kind.FACTOR_SET)
    return _codes(request, codes)


@before_factor
@signed_in
@require_POST
@fresh
def passkey_ask(request: HttpRequest) -> HttpResponse:
    """Give what the browser needs to make a passkey."""
    return JsonResponse(passkeys.ask_new(request, actor_of(request)))


@before_factor
@signed_in
@require_POST
@fresh
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Store the passkey that the browser made."""
    user = actor_of(request)
    try:
        codes = passkeys.add(request, user, request.POST.get("name", ""), answer_of(request))
    except InvalidInput as error:
        return _security(request, str(error.problems["name"][0]))
    except Refused as error:
        return _security(request, str(error))
    _shown(request)
    if codes:
        return _codes(request, codes)
    return htmx.toast(htmx.redirect(request, SECURITY), _("The passkey is added."))


@signed_in
@require_POST
@fresh
def passkey_remove(request: HttpRequest, key: int) -> HttpResponse:
    """Remove a passkey."""
    user = actor_of(request)
    name = factor.passkey_remove(user=user, passkey_id=key)
    log.note(request, user, SignIn.Kind.FACTOR_SET)
    return htmx.toast(htmx.redirect(request, SECURITY), _("“%(name)s” removed.") % {"name": name})


# -- sessions and sign-ins ------------------------------------------------------------------------------------------


@signed_in
def session_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    own = sessions.handle_of(request)
    rows = [(one, device(one.agent), one.handle == own) for one in sessions.of(actor_of(request))[:SHOWN]]
    return htmx.render(request, "accounts/sessions.html", {"rows": rows, "here": "sessions"})


@signed_in
@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one of the own sessions, or all but this one."""
    user, only = actor_of(request), request.POST.get("session", "")
    if only == sessions.handle_of(request):
        raise Refused(_("This is the session you are in: sign out instead."), code="own")
    count = sessions.end(user, only=only, but=sessions.handle_of(request))
    if only and not count:
        raise NotFound(_("This session has ended already."))
    if count:
        log.note(request, user, SignIn.Kind.ENDED)
    words = ngettext("%(count)d session ended.", "%(count)d sessions ended.", count) % {"count": count}
    return htmx.toast(htmx.redirect(request, "/account/sessions/"), words)


@signed_in
def sign_ins(request: HttpRequest) -> HttpResponse:
    """The own lines of the log."""
    rows = [(line, device(line.agent)) for line in log.own(actor_of(request))[:SHOWN]]
    return htmx.render(request, "accounts/sign_ins.html", {"rows": rows, "here": "sign_ins"})

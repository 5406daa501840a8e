"""Signing in and out; forgotten passwords; accepting an invitation. All for who is not signed in."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.backend import attempted_name
from klantenbeheer.foundation.access.guard import public
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import add_problems
from klantenbeheer.kernel.errors import InvalidInput, NotFound, Refused

from . import factor, invitations, log, mail, passkeys, resets, signing
from .forms import AcceptForm, CodeForm, ForgotForm, NewPasswordForm, SignInForm
from .middleware import before_factor
from .models import SignIn

_ANSWER = 64 * 1024


class _SignIn(auth_views.LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            mail=mail.is_set_up(), passkeys=passkeys.possible(self.request), **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        user, to = form.get_user(), self.get_success_url()
        if factor.is_active(user):
            signing.hold(self.request, user, to)
            return HttpResponseRedirect(reverse("accounts:second"))
        signing.enter(self.request, user, SignIn.Kind.SUCCESS, factor=False)
        return HttpResponseRedirect(to)

    def form_invalid(self, form: Any) -> HttpResponse:
        if self.request.POST.get("username") and self.request.POST.get("password"):
            locked = getattr(self.request, "axes_locked_out", False)
            user = User.objects.filter(username=attempted_name(self.request)).first()
            log.note(self.request, user, SignIn.Kind.LOCKED if locked else SignIn.Kind.FAILED)
        return super().form_invalid(form)


sign_in = public(_SignIn.as_view())
sign_out = before_factor(public(auth_views.LogoutView.as_view()))


# -- the second step ------------------------------------------------------------------------------------------------


def _locked(request: HttpRequest) -> HttpResponse:
    return htmx.render(request, "accounts/locked.html", status=429)


@public
def second(request: HttpRequest) -> HttpResponse:
    """Ask the second factor of who gave his password."""
    held = signing.held(request)
    if held is None:
        return redirect("accounts:sign_in")
    user, to = held
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = factor.attempt(user, form.cleaned_data["code"])
            if outcome in (factor.Outcome.APP, factor.Outcome.RECOVERY):
                app = outcome is factor.Outcome.APP
                signing.enter(request, user, SignIn.Kind.FACTOR if app else SignIn.Kind.RECOVERY, factor=True)
                return HttpResponseRedirect(to)
            locked = outcome is factor.Outcome.LOCKED
            log.note(request, user, SignIn.Kind.FACTOR_LOCKED if locked else SignIn.Kind.FACTOR_FAILED)
            if locked or factor.is_locked(user):
                return _locked(request)
            form.add_error("code", _("This code is not right, or was used already. Wait for the next one."))
    state = factor.state_of(user)
    context = {"form": form, "state": state, "passkeys": state.passkeys and passkeys.possible(request)}
    return htmx.render(request, "accounts/second.html", context, status=status)


@public
@require_POST
def passkey_ask(request: HttpRequest) -> HttpResponse:
    """Give what the browser needs to show a passkey."""
    held = signing.held(request)
    if held and factor.is_locked(held[0]):
        return JsonResponse({}, status=429)
    return JsonResponse(passkeys.ask_known(request, held[0] if held else None))


@public
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey: as the second step, or instead of name and password."""
    held = signing.held(request)
    if held and factor.is_locked(held[0]):
        return _locked(request)
    try:
        user = passkeys.check(request, held[0] if held else None, answer_of(request))
    except Refused as error:
        log.note(request, held[0] if held else None, SignIn.Kind.FACTOR_FAILED)
        if held:
            factor.attempt_failed(held[0])
        return htmx.render(
            request, "accounts/passkey_refused.html", {"error": error, "held": held}, status=422
        )
    factor.attempt_right(user)
    to = held[1] if held else _safe(request, request.POST.get("next", ""))
    signing.enter(request, user, SignIn.Kind.PASSKEY, factor=True)
    return HttpResponseRedirect(to)


def _safe(request: HttpRequest, to: str) -> str:
    own = url_has_allowed_host_and_scheme(
        to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return to if own else resolve_url("/")


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """Give what the browser said of a passkey. Raises ``Refused`` for what is no such answer."""
    try:
        found = json.loads(request.POST.get("answer", "")[:_ANSWER])
    except (ValueError, RecursionError) as error:
        raise passkeys.refusal() from error
    if not isinstance(found, dict):
        raise passkeys.refusal()
    return found


# -- by mail --------------------------------------------------------------------------------------------------------


def base_url(request: HttpRequest) -> str:
    """Give the address of this installation as the browser has it; hosts that are not ours never come this far."""
    return f"{request.scheme}://{request.get_host()}"


@public
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password."""
    form = ForgotForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "mail": mail.is_set_up()}
    if request.method == "POST" and form.is_valid():
        try:
            resets.ask(email=form.cleaned_data["email"], request=request, base_url=base_url(request))
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return htmx.render(request, "accounts/forgot.html", context | {"sent": True})
    return htmx.render(request, "accounts/forgot.html", context, status=422 if form.is_bound else 200)


@public
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password behind the link."""
    try:
        found = resets.find(token)
    except NotFound as error:
        return htmx.render(request, "accounts/no_link.html", {"error": error}, status=404)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            resets.choose(token=token, password=form.cleaned_data["new_password1"], request=request)
        except InvalidInput as error:
            add_problems(form, error)
        else:
            return htmx.render(request, "accounts/reset_done.html")
    context = {"form": form, "person": found.user}
    return htmx.render(request, "accounts/reset.html", context, status=422 if form.is_bound else 200)


@public
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Make the account that one was invited for."""
    try:
        invitation = invitations.find(token)
    except NotFound as error:
        return htmx.render(request, "accounts/no_link.html", {"error": error}, status=404)
    form = AcceptForm(
        request.POST if request.method == "POST" else None, initial={"full_name": invitation.full_name}
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            invitations.accept(
                token=token, username=values["username"], full_name=values["full_name"],
                password=values["new_password1"],
            )  # fmt: skip
        except InvalidInput as error:
            # The service calls it the password, the form twice the new one.
            problems = {
                ("new_password1" if key == "password" else key): why for key, why in error.problems.items()
            }
            add_problems(form, InvalidInput(problems))
        else:
            response = redirect("accounts:sign_in")
            return htmx.toast(
                response, _("Your account is there. Sign in with the name and password that you chose.")
            )
    context = {"form": form, "invitation": invitation}
    return htmx.render(request, "accounts/accept.html", context, status=422 if form.is_bound else 200)

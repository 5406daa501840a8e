"""The pages of API tokens: one's own, and those of a colleague as the application manager ends them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from klantenbeheer.foundation.access.guard import actor_of, needs, signed_in
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import add_problems
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, Refused

from . import log, sessions, tokens
from .forms import TokenForm
from .models import ApiToken, SignIn
from .views import SHOWN, ask_password

HOME = "/account/tokens/"


@signed_in
def token_list(request: HttpRequest) -> HttpResponse:
    """The own tokens: what they are for and until when, never their text."""
    context = {"tokens": tokens.tokens_of(actor_of(request))[:SHOWN], "here": "tokens"}
    return htmx.render(request, "accounts/tokens.html", context)


@signed_in
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token; the answer shows its text, this once."""
    if not sessions.is_fresh(request):
        return ask_password(request, request.path)
    user = actor_of(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = tokens.token_create(actor=user, **form.cleaned_data)
        except InvalidInput as error:
            add_problems(form, error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            log.note(request, user, SignIn.Kind.TOKEN)
            context = {"token": token, "text": text, "here": "tokens"}
            return htmx.render(request, "accounts/token_made.html", context)
    context = {"form": form, "here": "tokens"}
    return htmx.render(request, "accounts/token_new.html", context, status=422 if form.is_bound else 200)


def _ask(request: HttpRequest, owner: User, key: int) -> HttpResponse:
    """Show what would end: a token does not come back, so this asks first."""
    token = get_object_or_404(ApiToken, pk=key, user=owner, revoked_at=None)
    return htmx.render(
        request, "accounts/token_revoke.html", {"token": token, "owner": owner, "form_url": request.path}
    )


def _revoked(request: HttpRequest, token: ApiToken, to: str) -> HttpResponse:
    words = _("“%(name)s” is revoked.") % {"name": token.name}
    return htmx.toast(htmx.redirect(request, to), words)


@signed_in
@require_http_methods(["GET", "POST"])
def token_revoke(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then end one of the own tokens. No password: what leaked must be ended at once."""
    user = actor_of(request)
    if request.method != "POST":
        return _ask(request, user, key)
    token = tokens.token_revoke(actor=user, token_id=key)
    log.note(request, user, SignIn.Kind.TOKEN_REVOKED)
    return _revoked(request, token, HOME)


@needs("administration", Level.EDIT)
@require_http_methods(["GET", "POST"])
def account_token_revoke(request: HttpRequest, user_id: int, key: int) -> HttpResponse:
    """Ask, then end a token of a colleague."""
    owner = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return _ask(request, owner, key)
    token = tokens.token_revoke_of(actor=actor_of(request), user=owner, token_id=key)
    return _revoked(request, token, f"/settings/accounts/{user_id}/")

"""Accounts as the manager sees them: second factors, sessions, the log, invitations, and the demo's outbox."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound

from . import factor, invitations, log, mail, rules, sessions, tokens
from .devices import device
from .forms import InviteForm
from .models import AccountSession, Invitation, OutgoingMail, Passkey, SecondFactor, SignIn
from .offers import offers_for
from .sign_in_views import base_url

RIGHT = "administration"
HOME = "/settings/accounts/"
INVITATIONS = "/settings/invitations/"
SHOWN, PAGE = 50, 100


def _accounts() -> list[dict[str, Any]]:
    """Give every account with what protects it. The same few queries however many there are."""
    required = rules.REQUIRED.get()
    apps = set(SecondFactor.objects.exclude(totp_secret="").values_list("user_id", flat=True))
    keys = dict(Passkey.objects.values_list("user").annotate(count=Count("pk")).values_list("user", "count"))
    open_ones = AccountSession.objects.filter(expire_date__gt=timezone.now(), user__isnull=False)
    counts = dict(open_ones.values_list("user").annotate(count=Count("pk")).values_list("user", "count"))
    users = User.objects.prefetch_related("roles").order_by("-is_active", "full_name", "pk")
    return [
        {
            "user": user, "app": user.pk in apps, "passkeys": keys.get(user.pk, 0), "sessions": counts.get(user.pk, 0),
            "missing": user.pk in required and user.pk not in apps and user.pk not in keys,
        }
        for user in users
    ]  # fmt: skip


@needs(RIGHT, Level.EDIT)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, and which roles ask for a second factor."""
    rows = _accounts()
    context = {"rows": rows, "rules": rules.rule_rows()}
    return htmx.render(request, "accounts/manage.html", context)


@needs(RIGHT, Level.EDIT)
@require_POST
def rules_save(request: HttpRequest) -> HttpResponse:
    """Say which roles ask for a second factor."""
    rules.rules_set(actor=actor_of(request), required=set(request.POST.getlist("roles")))
    return htmx.toast(htmx.redirect(request, HOME), _("Saved."))


@needs(RIGHT, Level.EDIT)
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account: where it is signed in, its second factor, its tokens, its lines of the log."""
    user = get_object_or_404(User.objects.prefetch_related("roles"), pk=user_id)
    actor = actor_of(request)
    context = {
        "account": user, "state": factor.state_of(user), "own": user.pk == actor.pk,
        "sessions": [(one, device(one.agent)) for one in sessions.of(user)[:SHOWN]],
        "tokens": tokens.tokens_of(user)[:SHOWN],
        "lines": [(line, device(line.agent)) for line in log.own(user)[:SHOWN]],
        "required": rules.requires_factor(user), "offers": offers_for(actor, user),
    }  # fmt: skip
    return htmx.render(request, "accounts/manage_one.html", context)


def sessions_end(*, actor: Actor, user: User, only: str = "", but: str = "") -> int:
    """End the sessions of a user, or one of them. Raises ``NotAllowed``, ``NotFound`` for one that ended already."""
    if not actor.may(RIGHT, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=RIGHT)
    with acting(actor, "account.sessions.end", reason=str(user)):
        count = sessions.end(user, only=only, but=but)
        if only and not count:
            raise NotFound(_("This session has ended already."))
        if count:
            SignIn.objects.create(user=user, kind=SignIn.Kind.ENDED)
    return count


@needs(RIGHT, Level.EDIT)
@require_POST
def account_sessions(request: HttpRequest, user_id: int) -> HttpResponse:
    """End one session of a user, or all; never the one that the manager is in."""
    user = get_object_or_404(User, pk=user_id)
    count = sessions_end(
        actor=actor_of(request), user=user, only=request.POST.get("session", ""), but=sessions.handle_of(request)
    )  # fmt: skip
    words = ngettext("%(count)d session ended.", "%(count)d sessions ended.", count) % {"count": count}
    return htmx.toast(htmx.redirect(request, f"{HOME}{user_id}/"), words)


@needs(RIGHT, Level.EDIT)
@require_POST
def account_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take a second factor away that somebody lost."""
    user = get_object_or_404(User, pk=user_id)
    factor.factor_reset(actor=actor_of(request), user=user)
    SignIn.objects.create(user=user, kind=SignIn.Kind.FACTOR_SET)
    return htmx.toast(
        htmx.redirect(request, f"{HOME}{user_id}/"), _("The second factor is gone; the sessions ended.")
    )


@needs(RIGHT, Level.EDIT)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """The log of everybody, narrowed to a person or a kind."""
    lines = log.everybody(actor_of(request))
    person, kind = request.GET.get("user", ""), request.GET.get("kind", "")
    if person.isdecimal() and len(person) < 10:
        lines = lines.filter(user_id=int(person))
    if kind in SignIn.Kind.values:
        lines = lines.filter(kind=kind)
    page = Paginator(lines, PAGE, allow_empty_first_page=True).get_page(request.GET.get("page", "1")[:6])
    context = {
        "rows": [(line, device(line.agent)) for line in page], "page": page, "kinds": SignIn.Kind.choices, "kind": kind,
        "people": User.objects.order_by("full_name", "pk"), "person": person,
    }  # fmt: skip
    return htmx.render(request, "accounts/manage_sign_ins.html", context)


# -- invitations ----------------------------------------------------------------------------------------------------


@needs(RIGHT, Level.EDIT)
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Who was invited, and what came of it."""
    names = dict(Role.objects.values_list("key", "name"))
    found = Invitation.objects.select_related("invited_by", "accepted_by").order_by("-pk")[:PAGE]
    rows = [(one, ", ".join(str(names.get(key, key)) for key in one.roles)) for one in found]
    context = {"rows": rows, "mail": mail.is_set_up(), "outbox": mail.is_outbox()}
    return htmx.render(request, "accounts/invitations.html", context)


@needs(RIGHT, Level.EDIT)
def invitation_new(request: HttpRequest) -> HttpResponse:
    """Invite somebody."""
    actor = actor_of(request)
    return record_dialog(
        request, form=InviteForm, title=_("Invite a colleague"),
        message=lambda saved: _("The invitation for %(email)s is on its way.") % {"email": saved.email},
        save=lambda values, version: invitations.invite(actor=actor, values=values, base_url=base_url(request)),
        done=lambda saved: INVITATIONS, initial={"language": actor.language},
    )  # fmt: skip


@needs(RIGHT, Level.EDIT)
@require_POST
def invitation_again(request: HttpRequest, key: int) -> HttpResponse:
    """Send a new link."""
    invitations.invitation_again(actor=actor_of(request), invitation_id=key, base_url=base_url(request))
    return htmx.toast(
        htmx.redirect(request, INVITATIONS), _("A new link is on its way; the former one ended.")
    )


@needs(RIGHT, Level.EDIT)
@require_POST
def invitation_withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """End an invitation."""
    invitations.invitation_withdraw(actor=actor_of(request), invitation_id=key)
    return htmx.toast(htmx.redirect(request, INVITATIONS), _("The invitation is withdrawn."))


@needs(RIGHT, Level.EDIT)
def outbox(request: HttpRequest) -> HttpResponse:
    """The mails that a demonstration keeps instead of sending them."""
    if not mail.is_outbox():
        raise Http404
    rows = [(one, mail.read(one)) for one in OutgoingMail.objects.order_by("-pk")[:SHOWN]]
    return htmx.render(request, "accounts/outbox.html", {"rows": rows})

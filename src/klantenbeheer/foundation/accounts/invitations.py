"""Inviting a colleague by mail: he chooses his own name and password behind a link that works once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.access.services import user_create
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor, Level, SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from klantenbeheer.kernel.text import clean

from . import mail
from .crypt import digest, new_token
from .models import Invitation

DAYS = 7
MOST_DAYS = 30
ACCEPTING = SystemActor("uitnodiging")


def _require(actor: Actor) -> None:
    if not actor.may("administration", Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right="administration")
    if not mail.is_set_up():
        raise Refused(_("No mail is set up, so nobody can be invited. See the handbook."), code="no_mail")


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    email = checks.check_email(clean(str(values.get("email") or "")))
    if not email.ok or not email.value:
        problems["email"] = [str(problem) for problem in email.problems] or [_("Give an e-mail address.")]
    elif Invitation.objects.filter(
        email__iexact=email.value, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).exists():
        problems["email"] = [_("There is an open invitation for this address already.")]
    elif User.objects.filter(email__iexact=email.value, is_active=True).exists():
        problems["email"] = [_("A colleague with this address has an account already.")]
    name = clean(str(values.get("full_name") or ""))
    if len(name) > 120:
        problems["full_name"] = [_("Give a name of at most 120 characters.")]
    roles: Sequence[str] = list(values.get("roles") or [])
    missing = set(roles) - set(Role.objects.filter(key__in=roles).values_list("key", flat=True))
    if missing:
        problems["roles"] = [_("There is no role “%(value)s”.") % {"value": ", ".join(sorted(missing))[:80]}]
    elif not roles:
        problems["roles"] = [_("Choose at least one role: without one there is nothing to see.")]
    language = str(values.get("language") or "nl")
    if language not in User.Language.values:
        problems["language"] = [_("“%(value)s” is none of the choices.") % {"value": language[:40]}]
    days = values.get("days", DAYS)
    if not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        problems["days"] = [_("Choose from 1 to 30 days.")]
    if problems:
        raise InvalidInput(problems)
    return {
        "email": email.value, "full_name": name, "roles": sorted(roles), "language": language,
        "is_salesperson": bool(values.get("is_salesperson")),
        "expires_at": timezone.now() + timedelta(days=int(days)),
    }  # fmt: skip


def invite(*, actor: Actor, values: Mapping[str, Any], base_url: str) -> Invitation:
    """Invite somebody; the mail with the link leaves when this is stored.

    Raises ``InvalidInput`` per field, ``NotAllowed``, ``Refused`` when no mail is set up.
    """
    _require(actor)
    with acting(actor, "invitation.create"):
        token, kept = new_token()
        invitation = Invitation(**_clean(values), digest=kept, invited_by_id=actor.user_id)
        write([invitation], new=True)
        _post(actor, invitation, token, base_url)
    return invitation


def _post(actor: Actor, invitation: Invitation, token: str, base_url: str) -> None:
    mail.post(
        actor=actor, to=invitation.email, template="accounts/mail/invitation.txt", language=invitation.language,
        context={"invitation": invitation, "inviter": actor.label, "link": f"{base_url}/invitation/{token}/"},
    )  # fmt: skip


def _locked(invitation_id: int) -> Invitation:
    found: Invitation | None = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if found is None:
        raise NotFound(_("This invitation does not exist."))
    return found


def invitation_again(*, actor: Actor, invitation_id: int, base_url: str) -> Invitation:
    """Send a new link, valid for a week; the former one ends. Raises ``NotAllowed``, ``NotFound``, ``Refused``."""
    _require(actor)
    with acting(actor, "invitation.again"):
        invitation = _locked(invitation_id)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise Refused(_("This invitation was accepted or withdrawn already."), code="ended")
        token, invitation.digest = new_token()
        invitation.expires_at = timezone.now() + timedelta(days=DAYS)
        invitation.version += 1
        write([invitation], new=False)
        _post(actor, invitation, token, base_url)
    return invitation


def invitation_withdraw(*, actor: Actor, invitation_id: int) -> Invitation:
    """End an invitation. Raises ``NotAllowed``, ``NotFound``, ``Refused``."""
    if not actor.may("administration", Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right="administration")
    with acting(actor, "invitation.withdraw"):
        invitation = _locked(invitation_id)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise Refused(_("This invitation was accepted or withdrawn already."), code="ended")
        _withdraw(invitation)
    return invitation


def _withdraw(invitation: Invitation) -> None:
    invitation.withdrawn_at = timezone.now()
    invitation.version += 1
    write([invitation], new=False)


def withdraw_all_of(user: User) -> int:
    """End the open invitations of somebody who leaves, inside the action at hand."""
    rows = Invitation.objects.select_for_update().filter(invited_by=user, accepted_at=None, withdrawn_at=None)
    for invitation in list(rows):
        _withdraw(invitation)
    return len(rows)


def find(token: str) -> Invitation:
    """Give the open invitation of a link. Raises ``NotFound`` for one that is wrong, used or over."""
    found: Invitation | None = Invitation.objects.filter(digest=digest(token)).first()
    if found is None or not found.is_open:
        raise NotFound(_("This link does not work (any more). Ask for a new one."))
    return found


def accept(*, token: str, username: str, full_name: str, password: str) -> User:
    """Make the account. Raises ``NotFound`` as :func:`find`, ``InvalidInput`` per field."""
    with acting(ACCEPTING, "invitation.accept"):
        invitation = _locked(find(token).pk)
        if not invitation.is_open:  # somebody was a moment earlier
            raise NotFound(_("This link does not work (any more). Ask for a new one."))
        name = clean(full_name)
        problems: dict[str, list[str]] = {}
        if not 1 <= len(name) <= 120:
            problems["full_name"] = [_("Give a name of at most 120 characters.")]
        if len(clean(username)) > 60:
            problems["username"] = [_("Give a user name of at most 60 characters.")]
        if problems:
            raise InvalidInput(problems)
        roles = Role.objects.filter(key__in=invitation.roles).values_list("key", flat=True)
        user = user_create(
            actor=ACCEPTING, username=clean(username), full_name=name, password=password, roles=list(roles),
            email=invitation.email, language=invitation.language, is_salesperson=invitation.is_salesperson,
        )  # fmt: skip
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.version += 1
        write([invitation], new=False)
    return user

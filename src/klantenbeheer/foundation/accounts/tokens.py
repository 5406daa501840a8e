"""Tokens that programs sign in with: made, shown to their owner and to the application manager, revoked, checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import Actor, Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from klantenbeheer.kernel.text import clean

from .crypt import digest, new_token
from .models import ApiToken, SignIn

# So that a leaked one is recognised for what it is.
PREFIX = "kb_"
RIGHT = "administration"
# Long enough to set something up, short enough that what is forgotten ends by itself.
DAYS, MOST_DAYS = 90, 366
MOST = 50
_USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TokenActor:
    """A user at work through a program: never more than he may himself, and only reading where the token says so."""

    user: User
    scope: str

    @property
    def label(self) -> str:
        return self.user.label

    @property
    def user_id(self) -> int:
        return self.user.pk

    @property
    def reach(self) -> Reach:
        return self.user.reach

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        """Say whether both the user and the token allow it."""
        if level > Level.VIEW and self.scope != ApiToken.Scope.WRITE:
            return False
        return self.user.may(right, level)


def tokens_of(user: User) -> QuerySet[Any]:
    """Give somebody's tokens: those that work first, then the newest."""
    works = When(revoked_at=None, expires_at__gt=timezone.now(), then=Value(0))
    return ApiToken.objects.filter(user=user).order_by(Case(works, default=Value(1)), "-pk")


def last_day() -> date:
    """Give the furthest day until which a token may work."""
    return timezone.localdate() + timedelta(days=MOST_DAYS)


def token_create(*, actor: User, name: str, scope: str, until: date) -> tuple[ApiToken, str]:
    """Make a token that works until the end of a day; gives it with its text, which is shown this once.

    Raises ``InvalidInput`` per field, ``Refused`` for too many.
    """
    problems: dict[str, list[str]] = {}
    name = clean(name)
    if not 1 <= len(name) <= 80:
        problems["name"] = [_("Give a name of at most 80 characters.")]
    if scope not in ApiToken.Scope.values:
        problems["scope"] = [_("“%(value)s” is none of the choices.") % {"value": scope[:40]}]
    if not timezone.localdate() <= until <= last_day():
        text = _("Choose a day from today up to %(last)s.")
        problems["until"] = [text % {"last": date_format(last_day(), "d-m-Y")}]
    if problems:
        raise InvalidInput(problems)
    with acting(actor, "api_token.create", reason=name):
        now = timezone.now()
        if ApiToken.objects.filter(user=actor, revoked_at=None, expires_at__gt=now).count() >= MOST:
            raise Refused(_("You have fifty tokens; revoke one first."), code="too_many")
        text, _kept = new_token()
        text = PREFIX + text
        # The whole day counts, as it is at the company.
        ends = timezone.make_aware(datetime.combine(until, time(23, 59, 59)))
        token = ApiToken(user=actor, name=name, scope=scope, digest=digest(text), expires_at=ends)
        write([token], new=True)
    return token, text


def token_revoke(*, actor: Actor, token_id: int) -> ApiToken:
    """End one's own token. Raises ``NotFound``, ``Refused`` when it has ended already."""
    with acting(actor, "api_token.revoke"):
        return _revoke_one(actor.user_id or 0, token_id)


def token_revoke_of(*, actor: Actor, user: User, token_id: int) -> ApiToken:
    """End a colleague's token. Raises ``NotAllowed``, and as :func:`token_revoke`."""
    if not actor.may(RIGHT, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=RIGHT)
    with acting(actor, "api_token.revoke", reason=str(user)):
        token = _revoke_one(user.pk, token_id)
        SignIn.objects.create(user=user, kind=SignIn.Kind.TOKEN_REVOKED)
    return token


def _revoke_one(owner: int, token_id: int) -> ApiToken:
    token: ApiToken | None = ApiToken.objects.select_for_update().filter(pk=token_id, user_id=owner).first()
    if token is None:
        raise NotFound(_("This token does not exist."))
    if token.revoked_at:
        raise Refused(_("This token was revoked already."), code="revoked")
    _revoke(token)
    return token


def _revoke(token: ApiToken) -> None:
    token.revoked_at = timezone.now()
    token.version += 1
    write([token], new=False)


def revoke_all_of(user: User) -> int:
    """End every token of a user, inside the action at hand; gives how many."""
    rows = list(ApiToken.objects.select_for_update().filter(user=user, revoked_at=None))
    for token in rows:
        _revoke(token)
    return len(rows)


def token_verify(text: str) -> TokenActor | None:
    """Give who works through this token, or nothing for one that is wrong, over, revoked, or of who left."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(digest=digest(text), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token is None:
        return None
    if token.used_at is None or now - token.used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update_unversioned(used_at=now)
    return TokenActor(token.user, token.scope)

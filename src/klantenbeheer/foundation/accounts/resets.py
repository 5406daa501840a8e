"""'Forgot password': a link by mail, and an answer that does not tell whether an address is known."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import NotFound, Refused

from . import log, mail, sessions
from .crypt import Unreadable, digest, new_token, seal, unseal
from .models import PasswordReset, ResetRequest, SignIn
from .passwords import check_password_rules

FORGOT = SystemActor("wachtwoord vergeten")
HANDLE = "accounts.reset"
VALID = timedelta(hours=1)
HOUR = timedelta(hours=1)
# An hour, for one address of mail and for one place: what comes after is not answered.
MOST_PER_MAIL, MOST_PER_PLACE = 3, 20


def _normal(email: str) -> str:
    return email.strip().casefold()[:254]


def ask(*, email: str, request: HttpRequest, base_url: str) -> None:
    """Take the wish. It costs and answers the same for every address: whose it is, a job finds out.

    Raises ``Refused`` when this place asked too often, whatever the addresses, and when no mail is set up.
    """
    if not mail.is_set_up():
        raise Refused(_("No mail is set up. Ask the application manager for a new password."), code="no_mail")
    place, since = sessions.address_of(request), timezone.now() - HOUR
    with transaction.atomic():
        if ResetRequest.objects.filter(address=place, at__gte=since).count() >= MOST_PER_PLACE:
            raise Refused(_("Too many requests from here. Try again in an hour."), code="too_many")
        wish = ResetRequest.objects.create(
            email=seal(_normal(email)), email_digest=digest(_normal(email)), address=place, base_url=base_url
        )
        job_enqueue(actor=FORGOT, kind=HANDLE, title=str(_("Forgot password")), params={"wish": wish.pk})


def handle(wish_id: int) -> int:
    """Mail a link to every active user with this address; gives how many. Done once, however often it is called."""
    with transaction.atomic():
        wish = ResetRequest.objects.select_for_update().filter(pk=wish_id, handled_at=None).first()
        if wish is None:
            return 0
        wish.handled_at = timezone.now()
        try:
            email = unseal(wish.email)
        except Unreadable:
            email = ""
        wish.email = ""
        wish.save(update_fields=["handled_at", "email"])
        earlier = ResetRequest.objects.filter(
            email_digest=wish.email_digest, at__gte=wish.at - HOUR, pk__lt=wish.pk
        )
        if not email or earlier.count() >= MOST_PER_MAIL:
            return 0
        users = list(User.objects.filter(email__iexact=email, is_active=True))
        for user in users:
            token, kept = new_token()
            PasswordReset.objects.create(user=user, digest=kept, expires_at=timezone.now() + VALID)
            mail.post(
                actor=FORGOT, to=user.email, template="accounts/mail/reset.txt", language=user.language,
                context={"person": user, "link": f"{wish.base_url}/reset/{token}/"},
            )  # fmt: skip
    return len(users)


def find(token: str) -> PasswordReset:
    """Give what a link is for. Raises ``NotFound`` for one that is wrong, used or over."""
    found = PasswordReset.objects.select_related("user").filter(digest=digest(token)).first()
    if found is None or found.used_at or found.expires_at <= timezone.now() or not found.user.is_active:
        raise NotFound(_("This link does not work (any more). Ask for a new one."))
    return found


def choose(*, token: str, password: str, request: HttpRequest | None = None) -> User:
    """Give the account a new password; every session and every other link ends. The second factor stays.

    Raises ``NotFound`` as :func:`find`, ``InvalidInput`` at ``new_password1``.
    """
    with transaction.atomic():
        PasswordReset.objects.select_for_update().filter(digest=digest(token)).first()
        reset = find(token)
        with acting(reset.user, "account.password.reset"):
            user = User.objects.select_for_update().get(pk=reset.user_id)
            check_password_rules(password, user, "new_password1")
            user.set_password(password)
            user.save(update_fields=["password"])
            now = timezone.now()
            PasswordReset.objects.filter(user=user, used_at=None).update(used_at=now)
            sessions.end(user)
            log.note(request, user, SignIn.Kind.RESET)
    return user


def prune() -> None:
    """Drop wishes and links of more than a week ago."""
    before = timezone.now() - timedelta(days=7)
    ResetRequest.objects.filter(at__lt=before).delete()
    PasswordReset.objects.filter(expires_at__lt=before).delete()

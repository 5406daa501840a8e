"""The second factor: codes of an authenticator app (TOTP, RFC 6238), recovery codes, and how often one may be wrong."""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import pyotp
import segno
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused

from . import rules, sessions
from .crypt import Unreadable, digest, seal, unseal
from .models import Passkey, RecoveryCode, SecondFactor

ISSUER = "Klantenbeheer"
STEP = 30  # seconds
# A telephone's clock may be so many steps off.
DRIFT = 1
ATTEMPTS = 5
LOCK = timedelta(minutes=15)
RECOVERY_CODES = 10
# Without what looks like something else: 16 of 32 signs are 80 random bits.
_SIGNS = "abcdefghjkmnpqrstuvwxyz023456789"


class Outcome(Enum):
    """What came of an attempt."""

    APP = "app"
    RECOVERY = "recovery"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class State:
    """What protects an account beside the password."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    recovery_codes: int

    @property
    def active(self) -> bool:
        """Whether signing in asks for anything more than the password."""
        return self.app_since is not None or bool(self.passkeys)


def state_of(user: User) -> State:
    """Give what protects an account. Three queries."""
    row = SecondFactor.objects.filter(user=user).exclude(totp_secret="").first()
    return State(
        row.totp_since if row else None,
        tuple(Passkey.objects.filter(user=user).order_by("pk")),
        RecoveryCode.objects.filter(user=user).count(),
    )


def is_active(user: User) -> bool:
    """Say whether signing in asks for a second factor."""
    return (
        SecondFactor.objects.filter(user=user).exclude(totp_secret="").exists()
        or Passkey.objects.filter(user=user).exists()
    )


# -- setting up an app ----------------------------------------------------------------------------------------------


def new_secret() -> str:
    """Give a secret for an app, in the signs that one can also type over (160 bits)."""
    return pyotp.random_base32(32)


def address_for(user: User, secret: str) -> str:
    """Give what the QR code says."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user.username, issuer_name=ISSUER)


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as one path of a square drawing with a margin."""

    side: int
    path: str


def picture(text: str) -> Picture:
    """Draw a QR code: a square per dark module."""
    margin = 4
    modules = segno.make(text, error="m", micro=False).matrix
    squares = [
        f"M{x + margin} {y + margin}h1v1h-1z"
        for y, row in enumerate(modules)
        for x, dark in enumerate(row)
        if dark
    ]
    return Picture(len(modules) + 2 * margin, "".join(squares))


def _step_of(secret: str, typed: str, after: int) -> int | None:
    """Give the time step whose code this is, later than ``after``, or nothing."""
    now = int(time.time()) // STEP
    maker = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        # All of them, whichever fits: how long it takes tells nothing.
        if hmac.compare_digest(maker.generate_otp(step), typed) and step > after:
            found = step
    return found


def _digits(typed: str) -> str:
    return "".join(typed.split())


def app_set(*, user: User, secret: str, typed: str) -> list[str]:
    """Switch the app on after a first right code; gives the recovery codes, which are shown this once.

    Gives none when there are some already (a passkey came first). Raises ``InvalidInput`` at ``code``.
    """
    with acting(user, "account.app"):
        row = _row(user)
        step = _step_of(secret, _digits(typed), 0)
        if step is None:
            raise InvalidInput(
                {"code": [_("This code is not right. Is the clock of your telephone? Type the next code.")]}
            )  # fmt: skip
        row.totp_secret, row.totp_since, row.last_step = seal(secret), timezone.now(), step
        row.failures, row.locked_until = 0, None
        row.save()
        return recovery_codes_first(user)


def app_remove(*, user: User) -> None:
    """Switch the app off. Raises ``Refused`` when it is the last second factor and a role asks for one."""
    with acting(user, "account.app.remove"):
        row = _row(user)
        if not row.totp_secret:
            raise NotFound(_("There is no app to remove."))
        if not Passkey.objects.filter(user=user).exists():
            _require_optional(user)
            RecoveryCode.objects.filter(user=user).delete()
        row.totp_secret, row.totp_since = "", None
        row.save()


def passkey_remove(*, user: User, passkey_id: int) -> str:
    """Remove a passkey; gives its name. Raises ``NotFound``, ``Refused`` as :func:`app_remove`."""
    with acting(user, "account.passkey.remove"):
        row = _row(user)
        found = Passkey.objects.filter(user=user, pk=passkey_id).first()
        if found is None:
            raise NotFound(_("This passkey does not exist any more."))
        if not row.totp_secret and Passkey.objects.filter(user=user).count() == 1:
            _require_optional(user)
            RecoveryCode.objects.filter(user=user).delete()
        found.delete()
    return found.name


def _require_optional(user: User) -> None:
    if rules.requires_factor(user):
        raise Refused(
            _("Your role asks for a second factor. Set up another one first, then remove this one."),
            code="required",
        )


def _row(user: User) -> SecondFactor:
    """Give the user's row for writing: attempts at the same moment wait for each other."""
    SecondFactor.objects.get_or_create(user=user)
    return SecondFactor.objects.select_for_update().get(user=user)


# -- recovery codes -------------------------------------------------------------------------------------------------


def recovery_codes_first(user: User) -> list[str]:
    """Make recovery codes unless there are some. Inside an action."""
    return [] if RecoveryCode.objects.filter(user=user).exists() else _make_codes(user)


def recovery_codes_new(*, user: User) -> list[str]:
    """Make new recovery codes; the former ones end. Raises ``Refused`` without a second factor."""
    with acting(user, "account.recovery_codes"):
        _row(user)
        if not is_active(user):
            raise Refused(_("Set up an app or a passkey first."), code="no_factor")
        return _make_codes(user)


def _make_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(_SIGNS) for _sign in range(16)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=digest(code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


# -- an attempt -----------------------------------------------------------------------------------------------------


def is_locked(user: User) -> bool:
    """Say whether this user was wrong too often just now."""
    return SecondFactor.objects.filter(user=user, locked_until__gt=timezone.now()).exists()


def attempt(user: User, typed: str) -> Outcome:
    """Try a code of the app or a recovery code. Five wrong ones in a row lock for a quarter of an hour.

    A failure is stored, so this never raises for one.
    """
    with transaction.atomic():
        row = _row(user)
        if row.locked_until and row.locked_until > timezone.now():
            return Outcome.LOCKED
        outcome = _try(row, user, typed)
        _count(row, right=outcome is not Outcome.WRONG)
    return outcome


def _try(row: SecondFactor, user: User, typed: str) -> Outcome:
    text = _digits(typed).casefold().replace("-", "")
    if len(text) == 6 and text.isdecimal() and text.isascii() and row.totp_secret:
        try:
            step = _step_of(unseal(row.totp_secret), text, row.last_step)
        except Unreadable:
            return Outcome.WRONG
        if step is not None:
            row.last_step = step
            return Outcome.APP
    elif len(text) == 16:
        gone, _each = RecoveryCode.objects.filter(user=user, digest=digest(text)).delete()
        if gone:
            return Outcome.RECOVERY
    return Outcome.WRONG


def _count(row: SecondFactor, *, right: bool) -> None:
    row.failures = 0 if right else row.failures + 1
    row.locked_until = None
    if row.failures >= ATTEMPTS:
        row.failures, row.locked_until = 0, timezone.now() + LOCK
    row.save()


def attempt_failed(user: User) -> None:
    """Count a passkey that was refused, as a wrong code counts."""
    with transaction.atomic():
        _count(_row(user), right=False)


def attempt_right(user: User) -> None:
    """Forget the wrong attempts after a right one."""
    with transaction.atomic():
        _count(_row(user), right=True)


# -- by the manager -------------------------------------------------------------------------------------------------


def factor_reset(*, actor: Actor, user: User) -> None:
    """Take a user's second factor away (a lost telephone) and end his sessions. Raises ``NotAllowed``, ``Refused``."""
    if not actor.may("administration", Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right="administration")
    if actor.user_id == user.pk:
        raise Refused(_("Your own second factor you change under “My account”."), code="own")
    with acting(actor, "account.factor.reset", reason=str(user)):
        SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        Passkey.objects.filter(user=user).delete()
        sessions.end(user)

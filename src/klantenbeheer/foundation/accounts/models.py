"""What is kept of accounts beside the user himself. Nothing in here can be read back into a password, code or token."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL, Erasure
from klantenbeheer.foundation.audit.models import Audited, history

DIGEST = 64  # characters of a SHA-256 in hexadecimals


class Profile(Audited):
    """What somebody set about himself, with its history.

    The columns of the same name on the user's row are what holds: that row is read at every request anyway. Both are
    written by ``profile.profile_save``.
    """

    audit_kind = "profile"
    audit_label = _("Own account")
    audit_erasure = Erasure(fields=("full_name", "email"))
    FIELDS = ("full_name", "email", "language", "theme", "density", "time_zone")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    full_name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2)
    theme = models.CharField(_("theme"), max_length=8)
    density = models.CharField(_("density"), max_length=12)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)

    history: ClassVar[Any] = history()


class RoleRule(Audited):
    """What signing in asks of who has a role."""

    audit_kind = "role_rule"
    audit_label = _("Signing in per role")
    audit_erasure = NOTHING_PERSONAL

    role = models.OneToOneField("access.Role", on_delete=models.CASCADE, related_name="+")
    second_factor = models.BooleanField(_("second factor required"), default=False)

    history: ClassVar[Any] = history()


class AccountSession(AbstractBaseSession):
    """A session, with whose it is and from where: so that it can be shown, and ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    # Names the session on a page; the key itself would let one take it over.
    handle = models.CharField(max_length=DIGEST, db_index=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from .sessions import SessionStore

        return SessionStore

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "accounts_session"


class SignIn(models.Model):
    """One line of the log of sign-ins. ``user`` is empty where the name is nobody's: what was typed is not kept."""

    class Kind(models.TextChoices):
        SUCCESS = "success", _("Signed in")
        FAILED = "failed", _("Wrong password")
        LOCKED = "locked", _("Locked after wrong passwords")
        FACTOR = "factor", _("Code accepted")
        PASSKEY = "passkey", _("Passkey accepted")
        RECOVERY = "recovery", _("Recovery code used")
        FACTOR_FAILED = "factor_failed", _("Second factor refused")
        FACTOR_LOCKED = "factor_locked", _("Locked after wrong codes")
        FACTOR_SET = "factor_set", _("Second factor changed")
        PASSWORD = "password", _("Password changed")
        RESET = "reset", _("Password chosen anew by mail")
        ENDED = "ended", _("Sessions ended")
        TOKEN = "token", _("API token made")
        TOKEN_REVOKED = "token_revoked", _("API token revoked")

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="accounts_signin_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id} {self.at:%Y-%m-%d %H:%M}"


# -- second factor --------------------------------------------------------------------------------------------------


class SecondFactor(models.Model):
    """The authenticator app of a user, and how often a second factor was wrong lately (whichever kind)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # Sealed (crypt.py); empty: no app.
    totp_secret = models.CharField(max_length=255, blank=True)
    totp_since = models.DateTimeField(null=True)
    # The last time step whose code was taken: no code counts twice.
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """A code for once; only its hash is kept, and a used one is gone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=DIGEST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_recovery_code_once")]

    def __str__(self) -> str:
        return str(self.user_id)


class Passkey(models.Model):
    """A passkey: what the browser told of it, all of it public."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url, as the browser sends it
    credential = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


# -- by mail --------------------------------------------------------------------------------------------------------


class Invitation(Audited):
    """Somebody who may make an account for himself, with these roles, until a day. The link works once."""

    audit_kind = "invitation"
    audit_label = _("Invitation")
    audit_erasure = Erasure(fields=("email", "full_name"))

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, default="nl")
    roles = models.JSONField(_("roles"), default=list)  # keys
    is_salesperson = models.BooleanField(_("salesperson"), default=False)
    digest = models.CharField(max_length=DIGEST, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    history: ClassVar[Any] = history(excluded_fields=["digest"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="accounts_invitation_one_end",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return not self.accepted_at and not self.withdrawn_at and self.expires_at > timezone.now()


class ResetRequest(models.Model):
    """Somebody forgot a password. Stored for every address, known or not, so that the answer tells nothing."""

    email = models.TextField()  # sealed
    email_digest = models.CharField(max_length=DIGEST)
    address = models.CharField(max_length=45)
    base_url = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    handled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class PasswordReset(models.Model):
    """A link to choose a new password, for once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=DIGEST, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user_id)


class OutgoingMail(models.Model):
    """A mail of ours: what went to whom, and whether it left. The text is sealed, and gone once it left."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()  # sealed: it holds a link that opens an account
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


# -- programs -------------------------------------------------------------------------------------------------------


class ApiToken(Audited):
    """What a program signs in with in a user's name, at most with his rights."""

    class Scope(models.TextChoices):
        READ = "read", _("Read only")
        WRITE = "write", _("Read and write")

    audit_kind = "api_token"
    audit_label = _("API token")
    audit_erasure = NOTHING_PERSONAL
    derived_fields = ("used_at",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices)
    digest = models.CharField(max_length=DIGEST, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    used_at = models.DateTimeField(_("last used"), null=True)

    history: ClassVar[Any] = history(excluded_fields=["digest", "used_at"])

    @property
    def works(self) -> bool:
        """Whether it was not revoked and its last day is not over."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    def __str__(self) -> str:
        return self.name

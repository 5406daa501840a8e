"""Users and the roles that give them rights."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from klantenbeheer.kernel.actors import Level

from .rights import RIGHTS


class Role(models.Model):
    """A named set of levels. A manager role has every right at the highest level."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_manager = models.BooleanField(_("application manager"), default=False)

    def __str__(self) -> str:
        return self.name


class RoleLevel(models.Model):
    """What one role may do with one right."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="levels")
    right = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(choices=[(level.value, level.name) for level in Level])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "right"], name="access_one_level_per_right"),
            models.CheckConstraint(condition=models.Q(level__in=[0, 1, 2]), name="access_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} {self.right} {Level(self.level).name}"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        """Sign-in names are compared without regard to capitals."""
        return self.get(username=(username or "").strip().casefold())

    def create_user(self, username: str, password: str | None = None, **values: Any) -> User:
        """Make a user with a hashed password; without one the account cannot sign in."""
        user = self.model(username=username.strip().casefold(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Someone who signs in. Colleagues are deactivated, never deleted: history keeps pointing at them."""

    class Language(models.TextChoices):
        DUTCH = "nl", _("Dutch")
        ENGLISH = "en", _("English")

    username = models.CharField(_("user name"), max_length=60, unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.DUTCH)
    is_active = models.BooleanField(_("active"), default=True)
    is_salesperson = models.BooleanField(_("salesperson"), default=False)
    # Of the demonstration, whose password is for everybody to read: signs in nowhere else.
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    roles = models.ManyToManyField(Role, related_name="users", blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def label(self) -> str:
        """The name that history shows."""
        return str(self)

    @property
    def user_id(self) -> int:
        """This user as an actor."""
        return self.pk

    @cached_property
    def _levels(self) -> dict[str, int] | None:
        """The highest level per right over all roles; ``None`` means: every right. One query."""
        levels: dict[str, int] = {}
        rows = Role.objects.filter(users=self).values_list("is_manager", "levels__right", "levels__level")
        for is_manager, right, level in rows:
            if is_manager:
                return None
            if right is not None:
                levels[right] = max(level, levels.get(right, 0))
        return levels

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        """Say whether a role of this user gives ``right`` at ``level``; an unknown right is an error."""
        RIGHTS.get(right)
        if not self.is_active:
            return False
        levels = self._levels
        return True if levels is None else levels.get(right, 0) >= level

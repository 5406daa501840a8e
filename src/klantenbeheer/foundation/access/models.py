"""Users and the roles that give them rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from klantenbeheer.kernel.actors import Level, Reach

from .rights import RIGHTS

REACHES = [
    (Reach.ALL.value, _("all customers")),
    (Reach.TERRITORIES.value, _("those of the own territories")),
    (Reach.OWN.value, _("those whose salesperson one is")),
    (Reach.BOTH.value, _("those of the own territories, and those whose salesperson one is")),
]


class Role(models.Model):
    """A named set of levels. A manager role has every right at the highest level, on all customers.

    ``tab_order`` is the order in which the card's tabs stand for who has this role and no order of his own.
    """

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_manager = models.BooleanField(_("application manager"), default=False)
    reach = models.PositiveSmallIntegerField(_("which customers"), choices=REACHES, default=Reach.ALL.value)
    tab_order = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(reach__in=[1, 2, 3, 4]), name="access_reach_known"),
            models.CheckConstraint(
                condition=models.Q(is_manager=False) | models.Q(reach=Reach.ALL.value),
                name="access_manager_reaches_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def last_action(self) -> Any:
        """The action that changed this role last."""
        return AccessChange.last(role_id=self.pk)


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


@dataclass(slots=True)
class Held:
    """What the roles of somebody add up to. ``levels`` is ``None`` where he has every right."""

    levels: dict[str, int] | None = field(default_factory=dict)
    reach: Reach = Reach.NOBODY
    tab_order: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Any) -> Held:
        """Add up rows of :data:`HELD_COLUMNS`: the highest level per right, the widest reach, the first order."""
        found, manager = cls(), False
        levels: dict[str, int] = {}
        for is_manager, reach, tab_order, right, level in rows:
            manager = manager or is_manager
            found.reach = _wider(found.reach, Reach(reach))
            found.tab_order = found.tab_order or list(tab_order)
            if right is not None:
                levels[right] = max(level, levels.get(right, 0))
        found.levels = None if manager else levels
        return found


HELD_COLUMNS = ("is_manager", "reach", "tab_order", "levels__right", "levels__level")


def _wider(one: Reach, other: Reach) -> Reach:
    return Reach.ALL if Reach.ALL in (one, other) else Reach(one | other)


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

    class Theme(models.TextChoices):
        SYSTEM = "system", _("System")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    username = models.CharField(_("user name"), max_length=60, unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.DUTCH)
    # How pages look to this user: on his row, which every request reads anyway.
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(
        _("density"), max_length=12, choices=Density.choices, default=Density.COMFORTABLE
    )
    # Empty: that of the company.
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_salesperson = models.BooleanField(_("salesperson"), default=False)
    # Of the demonstration, whose password is for everybody to read: signs in nowhere else.
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The own order of the card's tabs, and those that he does not want to see; empty: that of his role.
    tab_order = models.JSONField(default=list, blank=True, editable=False)
    tabs_hidden = models.JSONField(default=list, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    roles = models.ManyToManyField(Role, related_name="users", blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def role_keys(self) -> list[str]:
        """The keys of this user's roles, by name. One query."""
        return list(self.roles.order_by("name", "pk").values_list("key", flat=True))

    def last_action(self) -> Any:
        """The action that changed this user last."""
        return AccessChange.last(user_id=self.pk)

    @property
    def label(self) -> str:
        """The name that history shows."""
        return str(self)

    @property
    def user_id(self) -> int:
        """This user as an actor."""
        return self.pk

    # The role as which a manager looks at the product (see :mod:`.seeing`); nothing is written meanwhile.
    seen_as: Role | None = None

    @cached_property
    def held(self) -> Held:
        """What the roles of this user add up to. One query."""
        return Held.of(Role.objects.filter(users=self).order_by("name", "pk").values_list(*HELD_COLUMNS))

    @property
    def reach(self) -> Reach:
        """Which customers this user may know of: the widest of his roles."""
        return self.held.reach if self.is_active else Reach.NOBODY

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        """Say whether a role of this user gives ``right`` at ``level``; an unknown right is an error."""
        if not RIGHTS.get(right).exists() or not self.is_active:
            return False
        levels = self.held.levels
        return True if levels is None else levels.get(right, 0) >= level


class AccessChange(models.Model):
    """One thing that an action changed about a role or a user, from what to what. Rows are added only.

    ``what`` is a right's key or the name of a field; ``before`` and ``after`` are values as they are stored. Role and
    user may be gone: ``name`` says what they were called.
    """

    action = models.ForeignKey("audit.Action", on_delete=models.PROTECT, related_name="+")
    role_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=120)
    what = models.CharField(max_length=60)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["role_id", "action"], name="access_changes_of_role"),
            models.Index(fields=["user_id", "action"], name="access_changes_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.what}: {self.before} → {self.after}"

    @classmethod
    def last(cls, **subject: int) -> Any:
        """Give the last action on a role or a user."""
        row = cls.objects.filter(**subject).select_related("action").order_by("-action_id").first()
        return row.action if row else None

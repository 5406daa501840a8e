"""What a user sets about himself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel import checks
from klantenbeheer.kernel.errors import InvalidInput, NotFound, StaleVersion
from klantenbeheer.kernel.text import clean

from .models import Profile

_CHOICES = {
    "language": User.Language.values,
    "theme": User.Theme.values,
    "density": User.Density.values,
}


def profile_of(user: User) -> Profile:
    """Give what holds for a user, with the version of his profile (0 before he changed anything). One query."""
    stored: Profile = Profile.objects.filter(user=user).first() or Profile(user=user, version=0)
    # The row of the user holds: the manager may have changed it since.
    for name in Profile.FIELDS:
        setattr(stored, name, getattr(user, name))
    return stored


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    found: dict[str, Any] = {}
    for name, value in values.items():
        text = clean(str(value or ""))
        if name in _CHOICES and text not in _CHOICES[name]:
            problems[name] = [_("“%(value)s” is none of the choices.") % {"value": text[:40]}]
        elif name == "full_name" and not 1 <= len(text) <= 120:
            problems[name] = [_("Give a name of at most 120 characters.")]
        elif name == "email" and text:
            checked = checks.check_email(text)
            if checked.ok:
                text = checked.value
            else:
                problems[name] = [str(problem) for problem in checked.problems]
        elif name == "time_zone" and text and text not in available_timezones():
            problems[name] = [_("“%(value)s” is no time zone.") % {"value": text[:60]}]
        found[name] = text
    if problems:
        raise InvalidInput(problems)
    return found


def profile_save(*, actor: User, values: Mapping[str, Any], version: int | None = None) -> Profile:
    """Store what a user sets about himself; columns that are not given stay.

    Raises ``InvalidInput`` per field, ``StaleVersion`` when ``version`` is not the stored one.
    """
    unknown = set(values) - set(Profile.FIELDS)
    if unknown:
        raise KeyError(sorted(unknown))
    with acting(actor, "account.profile"):
        user = User.objects.select_for_update().filter(pk=actor.pk).first()
        if user is None:
            raise NotFound(_("This account does not exist."))
        profile = profile_of(user)
        if version is not None and profile.version != version:
            raise StaleVersion(current=profile, changes=values)
        cleaned = _clean(values)
        if all(getattr(user, name) == value for name, value in cleaned.items()):
            return profile
        if profile.version == 0:
            # The first version says how it was before.
            profile.version = 1
            write([profile], new=True)
        for name, value in cleaned.items():
            setattr(profile, name, value)
            setattr(user, name, value)
        profile.version += 1
        write([profile], new=False)
        user.save(update_fields=list(cleaned))
    for name, value in cleaned.items():
        setattr(actor, name, value)
    return profile

"""A manager looks at the product as a role: its rights, its customers, and nothing is written meanwhile.

Which role is in his session. It gives no rights: who is no manager (any more) looks as himself.
"""

from __future__ import annotations

from django.http import HttpRequest

from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound

from .models import HELD_COLUMNS, Held, Role, User

KEY = "seen_as"
RIGHT = "administration"


def look(request: HttpRequest, user: User) -> None:
    """Give the user of this request the rights of the role in his session, and those alone."""
    role = Role.objects.filter(pk=request.session[KEY]).first()
    if role is None or not user.may(RIGHT, Level.EDIT):
        end(request)
        return
    user.held = Held.of(Role.objects.filter(pk=role.pk).values_list(*HELD_COLUMNS))
    # The order of the tabs is the role's too.
    user.tab_order, user.tabs_hidden = [], []
    user.seen_as = role


def begin(request: HttpRequest, user: User, role_id: int) -> Role:
    """Look as this role from the next request on. Raises ``NotAllowed``, ``NotFound``."""
    if not user.may(RIGHT, Level.EDIT):
        raise NotAllowed(right=RIGHT)
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise NotFound
    request.session[KEY] = role.pk
    return role


def end(request: HttpRequest) -> None:
    """Look as oneself again."""
    request.session.pop(KEY, None)

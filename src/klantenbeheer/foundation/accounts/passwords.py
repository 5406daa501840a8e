"""Which passwords are too easy, and changing one's own."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.errors import InvalidInput

from . import sessions

# What Dutch offices add a year and an exclamation mark to; the English words stand in Django's list.
_DUTCH = frozenset({
    "welkom", "wachtwoord", "geheim", "geheimpje", "toegang", "inloggen", "aanmelden", "beheer", "beheerder",
    "gebruiker", "bedrijf", "klant", "klanten", "klantenbeheer", "verkoop", "inkoop", "kantoor", "computer",
    "zomer", "winter", "lente", "voorjaar", "herfst", "najaar", "januari", "februari", "maart", "april", "mei",
    "juni", "juli", "augustus", "september", "oktober", "november", "december", "maandag", "dinsdag", "woensdag",
    "donderdag", "vrijdag", "zaterdag", "zondag", "amsterdam", "rotterdam", "utrecht", "eindhoven", "groningen",
    "tilburg", "nederland", "holland", "voetbal", "feyenoord", "ajax", "vakantie", "koffie", "lekker", "hallo",
    "allemaal", "goedemorgen", "password",
})  # fmt: skip
_AROUND = "0123456789 !@#$%^&*()-_=+.,;:?/'\""
_LIKE = str.maketrans("013457@$!€", "oleastasie")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "0123456789", "1234567890")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalpha())


def _is_row(text: str) -> bool:
    """Say whether the text only runs along the alphabet, the digits or the keyboard, either way, again and again."""
    return len(text) > 3 and any(text in row * 4 or text in row[::-1] * 4 for row in _ROWS)


def _repeated(text: str) -> str:
    """Give the piece that the text repeats, or the text."""
    place = (text + text).find(text, 1)
    return text[:place]


class EasyPassword:
    """Refuses a well-known password with something around it: 'Welkom2026!!', 'p@ssw0rd-p@ssw0rd', '123456789012'.

    Known ones come from lists of passwords that leaked (Django's twenty thousand), and some Dutch words.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` for an easy one."""
        plain = password.casefold()
        # What stands around the letters goes first: the 0 of 2026 is no o.
        cut = plain.rstrip(_AROUND)
        written = {plain, cut.translate(_LIKE), cut.lstrip(_AROUND).translate(_LIKE)}
        cores = {core for text in written for core in (_letters(text), _repeated(_letters(text)))}
        whole = {_repeated("".join(text.split())) for text in written}
        known = _DUTCH | _common()
        easy = (
            any(len(core) < 4 for core in whole)
            or any(_is_row("".join(text.split())) for text in written)
            or bool((cores | whole) & known)
            or len(set(plain)) < 5
        )
        if easy:
            raise ValidationError(
                _("This password is among those that are tried first, or nearly. Put some words in a row."),
                code="password_easy",
            )  # fmt: skip

    def get_help_text(self) -> str:
        """Say what is wanted."""
        return _("Some words in a row are better than one word with digits around it.")


def check_password_rules(password: str, user: User, field: str) -> None:
    """Raise ``InvalidInput`` at ``field`` with everything that is wrong with a new password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput({field: error.messages}) from error


def password_change(*, actor: User, old: str, new: str, session: str = "") -> None:
    """Change one's own password; every other session ends (``session`` names the one that stays).

    Raises ``InvalidInput`` at ``old_password`` or ``new_password1``.
    """
    with acting(actor, "account.password"):
        user = User.objects.select_for_update().get(pk=actor.pk)
        if not user.check_password(old):
            raise InvalidInput({"old_password": [_("This is not your password now.")]})
        check_password_rules(new, user, "new_password1")
        user.set_password(new)
        user.save(update_fields=["password"])
        sessions.end(user, but=session)
    actor.password = user.password

"""Mailing codes as the application manager keeps them: made, renamed, retired; one in use does not vanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean

from .models import CustomerMailingCode, MailingCode
from .permissions import ADMINISTRATION


def _require(actor: Actor) -> None:
    if not actor.may(ADMINISTRATION, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=ADMINISTRATION)


def codes_with_counts() -> list[tuple[MailingCode, int]]:
    """Give every code with how many customers have it; those in use first, each by code. Two queries."""
    rows = CustomerMailingCode.objects.order_by().values_list("code_id").annotate(number=Count("id"))
    counts: dict[int, int] = dict(rows)
    codes = sorted(MailingCode.objects.all(), key=lambda code: (code.retired, code.code.lower()))
    return [(code, counts.get(code.pk, 0)) for code in codes]


def code_by_id(code_id: int) -> MailingCode:
    """Give a code; raises ``NotFound``."""
    code: MailingCode | None = MailingCode.objects.filter(pk=code_id).first()
    if code is None:
        raise NotFound(_("This mailing code does not exist."))
    return code


def _clean(values: Mapping[str, Any], but: int) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    code, name = clean(str(values.get("code") or "")), clean(str(values.get("name") or ""))
    if not code:
        problems["code"] = [_("Give a code.")]
    elif len(code) > 20:
        problems["code"] = [
            _("The code has %(length)d characters; at most %(most)d fit.") % {"length": len(code), "most": 20}
        ]
    elif any(char in code for char in " ,;|"):
        # Codes stand beside each other with a space between, in the card and in files.
        problems["code"] = [
            _("“%(value)s” has a space or a sign that stands between codes.") % {"value": code}
        ]
    elif MailingCode.objects.annotate(key=Upper("code")).filter(key=code.upper()).exclude(pk=but).exists():
        problems["code"] = [_("There is a mailing code “%(value)s” already.") % {"value": code}]
    if len(name) > 80:
        problems["name"] = [
            _("The name has %(length)d characters; at most %(most)d fit.") % {"length": len(name), "most": 80}
        ]
    if problems:
        raise InvalidInput(problems)
    return {"code": code, "name": name, "retired": bool(values.get("retired"))}


def code_create(*, actor: Actor, values: Mapping[str, Any]) -> MailingCode:
    """Make a code. Raises ``InvalidInput`` (none, too long, with a separator in it, double), ``NotAllowed``."""
    _require(actor)
    with acting(actor, "mailing_code.create"):
        code = MailingCode(**_clean(values, 0))
        write([code], new=True)
    return code


def code_update(*, actor: Actor, code_id: int, version: int, values: Mapping[str, Any]) -> MailingCode:
    """Rename a code, retire it, or take it up again; who has it keeps it. Raises as above, and ``StaleVersion``."""
    _require(actor)
    with acting(actor, "mailing_code.update"):
        code: MailingCode | None = MailingCode.objects.select_for_update().filter(pk=code_id).first()
        if code is None:
            raise NotFound(_("This mailing code does not exist."))
        if code.version != version:
            raise StaleVersion(current=code, changes=values)
        for key, value in _clean(values, code_id).items():
            setattr(code, key, value)
        code.version += 1
        write([code], new=False)
    return code


def code_delete(*, actor: Actor, code_id: int) -> MailingCode:
    """Delete a code that nobody has. Raises ``Refused`` while somebody does: it can be retired."""
    _require(actor)
    with acting(actor, "mailing_code.delete"):
        code: MailingCode | None = MailingCode.objects.select_for_update().filter(pk=code_id).first()
        if code is None:
            raise NotFound(_("This mailing code does not exist."))
        count = CustomerMailingCode.objects.filter(code=code).count()
        if count:
            text = ngettext(
                "%(count)d customer has the code “%(value)s”. Retire it instead: then nobody new gets it.",
                "%(count)d customers have the code “%(value)s”. Retire it instead: then nobody new gets it.",
                count,
            )
            raise Refused(text % {"count": count, "value": code.code}, code="in_use")
        remove([code])
    return code

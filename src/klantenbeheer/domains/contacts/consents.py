"""What a person said about being approached: noting it, and deciding by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers import owned
from klantenbeheer.customers.services import locked_customer
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, NotFound, StaleVersion
from klantenbeheer.kernel.text import clean

from .choices import Answer, Channel
from .models import Consent, Contact
from .services import RIGHT

_SOURCE_MOST = 120


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person may be approached, and why (not)."""

    allowed: bool
    reason: str


def may_contact(contact: Contact, channel: Channel | str) -> Decision:
    """Decide whether we may approach a person, unasked, over a channel. Whatever sends a mailing asks here.

    E-mail, telephone and text message need a consent that was given (art. 11.7 Telecommunicatiewet); post may be sent
    until the person objects. One query, or none when the contact came with its ``consents``.
    """
    channel = Channel(channel)
    if contact.left_on is not None and contact.left_on <= timezone.localdate():
        return Decision(False, _("Left the company on %(day)s.") % {"day": _day(contact.left_on)})
    consent = next((one for one in contact.consents.all() if one.channel == channel), None)
    if consent is None or consent.answer == Answer.ASKED:
        if channel == Channel.POST:
            return Decision(True, _("No objection to post is known."))
        return Decision(False, _("No answer yet: without consent this channel is not allowed."))
    words = {
        "answer": consent.get_answer_display(),
        "day": _day(consent.told_on),
        "source": consent.source or "–",
    }
    reason = _("%(answer)s on %(day)s (%(source)s).") % words
    return Decision(consent.answer == Answer.GIVEN, reason)


def _day(day: date | None) -> str:
    return day.strftime("%d-%m-%Y") if day else _("unknown date")


def summary(contact: Contact) -> str:
    """Give what a person said about every channel that he was asked about, in a line."""
    return ", ".join(str(one) for one in sorted(contact.consents.all(), key=_order))


def _order(consent: Consent) -> int:
    return Channel.values.index(consent.channel)


def signature(contact: Contact) -> str:
    """Give what tells whether somebody noted something since: the versions of the consents."""
    return ",".join(f"{one.channel}:{one.version}" for one in sorted(contact.consents.all(), key=_order))


def initial(contact: Contact) -> dict[str, Any]:
    """Give what the dialog shows."""
    found: dict[str, Any] = {}
    for one in contact.consents.all():
        found |= {
            f"{one.channel}_answer": one.answer, f"{one.channel}_on": one.told_on, f"{one.channel}_source": one.source,
        }  # fmt: skip
    return found


def consents_save(*, actor: Actor, contact: Contact, seen: str, values: Mapping[str, Any]) -> None:
    """Note what a person said about each channel (``mail_answer``, ``mail_on``, ``mail_source`` …).

    ``seen`` is the :func:`signature` that the form was made for. A consent that was given needs its date and how we
    know, since we must be able to prove it. Raises ``InvalidInput``, ``NotAllowed``, ``NotFound``, ``StaleVersion``.
    """
    owned.require(actor, RIGHT)
    with acting(actor, "consent.save"):
        locked_customer(actor, contact.customer_id)
        person = Contact.objects.filter(pk=contact.pk, customer_id=contact.customer_id).first()
        if person is None:
            raise NotFound(_("This does not exist any more."))
        if signature(person) != seen:
            raise StaleVersion(current=person, changes=values)
        stored = {one.channel: one for one in person.consents.all()}
        told, problems = _cleaned(values, stored)
        if problems:
            raise InvalidInput(problems)
        for channel, given in told.items():
            _store(actor, person, stored.get(channel), channel, given)


def _cleaned(
    values: Mapping[str, Any], stored: Mapping[str, Consent]
) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    told: dict[str, dict[str, Any]] = {}
    problems: dict[str, list[str]] = {}
    for channel in Channel.values:
        if f"{channel}_answer" not in values:
            continue
        given: dict[str, Any] = {
            "answer": values[f"{channel}_answer"] or "",
            "told_on": values.get(f"{channel}_on"),
            "source": clean(values.get(f"{channel}_source") or ""),
        }
        old = stored.get(channel)
        if old is not None and all(getattr(old, key) == value for key, value in given.items()):
            continue
        told[channel] = given
        if given["told_on"] and given["told_on"] > timezone.localdate():
            problems[f"{channel}_on"] = [
                _("“%(value)s” has not come yet.") % {"value": _day(given["told_on"])}
            ]
        if len(given["source"]) > _SOURCE_MOST:
            problems[f"{channel}_source"] = [
                _("The source has %(length)d characters; at most %(most)d fit.")
                % {"length": len(given["source"]), "most": _SOURCE_MOST}
            ]
        if given["answer"] == Answer.GIVEN:
            if not given["told_on"]:
                problems[f"{channel}_on"] = [_("A consent needs its date: we must be able to prove it.")]
            if not given["source"]:
                problems[f"{channel}_source"] = [_("Say how we know: we must be able to prove it.")]
        elif given["answer"] and not given["told_on"]:
            given["told_on"] = timezone.localdate()
    return told, problems


def _store(
    actor: Actor, person: Contact, old: Consent | None, channel: str, given: Mapping[str, Any]
) -> None:
    if not given["answer"]:
        if old is not None:
            remove([old])
        return
    consent = old or Consent(customer_id=person.customer_id, contact=person, channel=channel, version=0)
    for key, value in given.items():
        setattr(consent, key, value)
    consent.noted_label = actor.label[:120]
    consent.version += 1
    write([consent], new=old is None)


def object_to_all(*, actor: Actor, contact: Contact, source: str) -> None:
    """Note that a person objects to every channel; whoever already refuses stays as he is. Inside an action."""
    stored = {one.channel: one for one in contact.consents.all()}
    for channel in Channel.values:
        old = stored.get(channel)
        if old is None or old.answer in (Answer.GIVEN, Answer.ASKED):
            given = {
                "answer": Answer.REFUSED,
                "told_on": timezone.localdate(),
                "source": source[:_SOURCE_MOST],
            }
            _store(actor, contact, old, channel, given)

"""Mail that leaves in the product's name: kept as a row first, then sent by a job, or shown in the outbox of the demo.

``MAIL_MODE`` is ``smtp`` (sent), ``outbox`` (kept, for the demonstration) or empty: no mail is set up, and nothing that
needs it is offered.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from klantenbeheer.foundation.audit.erasing import Traces
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor

from .crypt import Unreadable, seal, unseal
from .models import OutgoingMail

SEND = "accounts.mail"
KEEP = timedelta(days=30)


def is_set_up() -> bool:
    """Say whether mail goes anywhere."""
    return bool(settings.MAIL_MODE)


def is_outbox() -> bool:
    """Say whether mails stay here to be read."""
    return str(settings.MAIL_MODE) == "outbox"


def post(*, actor: Actor, to: str, template: str, language: str, context: dict[str, object]) -> OutgoingMail:
    """Write a mail (its first line is the subject) and have it sent when the transaction ended."""
    with translation.override(language):
        text = render_to_string(template, context)
    subject, _blank, body = text.strip().partition("\n")
    mail = OutgoingMail.objects.create(to=to, subject=subject.strip()[:200], body=seal(body.strip() + "\n"))
    if not is_outbox():
        job_enqueue(actor=actor, kind=SEND, title=mail.subject, params={"mail": mail.pk})
    return mail


def send(mail_id: int) -> None:
    """Send a mail that did not leave yet, and forget its text: it holds a link that opens an account."""
    mail = OutgoingMail.objects.filter(pk=mail_id, sent_at=None).first()
    if mail is None or not mail.body:
        return
    EmailMessage(mail.subject, unseal(mail.body), settings.DEFAULT_FROM_EMAIL, [mail.to]).send()
    OutgoingMail.objects.filter(pk=mail_id).update(sent_at=timezone.now(), body="")


def read(mail: OutgoingMail) -> str:
    """Give the text of a mail in the outbox."""
    try:
        return unseal(mail.body) if mail.body else ""
    except Unreadable:
        return ""


def erase(told: Traces) -> None:
    """Forget the mails to somebody who is erased, also one that waits to leave; and take him out of those to others.

    None of them is kept as evidence: a mail of ours lets somebody sign in, and no law on the books asks for it.
    """
    for mail in OutgoingMail.objects.order_by("pk").iterator(chunk_size=500):
        if told.found_in(mail.to):
            mail.delete()
            continue
        text = read(mail)
        subject, body = told.taken_out(mail.subject), told.taken_out(text)
        if (subject, body) != (mail.subject, text):
            kept = seal(body) if body != text else mail.body
            OutgoingMail.objects.filter(pk=mail.pk).update(subject=subject, body=kept)


def prune() -> None:
    """Drop mails of a month ago."""
    OutgoingMail.objects.filter(created_at__lt=timezone.now() - KEEP).delete()

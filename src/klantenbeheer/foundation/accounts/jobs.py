"""Background work of accounts: mails, forgotten passwords, dropping what is old."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run

from . import log, mail, resets


def send(run: Run) -> None:
    """Send one mail."""
    mail.send(int(run.params["mail"]))


def reset(run: Run) -> None:
    """Answer one 'forgot password'."""
    resets.handle(int(run.params["wish"]))


def tidy(run: Run) -> None:
    """Drop old lines of the log, old mails, old links."""
    log.prune()
    mail.prune()
    resets.prune()


def register() -> None:
    """Make these kinds known to the worker."""
    KINDS.register(Kind(mail.SEND, _("Sending mail"), send))
    KINDS.register(Kind(resets.HANDLE, _("Forgot password"), reset))
    KINDS.register(Kind("accounts.tidy", _("Upkeep of accounts"), tidy, every=timedelta(hours=24)))

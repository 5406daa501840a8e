"""The VAT number's colour and the reasons for it (B5), and the one way in for what VIES said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from klantenbeheer.kernel import checks
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.countries import country_name, vat_prefix
from klantenbeheer.kernel.text import normalise
from klantenbeheer.kernel.vat_area import in_eu_vat_area

from .choices import Status, VatState

if TYPE_CHECKING:
    from .models import Customer

HOME = "NL"
# Who only may become a customer, or no longer is one, owes no number yet.
_DEALT_WITH = (Status.ACTIVE, Status.BLOCKED)
# The offline rule that failed, in one or two words.
RULES: dict[str, Any] = {
    "check_digit": gettext_lazy("check digit"),
    "length": gettext_lazy("length"),
    "form": gettext_lazy("form"),
    "characters": gettext_lazy("characters"),
    "unknown_prefix": gettext_lazy("country code"),
}
# Why VIES gave neither yes nor no; any other code is a failure that passes, and the question is put again.
REFUSALS: dict[str, Any] = {
    "INVALID_INPUT": gettext_lazy("VIES does not take a number of this form"),
    "INVALID_REQUESTER_INFO": gettext_lazy("VIES does not know our own VAT number"),
    "VAT_BLOCKED": gettext_lazy("VIES blocks requests of our VAT number"),
    "IP_BLOCKED": gettext_lazy("VIES blocks requests of our computer"),
    "SWITCHED_OFF": gettext_lazy("asking VIES is switched off"),
}
_LEGAL_FORMS = {
    "bv", "nv", "vof", "cv", "bvba", "srl", "sprl", "sa", "sas", "sarl", "gmbh", "ag", "kg", "ohg", "ug", "co", "ltd",
    "limited", "plc", "inc", "spa", "sl", "oy", "ab", "aps", "as", "eood", "doo", "sro", "kft", "zoo", "lda", "holding",
    "b", "v", "n", "s", "a", "r", "l", "o", "p", "f", "c", "u", "g", "m", "h", "k", "en", "und", "et", "and",
}  # fmt: skip
_SAME_NAME = 80.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that the colour rests on, or that goes with it: a stable code, its words, and fewer for the card."""

    code: str
    text: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class VatStatus:
    """What the card shows of a VAT number: green, amber, red, blue or grey, the word beside it, and the reasons."""

    colour: str
    word: str
    reasons: tuple[Reason, ...] = ()
    checked_at: datetime | None = None


def other_eu_country(country: str, on: date, postcode: str = "") -> bool:
    """Say whether a place is in another country of the EU VAT area on that day."""
    return country != HOME and in_eu_vat_area(country, on, postcode)


def is_required(country: str, postcode: str, status: str, on: date | None = None) -> bool:
    """Say whether a customer there must have a VAT number.

    Without it no supply is at 0 % (art. 138 Directive 2006/112).
    """
    return status in _DEALT_WITH and other_eu_country(country, on or timezone.localdate(), postcode)


def is_missing(customer: Customer) -> bool:
    """Say whether the number is required and not there."""
    return not customer.vat_number and is_required(customer.country, customer.postcode, customer.status)


def state_of(customer: Customer) -> str:
    """Give what is known of the number as it is now: a verdict on another number does not count."""
    number = customer.vat_number
    if not number:
        return str(VatState.NONE)
    # VIES overrules the check digit: national series have outrun the rules before.
    if customer.vat_verdict and customer.vat_asked_number == number:
        return customer.vat_verdict
    checked = checks.check_vat(number, customer.country)
    if not checked.ok:
        return str(VatState.WRONG)
    return str(VatState.OUTSIDE if checked.state == "outside" else VatState.UNCHECKED)


def is_for_vies(customer: Customer) -> bool:
    """Say whether VIES can be asked about the number: there is one, and it is not from outside the EU."""
    return bool(customer.vat_number) and state_of(customer) != VatState.OUTSIDE


def expired_before(now: datetime | None = None) -> datetime:
    """Give the moment before which a confirmation is too old to rely on."""
    return (now or timezone.now()) - timedelta(days=settings.VAT_VALID_DAYS)


def _fits_address(number: str, country: str) -> bool:
    of = checks.vat_number_country(number)
    if not country or not of:
        return True
    # Monaco has French numbers, and so on; Northern Ireland is written as GB in many an address.
    others = {"MC": "FR", "GB": "XI", "IM": "GB", "LI": "CH"}
    return of in {vat_prefix(country), others.get(country, "")}


def names_differ(ours: str, theirs: str) -> bool:
    """Say whether VIES' name is another than ours, whatever the legal form, capitals and order of words."""
    mine, other = (
        " ".join(word for word in normalise(name).split() if word not in _LEGAL_FORMS)
        for name in (ours, theirs)
    )
    return bool(mine and other) and fuzz.token_set_ratio(mine, other) < _SAME_NAME


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%d-%m-%Y") if moment else ""


def vat_status(customer: Customer, *, now: datetime | None = None) -> VatStatus:
    """Give colour, word and reasons. Green: confirmed by VIES lately. Amber: form right, or the confirmation is old.
    Red: a rule failed, or VIES says no. Blue: from outside the EU, so nothing for VIES. Grey: none. No answer of VIES
    never makes a number red."""
    number = customer.vat_number
    if not number:
        if is_missing(customer):
            reason = Reason("required", _("A customer in another EU country needs a VAT number."))
            return VatStatus("grey", _("missing, though required"), (reason,))
        return VatStatus("grey", _("none"))
    reasons: list[Reason] = []
    if not _fits_address(number, customer.country):
        text = _("country differs from address (%(country)s)")
        place = country_name(customer.country, get_language() or "nl")
        reasons.append(Reason("country", text % {"country": place}, _("country differs from address")))
    state, at = state_of(customer), customer.vat_checked_at
    asked = customer.vat_asked_number == number
    if asked and customer.vat_remark:
        short = _("refused by VIES") if customer.vat_remark in REFUSALS else _("no answer, asked again later")
        reasons.append(Reason("no_answer", remark_text(customer.vat_remark), short))
    if state == VatState.VALID:
        if names_differ(customer.name, customer.vat_name):
            text = _("VIES has another name: %(name)s") % {"name": customer.vat_name}
            reasons.append(Reason("name", text, _("name differs")))
        if at is None or at < expired_before(now):
            word = _("confirmed on %(date)s, over %(days)d days ago")
            values = {"date": _day(at), "days": settings.VAT_VALID_DAYS}
            return VatStatus("amber", word % values, (Reason("old", word % values), *reasons), at)
        return VatStatus("green", _("confirmed on %(date)s") % {"date": _day(at)}, tuple(reasons), at)
    if state == VatState.INVALID:
        word = _("not valid according to VIES (%(date)s)") % {"date": _day(at)}
        return VatStatus("red", word, (Reason("vies", word), *reasons), at)
    if state == VatState.WRONG:
        problem = checks.check_vat(number, customer.country).problems[0]
        word = _("wrong: %(rule)s") % {"rule": RULES[problem.code]}
        return VatStatus("red", word, (Reason(problem.code, str(problem)), *reasons))
    if state == VatState.OUTSIDE:
        word = _("outside the EU, cannot be checked with VIES")
        return VatStatus("blue", word, tuple(reasons))
    return VatStatus("amber", _("form right, not confirmed"), tuple(reasons))


def remark_text(code: str) -> str:
    """Give the words for why VIES gave neither yes nor no."""
    return str(REFUSALS.get(code) or _("VIES gave no answer; it is asked again later"))


@transaction.atomic
def vat_verdict_store(
    *,
    actor: Actor,
    customer_id: int,
    number: str,
    verdict: str,
    at: datetime,
    remark: str = "",
    name: str = "",
) -> bool:
    """Keep what VIES said about ``number`` on the customer; gives whether it is still his number.

    ``verdict`` is a final answer ('valid', 'invalid') or empty: no answer, with the code in ``remark``; an earlier
    verdict then stands. These columns follow from evidence kept elsewhere, so they make no version. No right is
    asked beyond seeing the customer: the verdict is VIES', and whoever asks it had the right to ask.
    """
    from .models import Customer

    customer = Customer.objects.visible_to(actor).select_for_update().filter(pk=customer_id).first()
    if customer is None or customer.vat_number != number:
        return False
    if verdict:
        VatState(verdict)
        customer.vat_verdict, customer.vat_checked_at, customer.vat_name = verdict, at, name[:300]
    elif customer.vat_asked_number != number:
        customer.vat_verdict, customer.vat_checked_at, customer.vat_name = "", None, ""
    customer.vat_asked_number, customer.vat_remark = number, remark[:40]
    columns = ("vat_verdict", "vat_checked_at", "vat_name", "vat_asked_number", "vat_remark")
    Customer.objects.filter(pk=customer.pk).update_unversioned(
        vat_state=state_of(customer), **{name: getattr(customer, name) for name in columns}
    )
    return True

"""Reading a customer's bank details for the dialog."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from klantenbeheer.kernel import checks

from ..choices import AccountKind, ChangeState
from ..models import Customer
from .changes import new_values
from .models import BicCheck, IbanChange, Mandate


def labels_of() -> dict[str, str]:
    """Give the labels of an account's fields."""
    return {
        "holder": _("Account holder"), "iban": _("IBAN"), "bic": _("BIC"), "bank_name": _("Bank"),
        "bank_address": _("Address of the bank"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BicShown:
    """A BIC with the last online check of it, if any."""

    bic: str
    check: BicCheck | None

    @property
    def search_url(self) -> str:
        """Give the address of SWIFT's public search on it."""
        return str(settings.BIC_SEARCH_URL.format(bic=self.bic))


@dataclass(slots=True)
class AccountShown:
    """One account: what is in force, the change that waits, and the BICs of both."""

    kind: AccountKind
    values: dict[str, str]
    waiting: IbanChange | None = None
    bics: list[BicShown] = field(default_factory=list)

    @property
    def iban_text(self) -> str:
        """The IBAN in force, in groups of four."""
        return checks.format_iban(self.values["iban"])

    @property
    def waiting_rows(self) -> list[tuple[str, str, str]]:
        """What confirming would change: label, in force, new. Whoever confirms sees the holder and bank too."""
        if self.waiting is None:
            return []
        new = new_values(self.waiting, self.values["holder"])
        labels = labels_of()
        rows = [(labels["iban"], self.iban_text, checks.format_iban(new["iban"]) or _("removal of the IBAN"))]
        others = ("holder", "bic", "bank_name", "bank_address")
        return rows + [
            (labels[key], self.values[key], new[key]) for key in others if new[key] != self.values[key]
        ]


@dataclass(slots=True)
class BankShown:
    """All of it."""

    accounts: list[AccountShown]
    mandate: Mandate | None
    earlier: list[IbanChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BankFound:
    """What an IBAN alone tells: its bank, or why it is none. ``unknown``: right, but no bank in the list."""

    bic: str = ""
    bank: str = ""
    problem: str = ""
    unknown: bool = False


def bank_of_iban(text: str) -> BankFound:
    """Find the bank of a typed IBAN offline."""
    checked = checks.check_iban(text)
    if not checked.ok:
        return BankFound(problem=str(checked.problems[0]))
    if not checked.value:
        return BankFound()
    bic, bank = checks.bank_of(checked.value)
    return BankFound(bic, bank, unknown=not bic and not bank)


def bank_shown(customer: Customer) -> BankShown:
    """Give accounts, mandate and changes. Four queries."""
    stored = {account.kind: account for account in customer.bank_accounts.all()}
    decided = list(customer.iban_changes.select_related("proposed_by", "decided_by")[:20])
    waiting = {change.account: change for change in decided if change.state == ChangeState.PENDING}
    latest = {check.bic: check for check in reversed(customer.bic_checks.all()[:50])}
    accounts = []
    for kind in AccountKind:
        account = stored.get(kind)
        names = ("holder", "iban", "bic", "bank_name", "bank_address")
        values = {name: getattr(account, name) if account else "" for name in names}
        if kind == AccountKind.FIRST:
            values |= {"iban": customer.iban, "bic": customer.bic}
            found_bic, found_name = checks.bank_of(customer.iban) if customer.iban else ("", "")
            values["bic"] = values["bic"] or found_bic
            values["bank_name"] = values["bank_name"] or found_name
        change = waiting.get(kind)
        codes = [values["bic"], new_values(change, "")["bic"] if change else ""]
        bics = [BicShown(bic, latest.get(bic)) for bic in dict.fromkeys(codes) if bic]
        accounts.append(AccountShown(kind, values, change, bics))
    earlier = [change for change in decided if change.state != ChangeState.PENDING]
    return BankShown(accounts, Mandate.objects.filter(customer=customer).first(), earlier)


def check_words(check: BicCheck) -> str:
    """Say what the register answered."""
    if check.found is None:
        return _("no answer")
    return _("found") if check.found else _("not found")

"""The dialog behind the label 'Bank'."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import conflict, htmx
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, Refused, StaleVersion

from ..choices import AccountKind, ChangeState, Channel, MandateScheme, MandateSequence, MandateState
from ..models import Customer
from ..permissions import BANK_CONFIRM, CUSTOMERS
from ..selectors import customer_by_number
from ..services import editable_fields
from ..views import show_saved
from . import selectors, services
from .models import Mandate

FOUND = {"yes": True, "no": False}


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise InvalidInput({name: [_("The form is not complete; reload the page.")]})
    return int(text)


def _mandate_text(mandate: Mandate | None, key: str) -> str:
    """Give a value of the mandate to read."""
    if mandate is None:
        return ""
    value = getattr(mandate, f"get_{key}_display", lambda: getattr(mandate, key))()
    return value.strftime("%d-%m-%Y") if isinstance(value, date) else str(value)


def _inputs(
    shown: selectors.BankShown, typed: dict[str, str], problems: dict[str, list[str]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give the inputs of the accounts and of the mandate; what was typed goes before what is stored."""
    labels = selectors.labels_of()
    accounts = []
    for account in shown.accounts:
        fields = []
        for key in services.ACCOUNT_FIELDS:
            name = f"{account.kind.value}.{key}"
            was = account.iban_text if key == "iban" else account.values[key]
            fields.append({
                "name": name, "id": name.replace(".", "-"), "key": key, "label": labels[key],
                "value": typed.get(name, was), "was": typed.get(f"was.{name}", was),
                "problems": problems.get(name, []), "shape": "wide" if key == "bank_address" else "",
            })  # fmt: skip
        accounts.append({"account": account, "fields": fields})
    mandate_labels = {
        "reference": _("Mandate reference"), "signed_on": _("Signed on"), "scheme": _("Scheme"),
        "sequence": _("Collection"), "state": _("State"),
    }  # fmt: skip
    choices = {"scheme": MandateScheme, "sequence": MandateSequence, "state": MandateState}
    mandate = []
    for key in services.MANDATE_FIELDS:
        name = f"mandate.{key}"
        stored = str(getattr(shown.mandate, key)) if shown.mandate else ""
        mandate.append({
            "name": name, "id": name.replace(".", "-"), "key": key, "label": mandate_labels[key],
            "value": typed.get(name, stored), "was": typed.get(f"was.{name}", stored),
            "problems": problems.get(name, []),
            "choices": choices[key].choices if key in choices else [],
            "shown": _mandate_text(shown.mandate, key),
        })  # fmt: skip
    return accounts, mandate


def _dialog(
    request: HttpRequest, customer: Customer, *, typed: dict[str, str] | None = None,
    problems: dict[str, list[str]] | None = None, message: str = "", status: int = 200,
    decision: dict[str, list[str]] | None = None,
) -> HttpResponse:  # fmt: skip
    actor = actor_of(request)
    shown = selectors.bank_shown(customer)
    accounts, mandate = _inputs(shown, typed or {}, problems or {})
    context = {
        "customer": customer, "accounts": accounts, "mandate": mandate, "earlier": shown.earlier,
        "problems": problems or {}, "message": message, "version": customer.version,
        "can_edit": bool(editable_fields(actor)), "can_confirm": actor.may(BANK_CONFIRM, Level.EDIT),
        "user_id": actor.user_id, "channels": Channel.choices, "has_provider": bool(settings.BIC_PROVIDER),
        "typed": typed or {}, "dialog_size": "wide", "decision": decision or {},
        "layout": "ui/page_dialog.html" if htmx.wants_part(request) else "customers/bank/page.html",
        "back": "" if htmx.wants_part(request) else f"/customers/{customer.number}/",
    }  # fmt: skip
    return htmx.render(request, "customers/bank/dialog.html", context, status=status)


def _stored(customer: Customer) -> dict[str, tuple[str]]:
    """Give what the form would send unchanged."""
    accounts, mandate = _inputs(selectors.bank_shown(customer), {}, {})
    fields = [field for item in accounts for field in item["fields"]] + mandate
    return {field["name"]: (str(field["value"]),) for field in fields}


def _stale(request: HttpRequest, customer: Customer, typed: dict[str, str]) -> HttpResponse:
    """Both versions, to choose from; a field that was left alone proposes what is stored now."""
    accounts, mandate = _inputs(selectors.bank_shown(customer), {}, {})
    rows = []
    for prefix, fields in [(item["account"].kind.label, item["fields"]) for item in accounts] + [
        ("", mandate)
    ]:
        for field in fields:
            name, theirs = field["name"], str(field["value"])
            mine = typed.get(name, "")
            labels = {str(value): str(label) for value, label in field.get("choices", ())}
            rows.append(conflict.Row(
                name, f"{prefix}: {field['label']}" if prefix else field["label"], (mine,), (theirs,),
                labels.get(mine, mine), labels.get(theirs, theirs),
                touched=mine.strip() != request.POST.get(f"was.{name}", "").strip(),
            ))  # fmt: skip
    title = _("Bank of %(name)s: two versions") % {"name": customer.name}
    return conflict.answer(
        request, customer, rows, title=title, form_url=f"/customers/{customer.number}/bank"
    )


@needs(CUSTOMERS)
def dialog(request: HttpRequest, number: str) -> HttpResponse:
    """Accounts and mandate; a post saves them."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    if request.method != "POST":
        return _dialog(request, customer)
    data = conflict.merge(request.POST, _stored(customer))
    typed = {name: str(data.get(name, "")) for name in _stored(customer)}
    typed |= {f"was.{name}": request.POST[f"was.{name}"] for name in typed if f"was.{name}" in request.POST}
    accounts = {
        kind.value: {key: typed.get(f"{kind.value}.{key}", "") for key in services.ACCOUNT_FIELDS}
        for kind in AccountKind
    }
    version = _number(request.POST.get("version", ""), "version")
    try:
        customer, _action = services.bank_save(
            actor=actor, customer_id=customer.pk, version=version,
            accounts=accounts, mandate={key: typed.get(f"mandate.{key}", "") for key in services.MANDATE_FIELDS},
        )  # fmt: skip
    except StaleVersion:
        return _stale(request, customer, typed)
    except InvalidInput as error:
        return _dialog(request, customer, typed=typed, problems=error.problems, status=422)
    waits = customer.iban_changes.filter(state=ChangeState.PENDING).exists()
    text = _("Saved. The changed IBAN waits for a second user.") if waits else _("Bank details saved.")
    return show_saved(request, customer, text, version=version)


@needs(CUSTOMERS)
def lookup(request: HttpRequest, number: str) -> HttpResponse:
    """Which bank a typed IBAN is of, found offline."""
    customer_by_number(actor_of(request), number)
    typed = next((str(value) for key, value in request.GET.items() if key.endswith(".iban")), "")
    return htmx.render(request, "customers/bank/found.html", {"found": selectors.bank_of_iban(typed[:60])})


def _decide(request: HttpRequest, number: str, decision: ChangeState, text: str) -> HttpResponse:
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    try:
        services.change_decide(
            actor=actor, customer_id=customer.pk, change_id=_number(request.POST.get("change", ""), "change"),
            decision=decision, channel=request.POST.get("channel", ""), remark=request.POST.get("remark", ""),
        )  # fmt: skip
    except InvalidInput as error:
        message = " ".join(str(reason) for reason in error.problems.get("__all__", ()))
        return _dialog(
            request, customer, typed=request.POST.dict(), message=message, decision=error.problems, status=422
        )
    except Refused as error:
        return _dialog(request, customer, typed=request.POST.dict(), message=str(error), status=422)
    after = customer_by_number(actor, number)
    return show_saved(request, after, text, version=customer.version)


@needs(BANK_CONFIRM, Level.EDIT)
@require_POST
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Put a waiting IBAN in force."""
    return _decide(request, number, ChangeState.CONFIRMED, _("The new IBAN is in force."))


@needs(BANK_CONFIRM, Level.EDIT)
@require_POST
def reject(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse a waiting IBAN."""
    return _decide(request, number, ChangeState.REJECTED, _("Rejected; the old IBAN stays in force."))


@needs(CUSTOMERS, Level.EDIT)
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take a proposal back."""
    return _decide(request, number, ChangeState.WITHDRAWN, _("Withdrawn; the old IBAN stays in force."))


@needs(CUSTOMERS, Level.EDIT)
@require_POST
def bic(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what an online register says of a BIC: asked of the provider, or read by a person on SWIFT's page."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    code = request.POST.get("bic", "")[:40]
    result = request.POST.get("result", "")
    try:
        if result == "ask":
            services.bic_ask(actor=actor, customer_id=customer.pk, bic=code)
        elif result in FOUND:
            services.bic_check_store(
                actor=actor, customer_id=customer.pk, bic=code, found=FOUND[result],
                source=_("swift.com, read by a person"),
            )  # fmt: skip
        else:
            raise InvalidInput({"bic": [_("Say what the register answered.")]})
    except InvalidInput as error:
        message = " ".join(str(reason) for reasons in error.problems.values() for reason in reasons)
        return _dialog(request, customer, message=message, status=422)
    except Refused as error:
        return _dialog(request, customer, message=str(error), status=422)
    return _dialog(request, customer)

"""Pages of the customer floor: list, suggestions, creating, and changing the basic data."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.audit.models import at_version
from klantenbeheer.foundation.ui import conflict, htmx
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.countries import country_choices
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion
from klantenbeheer.kernel.text import clean

from . import addressing, display, extra, hours, inputs, selectors, services
from .bulk_edit import views as bulk
from .choices import STANDING_KINDS
from .models import Customer, CustomerMark
from .permissions import CUSTOMERS


@needs(CUSTOMERS)
def suggest(request: HttpRequest) -> HttpResponse:
    """Search as one types: the best matches as options."""
    query = request.GET.get("q", "")[:200]
    found = selectors.search(actor_of(request), query, limit=12)
    return htmx.render(request, "customers/suggest.html", {"found": found, "q": query})


@needs(CUSTOMERS, Level.EDIT)
def create(request: HttpRequest) -> HttpResponse:
    """A new customer; a likely double is shown before anything is stored."""
    kinds = ["visiting", "postal"]
    values: dict[str, Any] = {"status": "active", "language": "nl", "name": request.GET.get("name", "")}
    typed: dict[str, dict[str, str]] = {"visiting": {"country": "NL"}}
    problems: dict[str, list[str]] = {}
    duplicates: list[selectors.Duplicate] = []
    if request.method == "POST":
        values, typed = inputs.sent_values(request.POST), addressing.sent_values(request.POST, kinds)
        try:
            customer = services.customer_create(
                actor=actor_of(request), values=values, addresses=typed, number=request.POST.get("number", "").strip(),
                accept_duplicates=request.POST.get("accept_duplicates") == "1",
            )  # fmt: skip
        except services.LooksLikeExisting as error:
            duplicates = error.duplicates
        except InvalidInput as error:
            problems = error.problems
        else:
            response = htmx.redirect(request, f"/customers/{customer.number}/")
            return htmx.toast(response, _("%(name)s added.") % {"name": customer.name})
    context = {
        "inputs": inputs.inputs(values, problems, services.editable_fields(actor_of(request))),
        "groups": addressing.groups(typed, problems, kinds), "problems": problems, "duplicates": duplicates,
        "number": request.POST.get("number", ""), "number_problems": problems.get("number", []),
        "countries": country_choices(get_language() or "nl"),
    }  # fmt: skip
    status = 409 if duplicates else 422 if problems else 200
    return htmx.render(request, "customers/create.html", context, status=status)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput({"version": [_("The form is not complete; reload the page.")]})
    return int(text)


def _conflict(request: HttpRequest, error: StaleVersion, version: int) -> HttpResponse:
    """Both versions of the basic data; what is chosen is saved as a whole record is."""
    current = selectors.customer_by_number(actor_of(request), error.current.number)
    before = at_version(current, version)
    rows = []
    for key, mine in error.changes.items():
        basic = extra.field_by_key(key)
        if basic is None:  # an extra field that was switched off meanwhile
            continue
        theirs = inputs.typed_value(current, key)
        # The codes are a table of their own: the history of the customer does not know how they were.
        was = None if before is None or key == inputs.CODES else inputs.typed_value(before.instance, key)
        labels = dict(inputs.input_of(basic, mine, [])["choices"])
        rows.append(
            conflict.Row(
                key,
                basic.label,
                (str(mine),),
                (theirs,),
                labels.get(str(mine), str(mine)),
                labels.get(theirs, theirs),
                touched=str(mine).strip() != was,
            )
        )
    title = _("%(name)s: two versions") % {"name": current.name}
    return conflict.answer(request, current, rows, title=title, form_url=f"/customers/{current.number}/edit")


def show_saved(
    request: HttpRequest, customer: Customer, message: str, *, version: int, undo_url: str | None = None,
    tone: str = "success",
) -> HttpResponse:  # fmt: skip
    """Close the dialog and let the card show what was saved after ``version``, without loading it again."""
    if not htmx.wants_part(request):
        return htmx.toast(redirect(f"/customers/{customer.number}/"), message, undo_url, tone=tone)
    response = htmx.toast(HttpResponse(), message, undo_url, tone=tone)
    trigger_client_event(response, "kb:card-whole", {"from": version, "to": customer.version})
    return htmx.close_dialog(response)


@needs(CUSTOMERS, Level.EDIT)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """All basic data in one dialog."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    editable = services.editable_fields(actor)
    problems: dict[str, list[str]] = {}
    values = {key: inputs.typed_value(customer, key) for key in editable}
    version = customer.version
    if request.method == "POST":
        version = _version(request)
        sent = inputs.sent_values(
            conflict.merge(request.POST, {key: (value,) for key, value in values.items()})
        )
        try:
            saved = services.customer_update(
                actor=actor, customer_id=customer.pk, version=version, values=sent
            )
        except StaleVersion as error:
            return _conflict(request, error, version)
        except InvalidInput as error:
            problems, values = error.problems, values | sent
        else:
            return show_saved(request, saved, _("Saved."), version=version)
    context = {
        "customer": customer,
        "inputs": inputs.inputs(values, problems, editable),
        "version": version,
        "problems": problems,
        "dialog_size": "wide",
        "form_url": f"/customers/{number}/edit",
    }
    return htmx.render(request, "customers/edit.html", context, status=422 if problems else 200)


@needs(CUSTOMERS, write_level=Level.EDIT)
def field(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """One value in place: its form, the saved value, or the value as it was (``?show=1``)."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    basic = extra.field_by_key(key)
    if basic is None:
        raise Http404
    editable = key in services.editable_fields(actor)
    if request.method == "POST" or (editable and "show" not in request.GET):
        problems: list[str] = []
        value, version = inputs.typed_value(customer, key), customer.version
        if request.method == "POST":
            value, version = inputs.sent_value(request.POST, key), _version(request)
            try:
                customer = services.customer_update(
                    actor=actor, customer_id=customer.pk, version=version, values={key: value}
                )
            except StaleVersion as error:
                return _conflict(request, error, version)
            except InvalidInput as error:
                problems = error.problems.get(key) or [str(error)]
            else:
                customer = selectors.customer_by_number(actor, number)
                context = {
                    "customer": customer,
                    "item": display.shown(customer, basic, editable=editable, actor=actor),
                    "saved": True,
                }
                response = htmx.toast(htmx.render(request, "customers/field.html", context), _("Saved."))
                # Other values that are being typed on this card go on from the version that this save made.
                return trigger_client_event(response, "kb:card", {"from": version, "to": customer.version})
        context = {"customer": customer, "input": inputs.input_of(basic, value, problems), "version": version}
        return htmx.render(request, "customers/field_form.html", context, status=422 if problems else 200)
    item = display.shown(customer, basic, editable=editable, actor=actor)
    return htmx.render(request, "customers/field.html", {"customer": customer, "item": item})


@needs(CUSTOMERS)
def addresses(request: HttpRequest, number: str) -> HttpResponse:
    """All addresses in one dialog; to read for who may not change them."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    if not services.editable_fields(actor):
        shown = {
            "customer": customer,
            "lines": addressing.all_lines(customer),
            "hours": hours.now_of(customer),
        }
        return htmx.render(request, "customers/addresses_read.html", shown)
    kinds = [str(kind) for kind in STANDING_KINDS]
    before_save = list(customer.addresses.all())
    stored = addressing.typed_values(before_save, customer)
    typed = dict(stored)
    problems: dict[str, list[str]] = {}
    version = customer.version
    if request.method == "POST":
        version = _version(request)
        data = conflict.merge(
            request.POST,
            {f"{kind}.{part}": (value,) for kind, parts in typed.items() for part, value in parts.items()},
        )
        typed = addressing.sent_values(data, kinds)
        try:
            saved = services.address_save(
                actor=actor, customer_id=customer.pk, version=version, addresses=typed
            )
        except StaleVersion:
            before = addressing.typed_values(selectors.addresses_at(customer, version), customer)
            rows = addressing.conflict_rows(typed, stored, before)
            title = _("Addresses of %(name)s: two versions") % {"name": customer.name}
            return conflict.answer(
                request, customer, rows, title=title, form_url=f"/customers/{number}/addresses"
            )
        except InvalidInput as error:
            problems = error.problems
        else:
            return show_saved(request, saved, _("Addresses saved."), version=version)
    context = {
        "customer": customer, "version": version,
        "groups": addressing.groups(typed, problems, kinds, before_save),
        "problems": problems, "dialog_size": "wide", "form_url": f"/customers/{number}/addresses",
        "countries": country_choices(get_language() or "nl"), "further": addressing.further_lines(customer),
        "hours": hours.now_of(customer), "can_edit": True,
    }  # fmt: skip
    return htmx.render(request, "customers/addresses.html", context, status=422 if problems else 200)


@needs(CUSTOMERS, write_level=Level.VIEW)
@require_POST
def mark(request: HttpRequest, number: str) -> HttpResponse:
    """Set or lift the own mark."""
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    # The toast's undo posts without a body: its address says what to put back.
    undoing = "marked" not in request.POST and "marked" in request.GET
    marked = (request.GET if undoing else request.POST).get("marked") == "1"
    services.mark_set(actor=actor, customer_id=customer.pk, marked=marked)
    if not getattr(request, "htmx", False):
        return redirect(f"/customers/{customer.number}/")
    if undoing:
        return trigger_client_event(HttpResponse(), "kb:card-whole", {})
    response = htmx.render(request, "customers/mark.html", {"customer": customer, "marked": marked})
    text = _("Marked.") if marked else _("No longer marked.")
    return htmx.toast(response, text, f"/customers/{customer.number}/mark?marked={int(not marked)}")


@needs(CUSTOMERS, write_level=Level.VIEW)
@require_POST
def mark_many(request: HttpRequest) -> HttpResponse:
    """Mark or unmark the selected customers."""
    actor = actor_of(request)
    # The toast's undo posts without a body: its address says what to put back.
    asked = request.POST if "marked" in request.POST else request.GET
    if asked.get("all") == "1":
        return bulk.mark_all(request, marked=asked.get("marked") == "1")
    numbers = [clean(number) for number in asked.getlist("number")[:500]]
    marked = asked.get("marked") == "1"
    visible = Customer.objects.visible_to(actor).with_numbers(numbers)
    already = CustomerMark.objects.filter(user_id=actor.user_id, customer__in=visible).values("customer_id")
    other = visible.exclude(pk__in=already) if marked else visible.filter(pk__in=already)
    changed = dict(other.values_list("pk", "number"))
    services.marks_set(actor=actor, customer_ids=changed, marked=marked)
    back = asked.get("back", "")[:1000]
    undo = urlencode({"number": list(changed.values()), "marked": int(not marked), "back": back}, doseq=True)
    response = htmx.redirect(request, "/customers/?" + back)
    text = _("%(count)d marked.") if marked else _("%(count)d no longer marked.")
    undo_url = f"/customers/mark?{undo}" if changed else None
    return htmx.toast(response, text % {"count": len(changed)}, undo_url)

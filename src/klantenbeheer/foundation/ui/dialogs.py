"""One record in a dialog: the form, its refusals at the field, and a meanwhile changed record side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.models import Audited, at_version
from klantenbeheer.kernel.errors import InvalidInput, Refused, StaleVersion

from . import conflict, htmx


def posted_version(request: HttpRequest) -> int:
    """Give the version that the form was made for; raises ``InvalidInput`` when it is missing or no number."""
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput({"version": [_("The form is not complete; reload the page.")]})
    return int(text)


def add_problems(form: forms.Form, error: InvalidInput) -> None:
    """Put each refusal at its field; those of no field stand above the form."""
    for key, reasons in error.problems.items():
        for reason in reasons:
            form.add_error(key if key in form.fields else None, str(reason))


def _stored(form: Callable[..., forms.Form], record: Any) -> forms.Form:
    return form(initial={name: getattr(record, name, None) for name in form().fields})


def record_dialog(
    request: HttpRequest,
    *,
    form: Callable[..., forms.Form],
    title: Any,
    save: Callable[[dict[str, Any], int], Any],
    done: Callable[[Any], str],
    message: Any,
    record: Any = None,
    initial: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Show the form of one record, or store it and send the browser to ``done(saved)`` with ``message``.

    ``message`` is the words, or a function that makes them of what was saved.

    ``save(values, version)`` is the service's call (version 0 for a new record); its ``InvalidInput`` and ``Refused``
    come back in the dialog with everything that was typed, its ``StaleVersion`` as both versions to choose from.
    """
    if request.method != "POST":
        shown = _stored(form, record) if record else form(initial=dict(initial or {}))
        return _show(request, shown, title, record)
    data: QueryDict = request.POST
    version = posted_version(request) if record else 0
    if record and conflict.was_asked(data):
        data = conflict.merge(data, conflict.values_of(_stored(form, record)))
    bound = form(data)
    if bound.is_valid():
        try:
            saved = save(bound.cleaned_data, version)
        except InvalidInput as error:
            add_problems(bound, error)
        except StaleVersion as error:
            before = at_version(error.current, version) if isinstance(error.current, Audited) else None
            opened = _stored(form, before.instance) if before else None
            rows = conflict.form_rows(bound, _stored(form, error.current), opened)
            form_url = request.get_full_path()
            return conflict.answer(request, error.current, rows, title=title, form_url=form_url)
        except Refused as error:
            bound.add_error(None, str(error))
        else:
            words = message(saved) if callable(message) else message
            return htmx.toast(htmx.redirect(request, done(saved)), words)
    return _show(request, bound, title, record, status=422)


def _show(
    request: HttpRequest, form: forms.Form, title: Any, record: Any, *, status: int = 200
) -> HttpResponse:
    # A refused form keeps the version that it was made for: otherwise the next save would not notice the other's.
    version = request.POST.get("version") or (record.version if record else "")
    context = {
        "form": form,
        "dialog_title": title,
        "record": record,
        "version": version,
        "form_url": request.get_full_path(),
    }
    return htmx.render(request, "ui/record_dialog.html", context, status=status)

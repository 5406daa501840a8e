"""What columns are called in an archive that have no word on any screen, and which columns say nothing of their own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Made of the other columns, for searching and sorting; and keys of rows that are in the archive by their words.
LEFT_OUT = {"name_norm", "city_norm", "postcode_key", "phone_norm", "search_text", "former_id", "action"}

WORDS: dict[str, Any] = {
    "asked_by": _("user who asked"),
    "author": _("author"),
    "author_label": _("name of the author"),
    "checked_at": _("checked on"),
    "code": _("code"),
    "created_at": _("added on"),
    "customer": _("customer"),
    "customer_number": _("customer number"),
    "decided_at": _("decided on"),
    "due_at": _("asked again on"),
    "erased_on": _("erased on"),
    "fax": _("fax"),
    "flagged": _("to be checked"),
    "further": _("further address"),
    "iban_pending": _("waiting IBAN"),
    "instead_of": _("territory until then"),
    "modified_by": _("changed by"),
    "new_details": _("new details"),
    "postcode": _("postcode"),
    "proposed_at": _("proposed on"),
    "raw": _("answer as it came"),
    "request_date": _("date that VIES gave"),
    "since": _("since"),
    "status": _("status"),
    "territory": _("territory"),
    "tries": _("tries"),
    "vat_asked_number": _("VAT number that was asked"),
    "vat_checked_at": _("checked with VIES on"),
    "vat_name": _("name at VIES"),
    "vat_remark": _("remark about the VAT number"),
    "vat_state": _("state of the VAT number"),
    "vat_verdict": _("answer of VIES"),
    "website": _("website"),
}


def columns_of(columns: Any) -> list[Any]:
    """Give the columns that an archive shows."""
    return [column for column in columns if column.name not in LEFT_OUT]


def heading(model: Any, column: Any) -> str:
    """Give the word for a column: that of the screens where it has one."""
    named = getattr(model, "audit_field_names", {})
    if column.name in WORDS and column._verbose_name is None and column.name not in named:
        return str(WORDS[column.name])
    if hasattr(model, "audit_field_label"):
        return str(model.audit_field_label(column.name))
    return str(column.verbose_name)

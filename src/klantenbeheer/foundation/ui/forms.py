"""Forms of this product: what Django leaves out of its widgets.

Since 5.2 a bound field points to its help and errors itself (``<id>_helptext``, ``<id>_error``); the field
component gives those places their ids.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.money import format_percentage, parse_percentage

if TYPE_CHECKING:
    _Base = forms.BaseForm
else:
    _Base = object

_DATE_INPUTS: dict[type[forms.Widget], str] = {forms.DateInput: "date", forms.TimeInput: "time"}


class StyledFormMixin(_Base):
    """Put before ``forms.Form`` or ``forms.ModelForm``.

    Dates and times get the browser's own picker; the first field with an error takes focus when the form
    comes back; errors stand after the labels, not before.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = _DATE_INPUTS.get(type(field.widget))
            if kind and isinstance(field.widget, (forms.DateInput, forms.TimeInput)):
                field.widget.input_type = kind
                # The picker speaks ISO, whatever the language shows elsewhere.
                field.widget.format = "%Y-%m-%d" if kind == "date" else "%H:%M"

    def full_clean(self) -> None:
        """Check the fields. Not while the form is made: what its own ``__init__`` gives to choose from comes after."""
        super().full_clean()
        first = next((name for name in self.errors if name in self.fields), None)
        if first:
            self.fields[first].widget.attrs["autofocus"] = True


class LinesWidget(forms.Textarea):
    """A list of texts, one on each line."""

    def format_value(self, value: Any) -> str:
        return "\n".join(value) if isinstance(value, list) else str(value or "")


class DateField(forms.DateField):
    """A date that reads what people type (31-12-2026, 31/12/2026, '31 december 2026') and shows the picker."""

    def __init__(self, *, label: Any = None, required: bool = True) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(label=label, required=required, widget=widget)

    def to_python(self, value: Any) -> date | None:
        """Read the typed date; raises ``ValidationError`` naming the value."""
        if isinstance(value, str) and value.strip():
            try:
                return parse_date(value)
            except ValueError as error:
                raise forms.ValidationError(
                    _("“%(value)s” is no date."), params={"value": value[:30]}
                ) from error
        return super().to_python(value)


class PercentField(forms.Field):
    """A percentage that reads '12,5', '12.5' and '12,5 %', and shows it as the reader writes it."""

    def __init__(self, *, label: Any = None, required: bool = False, help_text: Any = "") -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=required, help_text=help_text, widget=widget)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored percentage; what was typed stays as it was."""
        if isinstance(value, Decimal):
            return format_percentage(value, get_language() or "nl").removesuffix("%")
        return value

    def to_python(self, value: Any) -> Decimal | None:
        """Read what was typed; raises ``ValidationError`` naming the value."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_percentage(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(value)s” is no percentage."), params={"value": text[:30]}
            ) from error

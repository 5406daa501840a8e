"""The column that holds a customer's characteristics."""

from __future__ import annotations

from typing import Any

from django.db import models


class ValuesField(models.JSONField):
    """Values by definition; the timeline tells each that changed by itself."""

    def parts(self, values: dict[str, Any]) -> dict[str, str]:
        """Give the name and the text of every value."""
        from .values import by_key, text_of  # these read the models that have this field

        found = {}
        for key, value in values.items():
            definition = by_key(key)
            found[definition.label if definition else key] = text_of(definition, value)
        return found

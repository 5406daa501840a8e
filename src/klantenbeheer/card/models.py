"""What the card itself keeps: which custom tabs are switched on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history


class CustomTab(Audited):
    """A tab that was made for this company, and whether it is in use."""

    audit_kind = "custom_tab"
    audit_erasure = NOTHING_PERSONAL

    key = models.SlugField(max_length=40, unique=True)
    active = models.BooleanField(default=False)

    history: ClassVar[Any] = history()

    def __str__(self) -> str:
        return self.key

"""A column that points at a kept picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _Base = models.CharField[str, str]
else:
    _Base = models.CharField


class PictureField(_Base):
    """The key of a picture, or nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def told(self, key: str) -> str:
        """Give what a history of changes says of a value."""
        return _("picture %(key)s") % {"key": key[:6]}

"""The one row that says who the owner of this installation is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history
from klantenbeheer.foundation.pictures.fields import PictureField

ONLY = 1


class Company(Audited):
    """The owner. Read it through :func:`services.company`."""

    audit_kind = "company"
    audit_erasure = NOTHING_PERSONAL
    audit_label = _("Company data")

    name = models.CharField(_("statutory name"), max_length=200, blank=True)
    trade_name = models.CharField(_("trade name"), max_length=200, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    house_number = models.CharField(_("house number"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, default="NL")
    postal_street = models.CharField(_("postal address: street or box"), max_length=200, blank=True)
    postal_postcode = models.CharField(_("postal address: postcode"), max_length=20, blank=True)
    postal_city = models.CharField(_("postal address: city"), max_length=100, blank=True)
    kvk_number = models.CharField(_("Chamber of Commerce number"), max_length=40, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    iban = models.CharField(_("IBAN"), max_length=60, blank=True)
    bic = models.CharField(_("BIC"), max_length=20, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    website = models.CharField(_("website"), max_length=300, blank=True)
    # Empty: the zone that the installation was started with.
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    fiscal_month = models.PositiveSmallIntegerField(_("fiscal year begins in month"), default=1)
    logo = PictureField(_("logo"))

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=ONLY), name="company_is_one"),
            models.CheckConstraint(
                condition=models.Q(fiscal_month__gte=1, fiscal_month__lte=12), name="company_fiscal_month"
            ),
        ]

    def __str__(self) -> str:
        return self.trade_name or self.name

    def fiscal_year(self, day: date) -> tuple[date, date]:
        """Give the first and last day of the fiscal year that a day is in."""
        begin = date(day.year - (day.month < self.fiscal_month), self.fiscal_month, 1)
        return begin, date(begin.year + 1, begin.month, 1) - timedelta(days=1)

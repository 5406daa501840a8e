"""Where a territory lies and who sells there. The territory itself is a value of the basic data."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.postcodes import PostcodeRange


class TerritoryRule(Audited):
    """A stretch of postcodes of one country, or the whole country, that belongs to a territory.

    ``low`` and ``high`` are the texts' places in the country's order (``kernel.postcodes``), both included.
    """

    audit_kind = "territory_rule"
    audit_label = _("Postcodes of a territory")
    audit_erasure = NOTHING_PERSONAL

    territory = models.ForeignKey("customers.Territory", on_delete=models.CASCADE, related_name="rules")
    country = models.CharField(_("country"), max_length=2)
    low_text = models.CharField(_("from postcode"), max_length=20, blank=True)
    high_text = models.CharField(_("up to postcode"), max_length=20, blank=True)
    low = models.BigIntegerField(editable=False)
    high = models.BigIntegerField(editable=False)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["country", "low", "high", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low__lte=models.F("high")), name="territories_range_upright"
            ),
            models.UniqueConstraint(
                fields=["territory", "country", "low", "high"], name="territories_rule_once"
            ),
        ]
        indexes = [models.Index(fields=["country", "low", "high"], name="territories_rule_place")]

    def __str__(self) -> str:
        if not self.low_text:
            return country_name(self.country, "nl")
        if self.low_text == self.high_text:
            return f"{self.country} {self.low_text}"
        return f"{self.country} {self.low_text}–{self.high_text}"

    @property
    def stretch(self) -> PostcodeRange:
        """The rule as a range."""
        return PostcodeRange(self.country, self.low_text, self.high_text, self.low, self.high)


class TerritoryStaff(Audited):
    """Who sells in a territory, from when until when, and who stands in for him."""

    audit_kind = "territory_staff"
    audit_label = _("Who sells in a territory")
    audit_erasure = NOTHING_PERSONAL

    territory = models.ForeignKey("customers.Territory", on_delete=models.CASCADE, related_name="staff")
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("salesperson")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("deputy"),
    )  # fmt: skip
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="territories_staff_period",
            ),
            models.CheckConstraint(
                condition=models.Q(deputy__isnull=True) | ~models.Q(deputy=models.F("salesperson")),
                name="territories_deputy_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.salesperson}"

    def holds_on(self, day: date) -> bool:
        """Say whether the period includes this day."""
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def on_duty(self) -> User | None:
        """Who gets the customers: the salesperson, or the deputy when that account is closed."""
        people = (self.salesperson, self.deputy)
        return next((person for person in people if person is not None and person.is_active), None)


class TerritoryOffer(models.Model):
    """What the rules say since a customer moved, other than the territory he is in; gone when it is answered.

    It follows from rules and addresses and so has no history of its own; taking it has.
    """

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    territory = models.ForeignKey("customers.Territory", on_delete=models.CASCADE, related_name="+")
    # The territory he was in; moved by hand since, the offer is out of date.
    instead_of = models.ForeignKey("customers.Territory", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.territory_id}"

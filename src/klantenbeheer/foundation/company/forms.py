"""What the dialog of the company data asks."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import dates
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.ui.forms import StyledFormMixin
from klantenbeheer.kernel.countries import country_choices


def _countries() -> list[tuple[str, str]]:
    return country_choices(get_language() or "nl")


def _zones() -> list[tuple[str, Any]]:
    named = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("", _("As the installation was started")), *((zone, zone) for zone in named)]


def _text(label: Any, most: int = 200, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **more)


class CompanyForm(StyledFormMixin, forms.Form):
    """The owner's data."""

    name = forms.CharField(label=_("Statutory name"), max_length=200)
    trade_name = _text(_("Trade name"))
    street = _text(_("Street"))
    house_number = _text(_("House number"), 20)
    postcode = _text(_("Postcode"), 20)
    city = _text(_("City"), 100)
    country = forms.ChoiceField(label=_("Country"), choices=_countries)
    postal_street = _text(_("Postal address: street or box"))
    postal_postcode = _text(_("Postal address: postcode"), 20)
    postal_city = _text(_("Postal address: city"), 100)
    kvk_number = _text(_("KvK number"), 40)
    vat_number = _text(_("VAT number"), 40)
    iban = _text(_("IBAN"), 60)
    bic = _text(_("BIC"), 20)
    phone = _text(_("Telephone"), 60)
    email = _text(_("E-mail"), 254)
    website = _text(_("Website"), 300)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False)
    fiscal_month = forms.ChoiceField(
        label=_("Fiscal year begins in"),
        choices=[(str(number), name) for number, name in dates.MONTHS.items()],
    )

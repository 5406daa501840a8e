"""The handbook explains every field, column, filter and picture that a screen has."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import translation

import klantenbeheer
from klantenbeheer.customers import list_columns, list_fields
from klantenbeheer.domains.leaving import forms as leaving
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.handbook import pages

pytestmark = pytest.mark.django_db

# Which page explains the fields of the forms in a package or module, the longer name before the shorter.
PAGES_OF_FORMS = {
    "customers.further": "card", "customers": "settings", "domains.characteristics": "settings",
    "domains.conditions": "conditions", "foundation.accounts.forms.Invite": "accounts",
    "foundation.accounts": "account", "domains.contacts": "contacts", "domains.customer_settings": "customer_settings",
    "domains.notes": "notes",
    "domains.territories": "territories", "domains.leaving": "accounts",
    "domains.privacy": "privacy", "domains.duplicates": "duplicates",
    "foundation.access": "rights", "foundation.company": "settings", "foundation.paper": "settings",
}  # fmt: skip
WITHOUT_PAGE = ("foundation.ui",)  # samples


def forms_of_the_product() -> list[type[Any]]:
    """Give every form that the product has, whoever imported it, and those that are made for one record."""
    made = leaving.form_for(User())
    for module in pkgutil.walk_packages(klantenbeheer.__path__, "klantenbeheer."):
        if not {"tests", "settings", "migrations", "wsgi"} & set(module.name.split(".")):
            importlib.import_module(module.name)
    found: set[type[Any]] = {made}
    left: list[type[Any]] = [forms.BaseForm]
    while left:
        for form in left.pop().__subclasses__():
            left.append(form)
            if form.__module__.startswith("klantenbeheer."):
                found.add(form)
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_field_of_every_form_is_explained(language: str) -> None:
    missing = []
    for form in forms_of_the_product():
        name = f"{form.__module__.removeprefix('klantenbeheer.')}.{form.__name__}"
        if name.startswith(WITHOUT_PAGE):
            continue
        page = next((found for start, found in PAGES_OF_FORMS.items() if name.startswith(start)), "")
        assert page, f"{form}: say in PAGES_OF_FORMS which page explains its fields"
        text = (pages.folder() / language / f"{page}.md").read_text(encoding="utf-8")
        with translation.override(language):
            labels = [str(field.label) for field in form.base_fields.values() if field.label]
        missing += [(page, form.__name__, label) for label in labels if f"**{label}**" not in text]
    assert not missing, "\n".join(map(str, missing))


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_column_and_filter_of_the_list_is_explained(
    language: str,
    as_user: Callable[[str], Client],
    people: dict[str, User],
    make_customer: Callable[..., Any],
) -> None:
    make_customer(number="K1")
    people["beheer"].language = language
    people["beheer"].save()
    answer = as_user("beheer").get("/customers/")
    with translation.override(language):
        shown = [str(column.label) for column in list_columns.columns(people["beheer"])]
        shown += [str(field.label) for field in list_fields.fields(people["beheer"]).values()]
        shown += [str(item["filter"].label) for item in answer.context["extra_filters"]]
    shown += re.findall(r'<select name="\w+" aria-label="([^"]+)"', answer.text)
    text = "".join(
        (pages.folder() / language / f"{page}.md").read_text(encoding="utf-8")
        for page in ("customers", "lists")
    ).casefold()
    assert [label for label in shown if label.casefold() not in text] == []

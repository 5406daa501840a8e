"""What a million customers and a hundred thousand versions are found by is an index, on either database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.kinds import audited_models

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", audited_models(), ids=lambda model: model.audit_kind)
def test_the_version_before_another_is_found_by_an_index(model: type) -> None:
    options = model.history.model._meta  # type: ignore[attr-defined] # every audited model has versions
    key = options.get_field(model._meta.pk.name).column  # type: ignore[attr-defined] # it is a model
    # SQLite's indexes end with the key of the table; PostgreSQL must be told.
    wanted = [key, options.pk.column] if connection.vendor == "postgresql" else [key]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, options.db_table)
    assert wanted in [one["columns"] for one in found.values() if one["index"]]


def test_numbers_are_asked_as_the_index_has_them(make_customer: Callable[..., Customer]) -> None:
    make_customer(number="K1")
    asked = Customer.objects.with_numbers(["k1"])
    assert asked.get().number == "K1"
    if connection.vendor == "sqlite":
        assert "customers_number_once" in asked.explain()
    else:
        assert 'UPPER("customers_customer"."number") IN' in str(asked.query)

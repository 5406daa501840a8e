"""What a million customers and a hundred thousand versions are found by is an index, on either database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.kinds import audited_models
from klantenbeheer.foundation.audit.models import Audited

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", audited_models(), ids=lambda model: model.audit_kind)
def test_the_versions_of_a_page_are_found_by_an_index(model: type[Audited]) -> None:
    options = model.history.model._meta
    second = options.pk.column if connection.vendor == "postgresql" else "action_id"
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, options.db_table)
    assert ["id", second] in [one["columns"] for one in found.values() if one["index"]]


def test_numbers_are_asked_as_the_index_has_them(make_customer: Callable[..., Customer]) -> None:
    make_customer(number="K1")
    asked = Customer.objects.with_numbers(["k1"])
    assert asked.get().number == "K1"
    if connection.vendor == "sqlite":
        assert "customers_number_once" in asked.explain()
    else:
        assert 'UPPER("customers_customer"."number") IN' in str(asked.query)

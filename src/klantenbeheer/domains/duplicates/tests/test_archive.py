"""An archive holds everything that points at a customer, or says why not; also what merging took out of his records."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.duplicates.merging import customers_merge
from klantenbeheer.domains.privacy import archive, plan
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action

pytestmark = pytest.mark.django_db


def told(customer: Customer, path: Path) -> Any:
    archive.write(path, customer, None)
    with zipfile.ZipFile(path) as book:
        return json.loads(book.read("data.json"))


def test_every_model_that_points_at_a_customer_is_in_it_or_says_why_not() -> None:
    inside = {*plan.owned_models(), *archive.PLAIN}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if column.related_model is Customer and model not in inside and not hasattr(model, "instance_type")
    }
    assert pointing == set(archive.LEFT_OUT)
    assert all(archive.LEFT_OUT.values())


def test_what_a_merge_took_and_old_numbers_are_in_it(
    make_customer: Callable[..., Customer], people: dict[str, User], tmp_path: Path
) -> None:
    user = people["beheer"]
    stays = make_customer("Blijver B.V.", number="K1", website="https://blijver.example")
    goes = make_customer("Ander B.V.", number="K2", website="https://vervallen.example")
    Customer.objects.filter(pk=stays.pk).update_unversioned(modified_by=user)
    customers_merge(actor=user, keys=[stays.pk, goes.pk], survivor=stays.pk)
    found = told(Customer.objects.get(pk=stays.pk), tmp_path / "a.zip")
    assert [row["number"] for row in found["formernumber"]["records"]] == ["K2"]
    assert "vervallen.example" in str(found["merge"]["records"])
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        rows = book.read("csv/customer.csv").decode("utf-8-sig")
    assert str(user) in rows, "whom it points at is named, not numbered"
    undo_action(user, Action.objects.filter(kind__contains="merge").latest("pk"))
    assert "merge" not in told(Customer.objects.get(pk=stays.pk), tmp_path / "b.zip")

"""Merges at the same moment: each customer goes once, and nothing is lost between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.duplicates.merging import customers_merge
from klantenbeheer.domains.duplicates.models import Merge

from .conftest import SYSTEM
from .test_concurrency import kinds, together

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., Customer]


def test_of_merges_of_overlapping_sets_one_is_done_and_the_others_are_told(make_customer: Make) -> None:
    made = [make_customer(f"Klant {index}", number=f"K{index}") for index in range(4)]
    keys = [one.pk for one in made]
    sets = [
        ([keys[0], keys[1]], keys[0]),
        ([keys[1], keys[2]], keys[2]),
        ([keys[0], keys[1], keys[3]], keys[1]),
    ]
    calls = [
        lambda both=both, stays=stays: customers_merge(actor=SYSTEM, keys=both, survivor=stays)
        for both, stays in sets
    ]
    answers = together(calls)
    done = [answer for answer in answers if isinstance(answer, Merge)]
    assert done
    assert kinds(answers)["Merge"] + kinds(answers)["Refused"] == 3
    gone = sum(len(merge.others) for merge in done)
    assert Customer.objects.count() == 4 - gone
    assert FormerNumber.objects.count() == gone
    assert set(FormerNumber.objects.values_list("customer_id", flat=True)) <= set(
        Customer.objects.values_list("pk", flat=True)
    )

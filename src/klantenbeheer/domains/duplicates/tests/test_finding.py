"""The search through the whole file: what it finds, going on after a kill, and once more changing nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.running import Run, Stopped
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import NotAllowed, Refused

from .. import finding, jobs, services
from ..jobs import find
from ..models import Decision, Pair
from ..services import decide, decision_revoke, find_start

SYSTEM = SystemActor("test")
Make = Callable[..., Customer]
pytestmark = pytest.mark.django_db


def running() -> Run:
    job = Job.objects.create(kind=services.FIND, title="x", state=State.RUNNING, worker="w", attempts=1)
    return Run(job)


def found() -> list[tuple[int, int, int]]:
    return list(Pair.objects.order_by("low_id", "high_id").values_list("low_id", "high_id", "score"))


@pytest.fixture
def town(make_customer: Make) -> dict[str, Customer]:
    """Two who are one by each kind of sign, and some who are not."""
    place = {
        "visiting": {
            "street": "Kade",
            "house_number": "3",
            "city": "Assen",
            "postcode": "9401 HJ",
            "country": "NL",
        }
    }
    made: dict[str, dict[str, Any]] = {
        "vat": {"name": "Hooghoudt", "vat_number": "NL004495445B01"},
        "vat2": {"name": "Hooghoudt Distillers", "vat_number": "NL004495445B01"},
        "mail": {"name": "Rolf Kuipers", "email": "rolf@kuipers.example"},
        "mail2": {"name": "Rolf Kuypers", "email": "rolf@kuipers.example"},
        "sound": {"name": "Bakkerij Meijer", "addresses": place},
        "sound2": {"name": "Backerij Meyer VOF", "addresses": place},
        "name": {"name": "Zuidema Transport"},
        "name2": {"name": "Transport Zuidema B.V."},
        "alone": {"name": "Niemand Lijkt Hierop", "addresses": place},
        "host": {"name": "Prins Verf", "website": "https://www.prins.example"},
        "host2": {"name": "Prins Verff", "email": "verkoop@prins.example"},
    }  # fmt: skip
    return {key: make_customer(values.pop("name"), **values) for key, values in made.items()}


def test_finds_each_kind_of_double_and_once_more_changes_nothing(town: dict[str, Customer]) -> None:
    run = running()
    find(run)
    pairs = {(low, high) for low, high, _score in found()}
    expected = {
        tuple(sorted((town[key].pk, town[f"{key}2"].pk))) for key in ("vat", "mail", "sound", "name", "host")
    }
    assert pairs == expected
    assert run.result["found"] == 5
    before = list(Pair.objects.order_by("pk").values())
    find(running())
    assert list(Pair.objects.order_by("pk").values()) == before


def test_goes_on_where_it_was_stopped(town: dict[str, Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    find(running())
    whole = found()
    Pair.objects.all().delete()
    job = Job.objects.create(kind=services.FIND, title="x", state=State.RUNNING, worker="w", attempts=1)
    looked: list[int] = []
    real = finding.sorted_keys

    def counted(kind: Any, *rest: Any) -> list[int]:
        looked.append(finding.KINDS.index(kind))
        if kind.name == "house" and len(looked) == 7:
            Job.objects.filter(pk=job.pk).update(worker="another")  # the lease went on to another worker
        return real(kind, *rest)

    monkeypatch.setattr(finding, "sorted_keys", counted)
    with pytest.raises(Stopped):
        find(Run(job))
    assert looked == [0, 1, 2, 3, 4, 5, 6]
    assert 0 < len(found()) < len(whole)
    looked.clear()
    job.refresh_from_db()
    job.attempts, job.worker = 2, "w2"
    job.save()
    find(Run(job))
    assert looked == [6, 7, 8]  # the ones before are not read again
    assert found() == whole


def test_a_list_of_keys_is_never_longer_than_allowed(
    town: dict[str, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    find(running())
    whole = found()
    Pair.objects.all().delete()
    longest: list[int] = []
    real = finding.sorted_keys

    def measured(*args: Any) -> list[int]:
        keys = real(*args)
        longest.append(len(keys))
        return keys

    monkeypatch.setattr(finding, "sorted_keys", measured)
    monkeypatch.setattr(finding, "LIST_MOST", 5)
    monkeypatch.setattr(finding, "PIECE", 3)
    find(running())
    assert found() == whole
    assert len(longest) > len(finding.KINDS)
    assert max(longest) <= 15


def test_a_large_group_is_not_compared_all_with_all(make_customer: Make) -> None:
    members = list(range(1, 201))
    pairs = list(finding.pairs_of(members, {key: f"{key:03d}" for key in members}))
    assert len(pairs) < 200 * finding.WINDOW
    assert (1, 2) in pairs
    assert len(list(finding.pairs_of(members[:10], {}))) == 45
    bundles = list(jobs._bundles([(7 << finding._ID_BITS) | key for key in range(1, 5001)], 0))
    assert max(len(group) for _place, groups in bundles for group in groups) <= jobs.AT_ONCE


def test_a_pair_goes_when_a_customer_changes(town: dict[str, Customer]) -> None:
    find(running())
    one = Customer.objects.get(pk=town["mail"].pk)
    count = Pair.objects.count()
    customer_update(
        actor=SYSTEM, customer_id=one.pk, version=one.version, values={"email": "", "name": "Geheel Anders"}
    )
    assert Pair.objects.count() == count - 1
    other = Customer.objects.get(pk=town["sound"].pk)
    customer_update(
        actor=SYSTEM, customer_id=other.pk, version=other.version, values={"name": "Backerij Meyer"}
    )
    pair = Pair.objects.get(low_id=min(other.pk, town["sound2"].pk))
    assert ["name", 50, "100"] in pair.reasons


def test_a_decision_is_remembered_until_it_is_taken_back(
    town: dict[str, Customer], people: dict[str, User]
) -> None:
    find(running())
    low, high = sorted((town["vat"].pk, town["vat2"].pk))
    made = decide(actor=people["verkoop"], one=high, other=low, verdict="different")
    assert Pair.objects.get(low_id=low).verdict == "different"
    Pair.objects.all().delete()
    find(running())
    assert Pair.objects.get(low_id=low).verdict == "different"
    decision_revoke(actor=people["verkoop"], decision_id=made.pk)
    assert Pair.objects.get(low_id=low).verdict == ""
    assert Decision.history.filter(history_type="-").count() == 1
    with pytest.raises(NotAllowed):
        decide(actor=people["lezer"], one=low, other=high, verdict="same")
    with pytest.raises(Refused):
        decide(actor=SYSTEM, one=low, other=low, verdict="same")


def test_one_search_at_a_time(people: dict[str, User]) -> None:
    find_start(actor=people["verkoop"])
    with pytest.raises(Refused):
        find_start(actor=people["beheer"])
    with pytest.raises(NotAllowed):
        find_start(actor=people["lezer"])


def test_the_page_shows_pairs_with_reasons_and_turns_pages(
    town: dict[str, Customer], as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    find(running())
    monkeypatch.setattr("klantenbeheer.domains.duplicates.selectors.PAGE", 2)
    client = as_user("verkoop")
    seen: list[int] = []
    url = "/duplicates/"
    for _turn in range(3):
        response = client.get(url)
        seen += [row.key for row in response.context["rows"]]
        url = "/duplicates/" + response.context["next_url"]
    assert len(seen) == len(set(seen)) == 5
    assert "zelfde btw-nummer" in client.get("/duplicates/").text
    assert client.get("/duplicates/?after=x").status_code == 422
    assert client.get("/duplicates/?show=x").status_code == 422
    numbers = [town["vat"].number, town["vat2"].number]
    client.post("/duplicates/decide/", {"customer": numbers, "verdict": "different"})
    assert town["vat"].number in client.get("/duplicates/?show=different").text
    client.post(
        "/duplicates/decide/", {"customer": [town["mail"].number, town["mail2"].number], "verdict": "same"}
    )
    assert town["mail"].number in client.get("/duplicates/?show=same").text
    answer = as_user("beheer").post(
        "/duplicates/decide/", {"customer": [town["mail"].number, town["mail2"].number], "verdict": "same"}
    )
    assert answer["Location"].startswith("/duplicates/merge/?customer=")


def test_who_may_not_see_one_of_the_two_sees_no_pair(
    town: dict[str, Customer], as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    find(running())
    hidden = town["vat2"].pk
    real = type(Customer.objects.all()).visible_to
    monkeypatch.setattr(
        type(Customer.objects.all()), "visible_to", lambda self, actor: real(self, actor).exclude(pk=hidden)
    )
    client = as_user("verkoop")
    response = client.get("/duplicates/")
    assert hidden not in {key for row in response.context["rows"] for key in (row.low["id"], row.high["id"])}
    assert response.context["counts"]["open"] == 4
    before = Decision.objects.count()
    answer = client.post(
        "/duplicates/decide/", {"customer": [town["vat"].number, town["vat2"].number], "verdict": "different"}
    )
    assert answer.status_code == 404
    assert Decision.objects.count() == before

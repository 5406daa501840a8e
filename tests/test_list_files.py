"""The file of the list as its users arranged it: exactly the view, made by a job, asking the right again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from klantenbeheer.customers import list_kind
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.foundation.lists import files
from klantenbeheer.foundation.lists.models import ListFile
from klantenbeheer.kernel.errors import NotAllowed, NotFound

from .test_lists import five

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]
__all__ = ["five"]  # a fixture of the list's own tests


def _columns(boss: Client) -> None:
    boss.post("/lists/customers/columns", {"order": ["name", "status"], "shown": ["name", "status"]})


def test_a_file_is_exactly_the_view(five: dict[str, Customer], as_user: Sign) -> None:
    boss = as_user("beheer")
    _columns(boss)
    back = "sort=-name&where=status+isnt+archived"
    answer = boss.post("/customers/export", {"form": "csv", "back": back})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "Naam;Status",
        "Elektro Alfa;Actief",
        "Cafe Gamma;Prospect",
        "Bakker Beta;Prospect",
        "Aannemer Alfa;Actief",
    ]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(boss.post("/customers/export", {"form": "xlsx", "back": back}).content)
    )
    assert book.get_sheet_by_index(0).to_python()[:2] == [["Naam", "Status"], ["Elektro Alfa", "Actief"]]
    everything = boss.post("/customers/export?what=all", {"form": "csv", "back": back}).content.decode(
        "utf-8-sig"
    )
    assert everything.startswith("Klantnummer;Naam;")
    assert boss.post("/customers/export", {"form": "exe", "back": back}).status_code == 404
    assert boss.post("/customers/export", {"form": "csv", "back": "where=x+is+y"}).status_code == 422
    assert as_user("lezer").post("/customers/export", {"form": "csv"}).status_code == 403


def test_a_long_file_is_work_and_only_its_owners(
    five: dict[str, Customer], as_user: Sign, people: dict[str, User], monkeypatch: pytest.MonkeyPatch, tmp_path: Any,
    settings: Any,
) -> None:  # fmt: skip
    settings.FILES = tmp_path
    monkeypatch.setattr("klantenbeheer.customers.list_views.AT_ONCE", 2)
    boss = as_user("beheer")
    _columns(boss)
    response = boss.post("/customers/export", {"form": "xlsx", "back": "sort=-name"})
    file = ListFile.objects.get()
    assert response["Location"] == f"/lists/files/{file.pk}/"
    assert boss.get(f"/lists/files/{file.pk}/file").status_code == 404
    job = claim("test")
    assert job is not None
    perform(job)
    assert Job.objects.get(pk=job.pk).state == State.DONE
    page = boss.get(f"/lists/files/{file.pk}/").content.decode()
    assert f"/lists/files/{file.pk}/file" in page
    got = boss.get(f"/lists/files/{file.pk}/file")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(got.streaming_content)))  # type: ignore[attr-defined]
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == [
        "Naam", "Elektro Alfa", "Drukkerij Delta", "Cafe Gamma", "Bakker Beta", "Aannemer Alfa",
    ]  # fmt: skip
    for other in ("verkoop", "lezer", "niemand"):
        assert as_user(other).get(f"/lists/files/{file.pk}/").status_code == 404
        assert as_user(other).get(f"/lists/files/{file.pk}/file").status_code == 404
    # Who may not export any more fetches nothing either.
    people["beheer"].roles.set([Role.objects.get(key="reader")])
    assert boss.get(f"/lists/files/{file.pk}/file").status_code == 403


def test_a_file_asks_the_right_again_when_it_is_made(
    five: dict[str, Customer], people: dict[str, User], settings: Any, tmp_path: Any
) -> None:
    settings.FILES = tmp_path
    file = files.file_start(
        actor=people["beheer"],
        kind=list_kind.CUSTOMER_LIST,
        form="csv",
        parameters={},
        columns=[],
        everything=False,
        total=5,
    )
    people["beheer"].roles.set([])
    job = claim("test")
    assert job is not None
    perform(job)
    assert Job.objects.get(pk=job.pk).state == State.FAILED
    assert list(tmp_path.rglob("*.csv")) == []
    with pytest.raises((NotAllowed, NotFound)):
        files.file_of(User.objects.get(username="beheer"), file.pk)

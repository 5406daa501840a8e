"""What stands on the page that one is on: named by it, chosen among the rest, offered once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.palette import finding

pytestmark = pytest.mark.django_db
HERE = "Exporteren · Excel\t\nKolommen\t/lists/customers/columns\n\t/leeg\nNieuwe klant\t\nLees in\t/customers/import"


def offered(user: User, query: str = "", here: str = HERE) -> list[tuple[str, str]]:
    asked = finding.parse(user, query, path="/customers/", here=here)
    groups = {group.key: group.entries for group in finding.find(asked)}
    return [(str(entry.label), entry.press) for entry in groups.get("here", ())]


def test_what_the_page_has_is_offered_by_its_place(people: dict[str, User]) -> None:
    """What leads where an action leads already, or is called so, is there once."""
    assert offered(people["beheer"]) == [("Exporteren · Excel", "here:0"), ("Kolommen", "here:1")]
    assert offered(people["beheer"], ">kolomen") == [("Kolommen", "here:1")]
    assert offered(people["beheer"], "#1") == []


def test_a_page_that_names_too_much_is_cut_off(
    people: dict[str, User], as_user: Callable[[str], Client]
) -> None:
    many = "\n".join(f"<b>Knop</b> {place}\t" for place in range(500))
    assert len(offered(people["beheer"], "", many)) == 80
    text = as_user("beheer").get("/palette/", {"here": many[:3000]}).text
    assert "<b>" not in text
    assert len(offered(people["beheer"], "", "x" * 20_000)[0][0]) == 120

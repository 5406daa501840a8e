"""Which passwords are too easy."""

from __future__ import annotations

import pytest
from django.utils import translation

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts.passwords import check_password_rules, password_change
from klantenbeheer.kernel.errors import InvalidInput

PERSON = User(username="jansen", full_name="Jan-Willem Jansen", email="jw.jansen@houthandel.example")


@pytest.mark.parametrize(
    "easy",
    [
        "elf tekens!", "Welkom2026!!", "welkom-welkom-welkom", "W@chtw00rd2026", "P@ssw0rd-P@ssw0rd", "123456789012",
        "abcdefghijkl", "qwertyuiopqwertyuiop", "aaaaaaaaaaaaaaa", "ababababababab", "Zomer2026Zomer2026",
        "letmein2026!!!", "@msterdam2026!", "Welkom01Welkom01",
        "jan-willem jansen", "jw.jansen@houthandel", "098765432109", "klantenbeheer1",
    ],
)  # fmt: skip
def test_easy_ones_are_refused(easy: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_password_rules(easy, PERSON, "password")
    assert refused.value.problems["password"]


@pytest.mark.parametrize(
    "good",
    [
        "een-goed-wachtwoord",
        "zeven groene fietsen",
        "drie natte kranten",
        "correct horse battery",
        "xK9#mQ2$vL7@",
    ],
)
def test_good_ones_pass(good: str) -> None:
    check_password_rules(good, PERSON, "password")


@pytest.mark.parametrize(("language", "words"), [("nl", "minstens 12"), ("en", "at least 12")])
def test_told_in_both_languages(language: str, words: str) -> None:
    with translation.override(language), pytest.raises(InvalidInput) as refused:
        check_password_rules("kort", PERSON, "password")
    assert words in " ".join(refused.value.problems["password"])


@pytest.mark.django_db
def test_changing_asks_the_one_now(people: dict[str, User]) -> None:
    with pytest.raises(InvalidInput) as refused:
        password_change(actor=people["lezer"], old="fout", new="drie natte kranten")
    assert list(refused.value.problems) == ["old_password"]
    with pytest.raises(InvalidInput) as refused:
        password_change(actor=people["lezer"], old="een-goed-wachtwoord", new="Welkom2026!!")
    assert list(refused.value.problems) == ["new_password1"]
    assert User.objects.get(username="lezer").check_password("een-goed-wachtwoord")

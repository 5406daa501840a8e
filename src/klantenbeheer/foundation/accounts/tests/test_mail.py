"""Invitations and forgotten passwords: links that work once, until a day, and tell nothing to others."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as sent
from django.db import connection
from django.test import Client
from django.utils import timezone

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import invitations, jobs, mail, resets
from klantenbeheer.foundation.accounts.models import (
    Invitation,
    OutgoingMail,
    PasswordReset,
    ResetRequest,
    SignIn,
)
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from tests.cast import PASSWORD

from .helpers import sign_in, with_app, work

pytestmark = pytest.mark.django_db
BASE = "https://crm.example"
INVITED = {
    "email": "nieuw@example.com",
    "full_name": "Nina Nieuw",
    "roles": ["sales"],
    "is_salesperson": True,
}
CHOSEN = {
    "full_name": "Nina Nieuw", "username": "Nina", "new_password1": "zeven groene fietsen",
    "new_password2": "zeven groene fietsen",
}  # fmt: skip


def link() -> str:
    work()
    found = re.search(r"https?://[^/\s]+(/(?:invitation|reset)/\S+)", str(sent.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def invited(people: dict[str, User]) -> str:
    invitations.invite(actor=people["beheer"], values=INVITED, base_url=BASE)
    return link()


def test_invited_by_mail_he_makes_his_own_account(invited: str, people: dict[str, User]) -> None:
    message = sent.outbox[-1]
    assert message.to == ["nieuw@example.com"]
    assert message.subject == "Uw account voor Klantenbeheer"
    assert f"{BASE}/invitation/" in str(message.body)
    client = Client()
    assert "Nina Nieuw" in client.get(invited).text
    assert client.post(invited, CHOSEN)["Location"] == "/sign-in/"
    user = User.objects.get(username="nina")
    assert (user.email, user.is_salesperson, [role.key for role in user.roles.all()]) == (
        "nieuw@example.com", True, ["sales"],
    )  # fmt: skip
    assert sign_in("nina", "zeven groene fietsen").get("/customers/").status_code == 200
    assert Client().get(invited).status_code == 404
    assert Client().post(invited, CHOSEN | {"username": "nog-een"}).status_code == 404
    invitation = Invitation.objects.get()
    assert invitation.accepted_by == user
    assert [row.action.actor_label for row in invitation.history.order_by("history_id")] == [
        "Beheer",
        "uitnodiging",
    ]


def test_what_he_types_wrong_is_told_at_its_field(invited: str, people: dict[str, User]) -> None:
    for wrong, field in (
        ({"username": "lezer"}, "username"), ({"username": ""}, "username"), ({"full_name": " "}, "full_name"),
        ({"new_password1": "kort", "new_password2": "kort"}, "new_password1"),
        ({"new_password2": "iets anders dan boven"}, "new_password2"),
        ({"new_password1": "nina nieuw 12", "new_password2": "nina nieuw 12"}, "new_password1"),
    ):  # fmt: skip
        answer = Client().post(invited, CHOSEN | wrong)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field], wrong
    assert Client().post(invited, CHOSEN).status_code == 302


def test_a_link_ends(invited: str, people: dict[str, User]) -> None:
    Invitation.objects.get()
    other = invited[:-6] + "xxxxx/"
    assert Client().get(other).status_code == 404
    again = invitations.invitation_again(
        actor=people["beheer"], invitation_id=Invitation.objects.get().pk, base_url=BASE
    )
    new = link()
    assert (Client().get(invited).status_code, Client().get(new).status_code) == (404, 200)
    invitations.invitation_withdraw(actor=people["beheer"], invitation_id=again.pk)
    assert Client().post(new, CHOSEN).status_code == 404
    for call in (invitations.invitation_withdraw, invitations.invitation_again):
        more = {"base_url": BASE} if call is invitations.invitation_again else {}
        with pytest.raises(Refused):
            call(actor=people["beheer"], invitation_id=again.pk, **more)
    assert not User.objects.filter(username="nina").exists()


def test_after_its_day_it_does_not_work(
    invited: str, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert Client().get(invited).status_code == 404
    with pytest.raises(NotFound):
        invitations.accept(
            token=invited.split("/")[2], username="nina", full_name="N", password="zeven groene fietsen"
        )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "geen"}, "email"), ({"email": ""}, "email"), ({"roles": []}, "roles"), ({"roles": ["x"]}, "roles"),
        ({"days": 0}, "days"), ({"days": 31}, "days"), ({"language": "fr"}, "language"),
        ({"full_name": "x" * 121}, "full_name"), ({"email": "LEZER@example.com"}, "email"),
    ],
)  # fmt: skip
def test_whom_one_cannot_invite(wrong: dict[str, Any], field: str, people: dict[str, User]) -> None:
    User.objects.filter(username="lezer").update(email="lezer@example.com")
    with pytest.raises(InvalidInput) as refused:
        invitations.invite(actor=people["beheer"], values=INVITED | wrong, base_url=BASE)
    assert list(refused.value.problems) == [field]
    assert not OutgoingMail.objects.exists()


def test_inviting_is_the_manager_s_and_once(people: dict[str, User], invited: str, settings: Any) -> None:
    with pytest.raises(InvalidInput):
        invitations.invite(actor=people["beheer"], values=INVITED, base_url=BASE)
    with pytest.raises(NotAllowed):
        invitations.invite(
            actor=people["verkoop"], values=INVITED | {"email": "b@example.com"}, base_url=BASE
        )
    settings.MAIL_MODE = ""
    with pytest.raises(Refused):
        invitations.invite(actor=people["beheer"], values=INVITED | {"email": "b@example.com"}, base_url=BASE)


def test_the_screen(people: dict[str, User], as_user: Any) -> None:
    client = as_user("beheer")
    form = {"email": "nieuw@example.com", "roles": ["reader", "sales"], "language": "en", "days": "3"}
    assert client.post("/settings/invitations/new/", form).status_code == 302
    page = client.get("/settings/invitations/").text
    assert "nieuw@example.com" in page
    assert "Inzien, Verkoop" in page
    work()
    assert "http://testserver/invitation/" in str(sent.outbox[-1].body)
    key = Invitation.objects.get().pk
    assert client.post(f"/settings/invitations/{key}/again/").status_code == 302
    assert client.post(f"/settings/invitations/{key}/withdraw/").status_code == 302
    assert client.get("/settings/invitations/").status_code == 200


def test_no_link_can_be_read_in_the_database_and_sent_text_is_forgotten(invited: str) -> None:
    token = invited.split("/")[2]
    mails = OutgoingMail.objects.get()
    assert (mails.body, mails.sent_at is not None) == ("", True)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("accounts_", "jobs_", "audit_")):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own table names
                assert token not in str(cursor.fetchall())
    mail.send(mails.pk)
    assert len(sent.outbox) == 1


def test_the_demo_keeps_mails_to_be_read(people: dict[str, User], as_user: Any, settings: Any) -> None:
    settings.MAIL_MODE = "outbox"
    invitations.invite(actor=people["beheer"], values=INVITED, base_url="http://localhost:8000")
    work()
    assert sent.outbox == []
    page = as_user("beheer").get("/settings/outbox/")
    found = re.search(r'href="http://localhost:8000(/invitation/[^"]+)"', page.text)
    assert found
    assert Client().get(found[1]).status_code == 200
    assert found[1].split("/")[2] not in OutgoingMail.objects.get().body


# -- forgotten ------------------------------------------------------------------------------------------------------


@pytest.fixture
def known(people: dict[str, User]) -> User:
    User.objects.filter(username="lezer").update(email="Lezer@Example.com")
    return User.objects.get(username="lezer")


def ask(email: str, **extra: Any) -> Any:
    return Client(**extra).post("/forgot/", {"email": email})


def test_forgotten_chosen_anew_signed_in(known: User) -> None:
    open_one = sign_in("lezer")
    ask("lezer@example.com ")
    there = link()
    client = Client()
    assert "lezer" in client.get(there).text
    assert client.post(there, {"new_password1": "kort", "new_password2": "kort"}).status_code == 422
    new = {"new_password1": "drie natte kranten", "new_password2": "drie natte kranten"}
    assert client.post(there, new).status_code == 200
    assert client.get(there).status_code == 404
    assert client.post(there, new).status_code == 404
    assert open_one.get("/customers/").status_code == 302
    assert sign_in("lezer").get("/customers/").status_code == 302
    assert sign_in("lezer", "drie natte kranten").get("/customers/").status_code == 200
    assert SignIn.objects.filter(kind="reset", user=known).count() == 1


def test_the_second_factor_stays(known: User) -> None:
    with_app(known)
    ask("lezer@example.com")
    Client().post(link(), {"new_password1": "drie natte kranten", "new_password2": "drie natte kranten"})
    client = sign_in("lezer", "drie natte kranten")
    assert client.get("/customers/").status_code == 302


def test_the_answer_and_its_cost_do_not_tell_who_is_known(
    known: User, django_assert_num_queries: Any
) -> None:
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    said = []
    for address in ("lezer@example.com", "onbekend@example.com"):
        with CaptureQueriesContext(database) as queries:
            answer = ask(address)
        said.append((answer.status_code, re.sub(r'value="[^"]+"', "", answer.text), len(queries)))
    assert said[0] == said[1]
    work()
    assert [message.to for message in sent.outbox] == [["Lezer@Example.com"]]
    assert set(ResetRequest.objects.values_list("email", flat=True)) == {""}


def test_who_left_gets_nothing(known: User) -> None:
    User.objects.filter(pk=known.pk).update(is_active=False)
    ask("lezer@example.com")
    work()
    assert sent.outbox == []


def test_too_often_is_not_answered(known: User) -> None:
    for _time in range(resets.MOST_PER_MAIL + 2):
        assert ask("lezer@example.com").status_code == 200
    work()
    assert len(sent.outbox) == resets.MOST_PER_MAIL
    for number in range(resets.MOST_PER_PLACE):
        ask(f"iemand{number}@example.com")
    assert ask("lezer@example.com").status_code == 422
    assert ask("lezer@example.com", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_an_hour_and_one_of_them(known: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ask("lezer@example.com")
    first = link()
    ask("lezer@example.com")
    second = link()
    Client().post(second, {"new_password1": "drie natte kranten", "new_password2": "drie natte kranten"})
    assert Client().get(first).status_code == 404
    ask("lezer@example.com")
    third = link()
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert Client().get(third).status_code == 404


def test_without_mail_nothing_is_promised(known: User, settings: Any) -> None:
    settings.MAIL_MODE = ""
    assert "/forgot/" not in Client().get("/sign-in/").text
    assert ask("lezer@example.com").status_code == 422
    assert not Job.objects.exists()


def test_a_second_worker_mails_nothing_twice(known: User) -> None:
    ask("lezer@example.com")
    wish = ResetRequest.objects.get()
    assert resets.handle(wish.pk) == 1
    assert resets.handle(wish.pk) == 0
    assert PasswordReset.objects.count() == 1


def test_old_ones_go(known: User) -> None:
    ask("lezer@example.com")
    work()
    long_ago = timezone.now() - timedelta(days=60)
    ResetRequest.objects.update(at=long_ago)
    PasswordReset.objects.update(expires_at=long_ago)
    OutgoingMail.objects.update(created_at=long_ago)
    jobs.tidy(None)  # type: ignore[arg-type]  # it needs no run
    assert [model.objects.count() for model in (ResetRequest, PasswordReset, OutgoingMail)] == [0, 0, 0]
    assert PASSWORD

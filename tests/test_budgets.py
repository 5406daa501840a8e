"""Query budgets: each page asks the database the same number of questions with 3 rows and with 300.

The numbers stand in ``query_counts.json``: a change is a line to review, not a surprise. After a change that is meant,
``KLANTENBEHEER_WRITE_COUNTS=1`` writes the file again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from klantenbeheer.card.tabs import TABS
from klantenbeheer.customers import derive
from klantenbeheer.customers.bank.models import BicCheck, IbanChange
from klantenbeheer.customers.bulk_edit.models import BulkEdit
from klantenbeheer.customers.models import (
    Address,
    ConditionGroup,
    Customer,
    CustomerMailingCode,
    ImportIssue,
    ImportRun,
    MailingCode,
    Territory,
)
from klantenbeheer.domains.contacts.models import Branch, Consent, Contact
from klantenbeheer.domains.duplicates.models import Decision, Merge, Pair
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.privacy.models import Archive, Erasing, Hold, PrivacyRequest
from klantenbeheer.domains.territories.models import TerritoryRule, TerritoryStaff
from klantenbeheer.domains.vat_check.models import VatAnswer
from klantenbeheer.foundation.access.checks import routes
from klantenbeheer.foundation.access.models import AccessChange, Role, RoleLevel, User
from klantenbeheer.foundation.accounts.models import AccountSession, ApiToken, Invitation, Passkey, SignIn
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, remove, write
from klantenbeheer.foundation.company.models import Company
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.lists.models import ListFile, SavedView
from klantenbeheer.foundation.pictures.models import Picture
from klantenbeheer.kernel.postcodes import postcode_range

from .conftest import SYSTEM

COUNTS = Path(__file__).with_name("query_counts.json")
# Address to what is filled in: {run} an import, {job} a job, {person}, {branch}, {note} a record of customer K1.
PAGES = [
    "/", "/start/recent/?recent=K1,K2,K3", "/palette/", "/palette/?q=klant&at=/customers/K1/notes/&recent=K1,K2",
    "/palette/?recent=K1,K2,K3&at=/customers/K1/notes/", "/palette/?q=%23k", "/palette/?q=@jan", "/palette/?q=@ja",
    "/palette/?q=>nieuw&at=/customers/K1/notes/", "/customers/?warned_note=1", "/customers/?warned_block=1",
    "/healthz", "/sign-in/", "/password/", "/design/",
    "/handbook/", "/handbook/start/", "/handbook/?q=klant", "/handbook/pictures/nl/card.webp",
     "/handbook/at?path=/customers/", "/jobs/", "/jobs/{job}/",
    "/customers/", "/customers/?q=klant", "/customers/?q=klnat", "/customers/?sort=-changed", "/customers/?marked=1",
    "/customers/?flagged=1", "/customers/?territory=T1&country=NL&status=active",
    "/customers/?where=salesperson+is+beheer", "/customers/?where=territory+empty", "/customers/?by=territory",
    "/customers/?by=salesperson", "/customers/?view={view}&sort=name", "/customers/K1/look", "/customers/bulk/{bulk}",
    "/customers/bulk/{bulk}?field=status&value=prospect&preview=1", "/lists/customers/columns",
    "/lists/customers/filter", "/lists/customers/views/new", "/lists/customers/views/{view}/", "/lists/files/{file}/",
    "/customers/suggest?q=kl",
    "/customers/suggest?q=klant", "/customers/suggest?q=klnat", "/customers/suggest?q=k", "/customers/suggest?q=qqqqq",
    "/customers/export.csv", "/customers/export.xlsx", "/customers/new", "/customers/K1/", "/customers/K1/edit",
    "/customers/K1/field/phone", "/customers/K1/field/mailing_codes?show=1", "/customers/K1/addresses",
    "/customers/K1/label", "/customers/K1/picture", "/customers/K1/bank", "/customers/K1/bank/lookup?first.iban=NL91",
    "/customers/K1/vat", "/vat-check/", "/vat-check/?state=unchecked", "/vat-check/answers.csv",
    "/customers/import", "/customers/import/{run}", "/customers/import/{run}/refused.csv", "/customers/K1/badges/",
    "/customers/K1/around/",
    "/customers/K1/contacts/", "/customers/K1/contacts/?find=jan", "/customers/K1/contacts/persons/new/",
    "/customers/K1/contacts/persons/{person}/", "/customers/K1/contacts/branches/new/",
    "/customers/K1/contacts/branches/{branch}/", "/customers/K1/notes/", "/customers/K1/notes/items/new/",
    "/customers/K1/notes/items/{note}/", "/customers/K1/customer_settings/", "/customers/K1/customer_settings/edit/",
    "/customers/K1/hours", "/customers/K1/hours/now", "/customers/K1/addresses/new",
    "/customers/K1/addresses/{address}",
    "/customers/K1/characteristics/", "/customers/K1/characteristics/edit/", "/settings/characteristics/",
    "/settings/characteristics/new/",
    "/customers/K1/history/", "/customers/K1/history/?kind=note", "/customers/K1/history/?person=test",
    "/customers/K1/history/?field=customer.phone", "/customers/K1/history/?tab=contacts&since=2020-01-01",
    "/customers/K1/history/?at={now}", "/customers/K1/history/compare/?at={now}", "/customers/K1/contacts/?at={now}",
    "/customers/K1/notes/?at={now}", "/customers/K1/customer_settings/?at={now}",
    "/customers/?code=M1", "/customers/?group=1", "/condition-groups/", "/condition-groups/1/",
    "/condition-groups/{group}/", "/condition-groups/new/", "/condition-groups/{group}/edit/",
    "/condition-groups/{group}/delete/", "/territories/", "/territories/{region}/", "/territories/report/",
    "/territories/new/", "/territories/assign/", "/territories/{region}/edit/", "/territories/{region}/move/",
    "/territories/{region}/hand-over/",
    "/territories/{region}/rules/new/", "/territories/{region}/staff/new/", "/territories/rules/{rule}/",
    "/territories/staff/{staff}/", "/settings/", "/settings/company/", "/settings/company/edit/",
    "/settings/company/logo/1.webp", "/settings/series/", "/settings/series/customer/",
    "/settings/series/customer/preview/?next_value=20000", "/settings/mailing-codes/", "/settings/mailing-codes/new/",
    "/settings/extra-fields/", "/settings/extra-fields/extra_text_1/",
    "/settings/mailing-codes/{code}/", "/customers/K1/tab-order", "/settings/users/", "/settings/users/new/",
    "/settings/users/{user}/", "/settings/users/{user}/edit/", "/settings/roles/", "/settings/roles/new/",
    "/settings/roles/{role}/", "/settings/roles/{role}/edit/", "/settings/roles/{role}/delete/",
    "/settings/tab-order/{role}/",
    "/sign-in/second/", "/forgot/", "/reset/x/", "/invitation/x/", "/account/", "/account/edit/", "/account/confirm/",
    "/account/security/", "/account/security/app/", "/account/sessions/", "/account/tokens/", "/account/tokens/new/",
    "/account/tokens/{token}/revoke/", "/account/sign-ins/", "/settings/accounts/", "/settings/accounts/{account}/",
    "/settings/accounts/{account}/tokens/{token_of}/revoke/", "/settings/accounts/{leaver}/leave/",
    "/settings/sign-ins/",
    "/settings/sign-ins/?kind=failed", "/settings/invitations/", "/settings/invitations/new/", "/settings/outbox/",
    "/customers/K1/contacts/persons/{person}/consents/", "/privacy/", "/privacy/?state=late&kind=access&number=K1",
    "/privacy/export.csv", "/privacy/new/", "/privacy/new/?customer_number=K1", "/privacy/{request}/",
    "/privacy/{request}/edit/", "/privacy/{request}/close/", "/privacy/archives/{archive}/",
    "/privacy/erasures/{erasing}/", "/privacy/customers/K1/", "/privacy/customers/K1/erase/",
    "/privacy/customers/K1/erase/?person={person}", "/privacy/customers/K1/holds/new/",
    "/duplicates/", "/duplicates/?show=same", "/duplicates/?show=different", "/duplicates/?show=merges",
    "/duplicates/merge/", "/duplicates/merge/?customer=K1&customer=K2", "/duplicates/merges/{merge}/",
]  # fmt: skip
# Addresses that only take a POST; what they cost stands under their own names below.
POSTS = {"cancel", "retry", "mark_many", "mark", "import_start", "import_undo", "sign_out", "restore",
         "undo", "find", "decide", "revoke", "merge_undo", "part_delete", "take", "leave"}  # fmt: skip
POSTS |= {"logo_change", "delete"}
POSTS |= {"bank_confirm", "bank_reject", "bank_withdraw", "bank_bic", "check", "start", "further_delete",
          "undo_one", "activate", "deactivate", "see", "see_end", "custom_switch"}  # fmt: skip
POSTS |= {"passkey_ask", "passkey_sign_in", "look", "app_remove", "recovery_codes", "own_passkey_ask", "passkey_add",
          "passkey_remove", "session_end", "rules_save", "account_sessions", "account_factor", "invitation_again",
          "invitation_withdraw", "reopen", "archive_start", "hold_lift"}  # fmt: skip
POSTS |= {"export_view", "bulk_new", "bulk_start", "bulk_undo", "width", "view_delete"}
# One record by its key; absent while no custom tab is there.
FILES = {"file_get", "picture_image", "custom", "archive_file"}
# With enough customers whose name begins so, the second look (anywhere in the text) is spared.
SPARED = {
    "GET /customers/suggest?q=k",
    "GET /customers/suggest?q=klant",
    "GET /customers/suggest?q=klnat",
    "GET /customers/?q=klnat",
    "GET /palette/?q=@jan",
    "GET /palette/?q=klant&at=/customers/K1/notes/&recent=K1,K2",
}
SAVES = [
    ("/customers/K1/field/phone", {"phone": "030 2345678", "version": "{version}"}, 200),
    ("/customers/K1/mark", {"marked": "1"}, 302),
    ("/customers/new", {"name": "Heel iemand anders", "visiting.city": "Assen"}, 302),
    ("/customers/K1/notes/items/new/", {"text": "Kort"}, 200),
    ("/customers/K1/contacts/persons/new/", {"last_name": "Nieuw"}, 200),
    ("/customers/K1/contacts/persons/{person}/delete/", {}, 200),
]  # fmt: skip


def fill(rows: int, user: User, first: int) -> dict[str, int]:
    """Add so many of everything, also to customer K1, in few transactions. Gives the keys that the pages need."""
    codes = [MailingCode(code=f"M{first + index}") for index in range(rows)]
    regions = [Territory(code=f"T{first + index}", name="Streek") for index in range(rows)]
    groups = [ConditionGroup(name=f"Groep {first + index}") for index in range(rows)]
    with acting(SYSTEM, "territory.create"):
        write(codes, new=True)
        write(regions, new=True)
        if first == 1:
            Picture.objects.create(key="1", content=b"x")
            write([Company(pk=1, name="Wij", logo="1")], new=True)
        write(groups, new=True)
        territory = Territory.objects.get(code="T1")
        stretch = postcode_range("NL", "94", "")
        rules = [
            TerritoryRule(
                territory=territory, country="NL", low=stretch.low + first + index, high=stretch.high
            )
            for index in range(rows)
        ]
        write(rules, new=True)
        since = [date(2000, 1, 1) + timedelta(days=first + index) for index in range(rows)]
        staff = [TerritoryStaff(territory=territory, salesperson=user, since=day, until=day) for day in since]
        write(staff, new=True)
    with acting(SYSTEM, "customer.import"):
        common: dict[str, Any] = {"flags": {"phone": "form"}, "territory": territory, "salesperson": user}
        extra = [Customer(number=f"X{first + index}", name=f"Extra {first + index}") for index in range(2)]
        write(extra, new=True)
        customers = [
            Customer(
                number=f"K{first + index}",
                name=f"Klant {first + index}",
                vat_number="NL004495445B01",
                **common,
            )
            for index in range(rows)
        ]
        addresses = [
            Address(customer=customer, kind="visiting", city="Assen", country="NL") for customer in customers
        ]
        for customer, address in zip(customers, addresses, strict=True):
            derive.derive(customer, [address])
        write(customers, new=True)
        for address in addresses:
            address.customer_id = address.customer.pk
        write(addresses, new=True)
    card = Customer.objects.get(number="K1")
    place = card.addresses.get(further=False)
    persons: list[Contact] = []
    branches: list[Branch] = []
    for turn in range(
        rows // 3
    ):  # every kind of version among the newest, as a page of the history shows them
        with acting(SYSTEM, "contact.create"):
            branches = [Branch(customer=card, name=f"Vestiging {index}") for index in range(3)]
            write(branches, new=True)
            persons = [
                Contact(customer=card, last_name=f"Jan {index}", branch=branches[0]) for index in range(3)
            ]
            write(persons, new=True)
            write(
                [Note(customer=card, text=f"Notitie {index}", important=True) for index in range(3)], new=True
            )
            write(
                [
                    Consent(customer=card, contact=persons[0], channel=channel, answer="refused")
                    for channel in ("mail", "post")
                ],
                new=True,
            )
            mine = codes[turn * 3 : turn * 3 + 3]
            write([CustomerMailingCode(customer=card, code=code) for code in mine], new=True)
            change = {"account": "first", "state": "withdrawn", "proposed_by": user, "decided_by": user}
            write([IbanChange(customer=card, **change) for _index in range(3)], new=True)
            write([BicCheck(customer=card, bic="ABNANL2A", source="x") for _index in range(3)], new=True)
            more = {"customer": card, "kind": "delivery", "further": True}
            write([Address(**more, label=f"Magazijn {index}") for index in range(3)], new=True)
            place.version += 1
            write([place], new=False)
            card.version += 1
            write([card], new=False)
    with acting(SYSTEM, "contact.delete"):
        remove([persons.pop()])
    roles = [Role(key=f"r{first + index}", name=f"Rol {first + index}") for index in range(rows)]
    Role.objects.bulk_create(roles)
    RoleLevel.objects.bulk_create(RoleLevel(role=role, right="tab.notes", level=2) for role in roles)
    colleagues = [User(username=f"u{first + index}", full_name=f"Collega {index}") for index in range(rows)]
    User.objects.bulk_create(colleagues)
    for one in (colleagues[0], *colleagues[:3]):
        one.roles.set(roles[:3])
    with acting(SYSTEM, "role.levels") as action:
        AccessChange.objects.bulk_create(
            AccessChange(
                action=action, role_id=roles[0].pk, user_id=colleagues[0].pk, name="x", what="tab.notes"
            )
            for _index in range(rows)
        )
    jobs = [
        Job(kind="customers.import", title=f"Taak {index}", state=State.DONE, user=user) for index in range(rows)
    ]  # fmt: skip
    Job.objects.bulk_create(jobs)
    answer = {"customer_number": "K1", "number": "NL004495445B01", "outcome": "valid", "asked_label": "x"}
    VatAnswer.objects.bulk_create(
        VatAnswer(customer=one, name=f"Klant {index}", **answer)
        for index in range(rows)
        for one in (card, customers[0])
    )
    accounts = [
        User.objects.create(username=f"leaver{first + index}", full_name="Iemand", is_salesperson=True)
        for index in range(rows)
    ]
    later = timezone.now() + timedelta(days=1)
    given: dict[str, Any] = {"name": "x", "scope": "read", "expires_at": later}
    for one in (user, accounts[0]):
        with acting(SYSTEM, "api_token.create"):
            tokens = [ApiToken(user=one, digest=f"{one.pk}-{first}-{at}", **given) for at in range(rows)]
            write(tokens, new=True)
        for index in range(rows):
            AccountSession.objects.create(
                session_key=f"{one.pk}-{first}-{index}", session_data="", user=one, handle=f"{one.pk}-{first}-{index}",
                expire_date=timezone.now() + timedelta(days=1),
            )  # fmt: skip
        SignIn.objects.bulk_create(SignIn(user=one, kind="failed") for _index in range(rows))
        Passkey.objects.bulk_create(
            Passkey(user=one, name="x", credential_id=f"{one.pk}-{first}-{index}", credential=b"")
            for index in range(rows)
        )
    with acting(SYSTEM, "invitation.create"):
        invited = {"invited_by": user, "accepted_by": user, "roles": ["sales"], "expires_at": timezone.now()}
        write(
            [
                Invitation(email="a@example.com", digest=f"{first}-{index}", **invited)
                for index in range(rows)
            ],
            new=True,
        )
    views = [SavedView(owner=user, list_key="customers", name=f"V{first + index}") for index in range(rows)]
    SavedView.objects.bulk_create(views)
    for view in views[:3]:
        view.roles.set(roles[:3])
    file = ListFile.objects.create(user=user, list_key="customers", form="csv", rows=rows)
    bulk = BulkEdit.objects.create(user=user, keys=[one.pk for one in customers], top=customers[-1].pk)
    run = ImportRun.objects.create(
        user=user, name="k.csv", path="k.csv", headers=["naam"], job=Job.objects.first()
    )
    ImportRun.objects.bulk_create(
        ImportRun(user=user, name=f"{index}.csv", path="x") for index in range(rows)
    )
    ImportIssue.objects.bulk_create(
        ImportIssue(run=run, row=index, outcome="refused", reasons=["x"], cells=["y"])
        for index in range(rows)
    )
    with acting(SYSTEM, "privacy_request.create"):
        requests = [
            PrivacyRequest(
                customer=card, customer_number="K1", person_id=persons[0].pk, kind="access", asker="Iemand",
                due_on=date(2099, 1, 1),
            )
            for _index in range(rows)
        ]  # fmt: skip
        write(requests, new=True)
        past = {"since": date(2000, 1, 1), "until": date(2000, 2, 1)}
        write([Hold(customer=card, reason="x", **past) for _index in range(rows)], new=True)
    about: dict[str, Any] = {"customer": card, "request": requests[0], "job": Job.objects.first()}
    archives = [Archive.objects.create(user=user, expires_at=later, **about) for _index in range(rows)]
    done = {"customer_number": "K1", "label": "x", "reason": "x", "keeps_until": date(2000, 1, 1)}
    erasings = [Erasing.objects.create(**about, **done) for _index in range(rows)]
    ordered = sorted(one.pk for one in (*customers, *extra) if one.pk != card.pk)
    pairs = list(pairwise(ordered))
    Pair.objects.bulk_create(
        [Pair(low_id=low, high_id=high, score=60, reasons=[["city", 6, ""]], verdict="same" if place % 2 else "")
         for place, (low, high) in enumerate(pairs)],
        ignore_conflicts=True,
    )  # fmt: skip
    with acting(SYSTEM, "duplicate.decide"):
        decided = [Decision(low_id=low, high_id=high, verdict="different") for low, high in pairs[:rows]]
        write(
            [one for one in decided if not Decision.objects.filter(low=one.low_id, high=one.high_id)],
            new=True,
        )
    merge = Merge()
    for _turn in range(rows):
        merging = Action.objects.create(actor_label="x", kind="customer.merge")
        told = {
            "others": [[0, "OUD", "Oud"]],
            "lost": [[0, "Naam", "Oud", "customers"]],
            "moved": [["notes.note", 3]],
        }
        merge = Merge.objects.create(
            action=merging, survivor_id=card.pk, survivor_number="K1", survivor_name="x", **told
        )
    return {
        "merge": merge.pk, "token": ApiToken.objects.filter(user=user).latest("pk").pk,
        "token_of": ApiToken.objects.filter(user=accounts[0]).latest("pk").pk,
        "request": requests[0].pk, "archive": archives[0].pk, "erasing": erasings[0].pk,
        "run": run.pk, "job": Job.objects.latest("pk").pk, "person": persons[1].pk, "branch": branches[0].pk,
        "note": Note.objects.latest("pk").pk, "version": card.version, "code": codes[0].pk, "group": groups[0].pk,
        "address": Address.objects.filter(further=True).latest("pk").pk, "region": territory.pk,
        "rule": rules[0].pk, "staff": staff[0].pk, "user": colleagues[0].pk, "role": roles[0].pk,
        "account": accounts[0].pk, "leaver": accounts[0].pk, "view": views[0].pk, "file": file.pk, "bulk": bulk.pk,
    }  # fmt: skip


def count(ask: Callable[[], Any], expected: tuple[int, ...]) -> int:
    with CaptureQueriesContext(connection) as context:
        answer = ask()
        if answer.streaming:
            b"".join(answer.streaming_content)
    assert answer.status_code in expected, (
        answer.request["PATH_INFO"],
        answer.status_code,
        answer.content[-500:],
    )
    return len(
        [query for query in context.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    )


def measure(client: Client, keys: dict[str, Any]) -> dict[str, int]:
    found = {}
    keys = keys | {"now": timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    for path in PAGES:
        found[f"GET {path}"] = count(lambda path=path: client.get(path.format(**keys)), (200, 302, 404, 503))  # type: ignore[misc]
    for path, form, status in SAVES:
        values = {name: value.format(**keys) for name, value in form.items()}
        url = path.format(**keys)
        headers = {} if status == 302 else {"HX-Request": "true"}
        found[f"POST {path}"] = count(lambda: client.post(url, values, headers=headers), (status,))  # noqa: B023 - called at once
    return found


@pytest.mark.django_db
def test_every_page_costs_the_same_with_few_rows_and_with_many(as_user: Callable[[str], Client]) -> None:
    client, user = as_user("beheer"), User.objects.get(username="beheer")
    keys = fill(3, user, 1)
    measure(client, keys)  # fills what is filled once per process
    few = measure(client, _again(keys))
    many_keys = fill(300, user, 1001)
    many = measure(client, _again(many_keys))
    other = {name: (number, many[name]) for name, number in few.items() if many[name] != number}
    assert {name: both for name, both in other.items() if name not in SPARED or both[0] < both[1]} == {}
    if os.environ.get("KLANTENBEHEER_WRITE_COUNTS") == "1":
        COUNTS.write_text(json.dumps(many, indent=2) + "\n", encoding="utf-8")
    assert many == json.loads(COUNTS.read_text(encoding="utf-8"))


def _again(keys: dict[str, int]) -> dict[str, int]:
    """Undo what a measurement stored, so that the next one does the same work."""
    card = Customer.objects.get(number="K1")
    card.marks.all().delete()
    with acting(SYSTEM, "customer.update"):
        Customer.objects.get(name="Heel iemand anders").delete()
        card.phone = ""
        card.version += 1
        write([card], new=False)
    return keys | {"version": card.version, "person": Contact.objects.latest("pk").pk}


def test_every_address_has_a_budget() -> None:
    paths = [re.sub(r"\{\w+\}", "1", path).split("?")[0].lstrip("/") for path in PAGES]
    for pattern, route in routes():
        expression = re.compile(route.pattern.regex.pattern)
        known = [path for path in paths for start in range(len(path) + 1) if expression.search(path[start:])]
        assert known or route.name in POSTS | FILES, pattern


def test_every_tab_has_a_budget() -> None:
    assert {f"/customers/K1/{tab.key}/" for tab in TABS} <= set(PAGES)

"""Somebody who leaves traces everywhere, and what looks for them."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection

from klantenbeheer.customers.bulk_edit.models import BulkEdit
from klantenbeheer.customers.importing.services import folder as import_folder
from klantenbeheer.customers.models import Address, Customer, ImportIssue, ImportRun
from klantenbeheer.domains.characteristics.defining import definition_create
from klantenbeheer.domains.characteristics.services import characteristics_update
from klantenbeheer.domains.contacts.consents import consents_save, signature
from klantenbeheer.domains.contacts.models import Branch, Contact
from klantenbeheer.domains.contacts.services import contact_create, contact_update
from klantenbeheer.domains.customer_settings.models import Block, CustomerSettings
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.privacy import services
from klantenbeheer.domains.privacy.models import Erasing
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import mail
from klantenbeheer.foundation.accounts.crypt import seal
from klantenbeheer.foundation.accounts.models import OutgoingMail
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.foundation.lists.files import folder as list_folder
from klantenbeheer.foundation.lists.models import ListFile, SavedView
from tests.conftest import SYSTEM

NAME, OLD, MAIL, PHONE = "Zwirnelli", "Quastenbrock", "xaveria@zwirnelli.example", "+31 6 87654321"
TRACES = ("zwirnelli", "quastenbrock", "xaveria", "87654321", "8765 4321")


def scan() -> dict[str, list[str]]:
    """Give where a trace of the person stands: every table of the database, and every file that is kept."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own table names
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = (
                        bytes(value).decode("latin-1")
                        if isinstance(value, bytes | memoryview)
                        else str(value)
                    )
                    if any(trace in text.casefold() for trace in TRACES):
                        found.setdefault(f"{table}.{name}", []).append(text[:80])
    for kept in OutgoingMail.objects.all():  # sealed, so that the table itself does not show it
        if any(trace in mail.read(kept).casefold() for trace in TRACES):
            found.setdefault("accounts_outgoingmail.body", []).append(kept.to)
    for path in Path(settings.FILES).rglob("*"):
        if not path.is_file():
            continue
        contents = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                contents += [book.read(name) for name in book.namelist()]
        if any(trace in one.decode("latin-1").casefold() for one in contents for trace in TRACES):
            found.setdefault("files", []).append(path.name)
    return found


def person(customer: Customer) -> Contact:
    """Somebody with another name before, consents, and traces all over his customer's card."""
    values = {"first_name": "Xaveria", "infix": "van", "last_name": OLD, "email": MAIL, "mobile": PHONE}
    made = contact_create(actor=SYSTEM, customer=customer, values=values)
    made = contact_update(actor=SYSTEM, record=made, version=1, values={**values, "last_name": NAME})
    answer = {"mail_answer": "given", "mail_on": date(2026, 1, 2), "mail_source": f"beurs, {NAME}"}
    consents_save(actor=SYSTEM, contact=made, seen=signature(made), values=answer)
    asked = definition_create(actor=SYSTEM, values={"name_nl": "Vaste gesprekspartner", "kind": "text"})
    told = {f"c{asked.pk}": f"Mevrouw {NAME}"}
    characteristics_update(actor=SYSTEM, customer=customer, version=0, values=told)
    with acting(SYSTEM, "note.create", reason=f"Gebeld met {NAME}"):
        write(
            [Note(customer=customer, text=f"Mevrouw van {NAME} belt op 06-8765 4321 terug; {MAIL}")], new=True
        )
        write([Block(customer=customer, scope="all", reason=NAME)], new=True)
        write([CustomerSettings(customer=customer, invoice_email=MAIL)], new=True)
        write(
            [Branch(customer=customer, name="Loods", phone=PHONE, delivery_instructions=f"Vraag {NAME}")],
            new=True,
        )
        write([Address(customer=customer, kind="other", further=True, attention=f"t.a.v. {NAME}")], new=True)
    return made


def around(user: User) -> ImportRun:
    """Leave traces in what belongs to everybody."""
    text = f"naam,contactpersoon,e-mail\nAnders B.V.,Xaveria van {NAME},{MAIL}\n"
    named = f"Beste collega,\n\nXaveria van {NAME} ({MAIL}, {PHONE}) vraagt om toegang.\n"
    for to, subject, body in (
        (MAIL, "Uw account", "Beste mevrouw,\n\nOpen deze link.\n"),
        ("collega@ons.example", f"Toegang voor {MAIL}", named),
        ("ander@ons.example", "Uw account", "Beste meneer,\n\nOpen deze link.\n"),
    ):
        OutgoingMail.objects.create(to=to, subject=subject, body=seal(body))
    (import_folder() / "a.csv").write_text(text, encoding="utf-8")
    (import_folder() / "b.csv").write_text("naam\nIemand anders\n", encoding="utf-8")
    (list_folder() / "1.csv").write_text(text, encoding="utf-8")
    ListFile.objects.create(user=user, list_key="customers", form="csv", parameters={"q": MAIL}, rows=1)
    SavedView.objects.create(owner=user, list_key="customers", name=MAIL, parameters={"q": f"van {NAME}"})
    BulkEdit.objects.create(user=user, parameters={"q": MAIL}, refused={MAIL: 1})
    run = ImportRun.objects.create(user=user, name=f"klanten {MAIL}.csv", path="a.csv", headers=["naam"])
    ImportIssue.objects.create(
        run=run, row=1, outcome="refused", cells=[f"Xaveria van {NAME}"], reasons=["x"]
    )
    ImportIssue.objects.create(run=run, row=2, outcome="refused", cells=["Iemand anders"], reasons=["y"])
    Action.objects.create(actor_label="x", kind="customer.import", reason=f"klanten {MAIL}.csv")
    Job.objects.create(
        kind="customers.import",
        title=f"Import {MAIL}",
        state=State.DONE,
        result={"a": [MAIL]},
        error=f"Fout: {MAIL}",
    )
    return run


def erase(user: User, customer: Customer, who: Contact | None, reason: str = "Verzoek") -> Erasing:
    """Erase as the worker does."""
    started = services.erasing_start(actor=user, customer=customer, person=who, reason=reason)
    job = claim("w")
    assert job is not None
    perform(job)
    started.refresh_from_db()
    job.refresh_from_db()
    assert job.state == State.DONE, job.error
    return started

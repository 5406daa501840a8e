"""Hostile text through every way in and out: shown as text, harmless in a file, or refused with a message."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.exchange.reading import open_table
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Job

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MARK = "zyx"  # found back in whatever comes out

NAMES = [
    f"<script>alert(1)</script> {MARK}",
    f"\"><img src=x onerror=alert(1)> {MARK}",
    f"'; alert(1); // </textarea></title><svg onload=alert(1)> {MARK}",
    f"{MARK} {{{{ 7|add:7 }}}} {{% load x %}} ${{7}} %(name)s %s",
    f"=cmd|' /C calc'!A0 {MARK}",
    f"@SUM(1+1)*cmd|' /C calc'!A0 {MARK}",
    f"+31|{MARK}", f"-{MARK}()", f"\tTab\x0b {MARK}",
    f"\u202e{MARK}cba\u2066 \u200b\ufeffx",
    f"{MARK}\x00\x07\x1b[31m\x7f\x9f",
    f"{MARK}\r\nX-Kop: fout\r\nSet-Cookie: a=b",
    f"javascript:alert('{MARK}')", f"&lt;b&gt;{MARK}&amp;#60;", f"{MARK} 𐍈 é İ ﬁ ٣ 表",
    f"{MARK}\\\"'`;--", f"../../{MARK}/%2e%2e/", f"{MARK}" + "z̷" * 40,
]  # fmt: skip
IDS = [str(index) for index in range(len(NAMES))]
UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


class Looker(HTMLParser):
    """Collects what a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []
        self.inline = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.handlers += [f"{tag} {name}" for name in names if name.startswith("on") or name == "style"]
        self.addresses += [
            str(names[name]) for name in ("href", "src", "action", "formaction", "data") if names.get(name)
        ]
        if tag == "script" and "src" not in names and names.get("type") != "application/json":
            self.inline += 1

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def look(answer: Any, *, stored: bool = False) -> str:
    """Fail when a page would run what somebody typed; give its text.

    A page of what is ``stored`` also holds nothing that nobody sees (marks that turn the direction of text); a form
    that comes back with errors still has what was typed, to the letter.
    """
    page = answer.content.decode()
    looker = Looker()
    looker.feed(page)
    assert looker.handlers == []
    assert looker.inline == 0
    for address in looker.addresses:
        assert not re.match(r"\s*(javascript|data|vbscript):", address, re.IGNORECASE), address
    assert not (stored and UNSEEN.search(page))
    for name, value in answer.headers.items():
        assert "\r" not in value, name
        assert "\n" not in value, name
        assert not name.lower().startswith("x-kop")
    return "".join(looker.text)


def pages(number: str) -> list[str]:
    q = quote(MARK)
    return [
        f"/customers/{number}/notes/", f"/customers/{number}/contacts/", f"/customers/{number}/history/",
        f"/customers/{number}/edit", f"/customers/{number}/addresses", f"/customers/{number}/field/name?show=1",
        f"/customers/{number}/field/name", f"/customers/?q={q}", f"/customers/suggest?q={q}", "/jobs/",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=IDS)
def test_typed_into_every_form(name: str, as_user: Callable[[str], Client]) -> None:
    client = as_user("verkoop")
    form = {
        "name": name, "number": "H1", "website": name, "accept_duplicates": "1", "visiting.street": name[:150],
        "visiting.city": name[:90], "visiting.region": name[:90], "visiting.house_number": "1",
    }  # fmt: skip
    refused = client.post("/customers/new", form)
    assert refused.status_code == 422  # a website is checked, whatever it is
    assert MARK in look(refused) or MARK in refused.content.decode()
    form.pop("website")
    made = client.post("/customers/new", form)
    assert made.status_code == 302, made.content.decode()[-400:]
    toast = json.loads(unquote(made.cookies["kb_toast"].value))
    assert MARK in toast["message"]
    customer = Customer.objects.get(number="H1")
    assert not UNSEEN.search(customer.name)
    assert MARK in customer.name
    name = name.replace("\x00", "")  # Django's own forms refuse NUL
    for path, values in (
        (
            "contacts/persons/new/",
            {"last_name": name[:110], "job_title": name[:110]},
        ),
        ("contacts/branches/new/", {"name": name[:110], "city": name[:90], "country": "NL"}),
        ("notes/items/new/", {"text": name, "important": "on"}),
    ):
        answer = client.post(f"/customers/H1/{path}", values, headers=HTMX)
        assert answer.status_code == 200, answer.content.decode()[-400:]
        look(answer)
    assert Contact.objects.count() == Note.objects.count() == 1
    for path in pages("H1"):
        answer = client.get(path, headers=HTMX if path.endswith("/") else {})
        assert answer.status_code == 200, path
        text = look(answer, stored=True)
        if path != "/jobs/" and not path.endswith(("/edit", "/addresses", "/field/name")):
            assert MARK in text, path


@pytest.mark.parametrize("name", NAMES[::3], ids=IDS[::3])
def test_typed_in_place_over_a_stale_card(
    name: str, as_user: Callable[[str], Client], make_customer: Callable[..., Customer]
) -> None:
    make_customer(number="H1")
    client = as_user("verkoop")
    saved = client.post("/customers/H1/field/name", {"name": name, "version": "1"}, headers=HTMX)
    assert saved.status_code == 200
    look(saved, stored=True)
    stale = client.post("/customers/H1/field/name", {"name": f"Ander {name}", "version": "1"}, headers=HTMX)
    assert stale.status_code == 409
    look(stale)
    for key in (
        "email",
        "phone",
        "vat_number",
        "iban",
        "kvk_number",
        "website",
        "credit_limit",
        "mailing_codes",
    ):
        wrong = client.post(f"/customers/H1/field/{key}", {key: name, "version": "2"}, headers=HTMX)
        assert wrong.status_code == 422, key
        look(wrong)


def bring_in(client: Client, name: str, data: bytes) -> ImportRun:
    """Import a file as a person does: upload, look, start."""
    answer = client.post("/customers/import", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, look(answer)
    run = ImportRun.objects.latest("pk")
    look(client.get(f"/customers/import/{run.pk}"))
    form = {f"column-{index}": run.mapping.get(heading, "") for index, heading in enumerate(run.headers)}
    choice = {"on_duplicate": "create", "nameless": "refuse", "country": ""}
    for path in (f"/customers/import/{run.pk}", f"/customers/import/{run.pk}/start"):
        assert client.post(path, form | choice).status_code == 302
        job = running.claim("w")
        assert job is not None
        running.perform(job)
        for page in (f"/customers/import/{run.pk}", "/customers/import", "/jobs/", f"/jobs/{job.pk}/"):
            look(client.get(page))
    assert set(Job.objects.values_list("state", "error")) == {("done", "")}
    run.refresh_from_db()
    return run


def test_imported_and_exported_again(as_user: Callable[[str], Client], tmp_path: Path) -> None:
    client = as_user("beheer")
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(["naam", "plaats", "contactpersoon", "limiet", "<b>=1+1</b>"])
    for index, name in enumerate(NAMES):
        name = name.replace("\x00", "")  # a file with NUL is refused as a whole
        writer.writerow([name, name[:90], name[:90], "veel" if index % 2 else "", name])
    run = bring_in(client, "<img src=x onerror=alert(1)>.csv", buffer.getvalue().encode())
    assert (run.read, run.refused) == (len(NAMES), len(NAMES) // 2)
    assert Customer.objects.count() == len(NAMES) - len(NAMES) // 2
    for customer in Customer.objects.all():
        for path in pages(customer.number):
            look(client.get(path), stored=True)
    refused = client.get(f"/customers/import/{run.pk}/refused.csv")
    exported: Any = client.get("/customers/export.csv")
    for name, data in (("geweigerd.csv", refused.content), ("uit.csv", b"".join(exported.streaming_content))):
        (tmp_path / name).write_bytes(data)
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"):
            for cell in row:  # what a spreadsheet makes a formula of
                assert not re.match(r"[=@\t\r]|[+-](?![\d\s().,/-]*$)", cell), (name, cell)
    book = client.get("/customers/export.xlsx").content
    (tmp_path / "uit.xlsx").write_bytes(book)
    with open_table(tmp_path / "uit.xlsx") as table:
        names = {row.values[table.headers.index("Naam")] for row in table.rows()}
    assert names == set(Customer.objects.values_list("name", flat=True))
    import zipfile

    with zipfile.ZipFile(tmp_path / "uit.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet


@pytest.mark.parametrize("length", [10_000, 100_000])
def test_ten_thousand_characters_are_refused_at_the_field(
    length: int, as_user: Callable[[str], Client], make_customer: Callable[..., Customer]
) -> None:
    make_customer(number="H1")
    client = as_user("verkoop")
    long = "x" * length
    for path, form in (
        ("/customers/new", {"name": long, "visiting.city": long, "number": long}),
        ("/customers/H1/field/name", {"name": long, "version": "1"}),
        ("/customers/H1/edit", {"name": "Kort", "email": f"{long}@x.example", "phone": long, "version": "1"}),
        (
            "/customers/H1/addresses",
            {"version": "1", **{f"visiting.{part}": long for part in ("street", "city")}},
        ),
        (
            "/customers/H1/contacts/persons/new/",
            {"last_name": long, "email": long},
        ),
        ("/customers/H1/contacts/branches/new/", {"name": long}),
        ("/customers/H1/notes/items/new/", {"text": long * 3}),
    ):
        answer = client.post(path, form, headers=HTMX)
        assert answer.status_code == 422, path
        assert long in answer.content.decode(), path  # nothing typed is lost
    assert Customer.objects.count() == 1
    assert Customer.objects.get().version == 1
    for path in (
        f"/customers/?q={long[:5000]}",
        f"/customers/suggest?q={long[:5000]}",
        f"/customers/{long[:3000]}/",
    ):
        assert client.get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    "number", [".", "..", "a/b", "a b", "", "é", "<b>", "x" * 21, "a\x00b", "-", "_", "%2e"]
)
def test_numbers_that_would_break_an_address(number: str, as_user: Callable[[str], Client]) -> None:
    client = as_user("verkoop")
    answer = client.post("/customers/new", {"name": "Jansen", "number": number})
    if answer.status_code == 422:
        assert not Customer.objects.exists()
        return
    customer = Customer.objects.get()
    assert answer["Location"] == f"/customers/{customer.number}/"
    assert customer.number not in (".", "..")
    assert client.get(answer["Location"], follow=True).status_code == 200


ODD = [
    "\x00", "%_\\'\"*(", "a\x00b", "\u202e", "﷽" * 60, "٣٤٥", "-1", "NEAR(", 'a AND "b" OR rowid:1', "1e5", "\ud83d😀",
    "++", "a@b@c", "2026-99-99", "9" * 30,
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=[str(index) for index in range(len(ODD))])
def test_odd_searches_and_filters_are_never_a_broken_page(
    text: str, as_user: Callable[[str], Client], make_customer: Callable[..., Customer]
) -> None:
    make_customer(number="H1")
    client = as_user("beheer")
    typed = quote(text, errors="surrogatepass")
    for path in (
        f"/customers/?q={typed}", f"/customers/suggest?q={typed}", f"/customers/?country={typed}",
        f"/customers/?territory={typed}", f"/customers/?status={typed}", f"/customers/?sort={typed}",
        f"/customers/?after={typed}", f"/customers/?before={typed}", f"/customers/{typed}/",
        f"/customers/{typed}/notes/", f"/customers/{typed}/edit",
        f"/customers/H1/{typed}/", f"/customers/H1/field/{typed}",
        f"/customers/export.csv?q={typed}&country={typed}", f"/customers/export.{typed}",
        f"/customers/new?name={typed}",
        f"/customers/H1/contacts/?find={typed}", f"/customers/H1/history/?kind={typed}&person={typed}&since={typed}",
        f"/customers/H1/history/?before={typed}&until={typed}", f"/jobs/{typed}/", f"/sign-in/?next={typed}",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (200, 302, 400, 404, 422), path
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a stream is read to its end
        else:
            look(answer)
    person = {"last_name": text, "branch": text, "birthday": text}
    basic = {"territory": text, "salesperson": text, "mailing_codes": text, "version": "1", "status": text}
    for path, form in (
        ("/customers/mark", {"number": text, "marked": "1", "back": text}),
        ("/customers/H1/field/phone", {"phone": "030 2345678", "version": text}),
        ("/customers/H1/contacts/persons/new/", person),
        ("/customers/H1/edit", basic),
        ("/customers/H1/addresses", {"version": "1", "visiting.country": text, "visiting.postcode": text}),
        ("/sign-in/", {"username": text, "password": text}),
    ):
        for headers in ({}, HTMX) if path == "/customers/mark" else (HTMX,):
            data = {key: value.encode("utf-8", "surrogatepass") for key, value in form.items()}
            body = "&".join(f"{key}={quote(value)}" for key, value in data.items())
            answer = client.post(
                path, body, content_type="application/x-www-form-urlencoded", headers=headers
            )
            assert answer.status_code < 500, (path, answer.status_code)
            look(answer)

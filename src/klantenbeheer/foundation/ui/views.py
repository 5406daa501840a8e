"""The page of all components in all states, for developers; it is the reference and it is tested."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django import forms
from django.http import HttpRequest, HttpResponse

from klantenbeheer.foundation.access.guard import signed_in

from .forms import StyledFormMixin
from .htmx import render

ICONS = [
    "add",
    "alert",
    "archive",
    "arrow-down",
    "arrow-up",
    "block",
    "building",
    "calendar",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "clock",
    "close",
    "columns",
    "copy",
    "delete",
    "download",
    "drag",
    "edit",
    "external",
    "eye",
    "file",
    "filter",
    "help",
    "history",
    "import",
    "info",
    "jobs",
    "key",
    "link",
    "location",
    "lock",
    "mail",
    "menu",
    "mobile",
    "moon",
    "more",
    "note",
    "phone",
    "print",
    "question",
    "refresh",
    "search",
    "settings",
    "sign-out",
    "star",
    "star-filled",
    "sun",
    "system",
    "undo",
    "upload",
    "user",
    "users",
]
LONG_NAME = "Coöperatieve Vereniging Installatietechniek Noordoost-Nederland en Omstreken U.A."


class SampleForm(StyledFormMixin, forms.Form):
    """Each kind of field."""

    name = forms.CharField(label="Naam", max_length=80, help_text="Zoals in het handelsregister.")
    email = forms.EmailField(label="E-mail", required=False)
    since = forms.DateField(label="Klant sinds", required=False)
    status = forms.ChoiceField(label="Status", choices=[("a", "Actief"), ("b", "Geblokkeerd")])
    way = forms.ChoiceField(
        label="Verzenden per", choices=[("post", "Post"), ("mail", "E-mail")], widget=forms.RadioSelect
    )
    newsletter = forms.BooleanField(label="Nieuwsbrief", required=False)
    note = forms.CharField(label="Notitie", widget=forms.Textarea, required=False)


@signed_in
def design(request: HttpRequest) -> HttpResponse:
    """Show every component. Reads nothing from the database; the samples are fixed."""
    wrong = SampleForm({"name": "", "email": "jansen@", "status": "a", "way": "post"}, prefix="wrong")
    # The page should open at its top, not at the sample's first error.
    wrong.fields["name"].widget.attrs.pop("autofocus", None)
    context = {
        "icons": ICONS,
        "long_name": LONG_NAME,
        "form": SampleForm(initial={"name": LONG_NAME, "since": date(2026, 11, 23), "way": "post"}),
        "wrong_form": wrong,
        "problems": ["Dit btw-nummer klopt niet: het controlecijfer is fout."],
        "tones": ["neutral", "info", "success", "warning", "danger"],
        "when": datetime(2026, 11, 23, 9, 41, tzinfo=UTC),
        "rows": [
            ("10482", "Jansen Installatietechniek B.V.", "Utrecht", "1.234,50"),
            ("10483", LONG_NAME, "'s-Hertogenbosch", "12.004.318,00"),
            ("10484", "Ünal & Zn.", "Sint Jansteen", "−87,10"),
            ("10485", "X", "", ""),
        ],
        "groups": [
            (
                "Bedrijf",
                [("KvK", "12345678"), ("Btw-nummer", "NL123456782B90"), ("IBAN", "NL91 ABNA 0417 1643 00")],
            ),
            (
                "Bereiken",
                [("Telefoon", "+31 30 123 45 67"), ("E-mail", "administratie@jansen-installatie.example")],
            ),
            (
                "Handel",
                [("Conditiegroep", "Installateurs A"), ("Kredietlimiet", "€ 25.000,00"), ("Rayon", "")],
            ),
            (
                "Overig",
                [("Taal", "Nederlands"), ("Verkoper", "A. de Vries-van den Heuvel"), ("Status", "Actief")],
            ),
        ],
    }
    return render(request, "ui/design.html", context)

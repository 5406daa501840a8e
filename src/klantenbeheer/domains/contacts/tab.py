"""The Contacts tab: persons and branches on the generic record tab."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.card.records import Column, Level, RecordKind, RecordTab, Tool
from klantenbeheer.card.tabs import SubRoute
from klantenbeheer.customers.display import address_line
from klantenbeheer.customers.hours import with_state

from . import consent_views, consents, selectors, services, vcard_views
from .forms import BranchForm, ContactForm
from .models import Branch, role_names


def opening_hours_text(branch: Branch) -> str:
    """Give the hours, and whether it is open now; of a branch as it was only the hours."""
    if branch.customer.as_of is not None:
        return branch.opening_hours
    return with_state(branch.opening_hours, branch.country)


PERSONS = RecordKind(
    key="persons",
    singular=_("Contact person"),
    plural=_("Contact persons"),
    icon="user",
    form=ContactForm,
    form_options=lambda customer: {"branches": Branch.objects.filter(customer=customer)},
    columns=(
        Column(_("Name"), lambda contact: contact.full_name),
        Column(_("Job title"), lambda contact: contact.job_title),
        Column(_("Roles"), lambda contact: role_names(contact.roles)),
        Column(_("Telephone"), lambda contact: contact.phone, "phone"),
        Column(_("Mobile"), lambda contact: contact.mobile, "phone"),
        Column(_("E-mail"), lambda contact: contact.email, "email"),
        Column(_("Branch"), lambda contact: contact.branch or "", rare=True),
        Column(_("Consents"), consents.summary, rare=True),
        Column(_("Left"), lambda contact: contact.left_on or "", "date", rare=True),
    ),
    rows=selectors.contacts_of,
    create=services.contact_create,
    update=services.contact_update,
    delete=services.contact_delete,
    empty=_("The people you deal with at this customer, with their direct numbers."),
    tools=(
        Tool(_("Save all as vCards"), "vcards.vcf", "download"),
        Tool(_("Read vCards"), "vcards", "upload", Level.EDIT, dialog=True),
    ),
    row_tools=(
        Tool(_("Consents"), "consents", "check", Level.EDIT, dialog=True),
        Tool(_("Save as vCard"), "vcard.vcf", "download"),
    ),
)
BRANCHES = RecordKind(
    key="branches",
    singular=_("Branch"),
    plural=_("Branches"),
    icon="building",
    form=BranchForm,
    columns=(
        Column(_("Name"), lambda branch: branch.name),
        Column(_("Address"), address_line),
        Column(_("Telephone"), lambda branch: branch.phone, "phone"),
        Column(_("Opening hours"), opening_hours_text),
        Column(_("GLN"), lambda branch: branch.gln, rare=True),
    ),
    rows=selectors.branches_of,
    create=services.branch_create,
    update=services.branch_update,
    delete=services.branch_delete,
    empty=_("Other places of this customer, each with its own address and delivery instructions."),
)


TAB = RecordTab(
    "contacts",
    _("Contacts"),
    10,
    (PERSONS, BRANCHES),
    badge=selectors.contact_count,
    past=True,
    routes=(
        SubRoute("persons/vcards.vcf", vcard_views.everybody, Level.VIEW),
        SubRoute("persons/vcards", vcard_views.bring_in),
        SubRoute("persons/<int:record_id>/vcard.vcf", vcard_views.one, Level.VIEW),
        SubRoute("persons/<int:record_id>/consents", consent_views.dialog),
    ),
)


def register() -> None:
    """Put the tab on the card."""
    TAB.register()

"""Every route, every role: allowed or denied as declared, and a denied write changed nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver, resolve
from django.urls import path as route_path

from klantenbeheer.card.tabs import TABS
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.checks import every_route_is_guarded, routes
from klantenbeheer.foundation.access.guard import Guard
from klantenbeheer.foundation.access.middleware import Gate
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.kernel.actors import Level

from .cast import Give

# Address, method, and the answer for: not signed in, without a role, reader, seller, manager.
IN = 302  # sent to the sign-in page
MATRIX = [
    ("/", "get", IN, 200, 200, 200, 200),
    ("/start/recent/?recent=K1", "get", IN, 404, 200, 200, 200),
    ("/palette/?q=jan&at=/customers/K1/notes/", "get", IN, 200, 200, 200, 200),
    ("/healthz", "get", 503, 503, 503, 503, 503),
    ("/sign-in/", "get", 200, 302, 302, 302, 302),
    ("/password/", "get", IN, 200, 200, 200, 200),
    ("/sign-in/second/", "get", IN, 302, 302, 302, 302),
    ("/sign-in/passkey/ask/", "post", 200, 200, 200, 200, 200),
    ("/sign-in/passkey/", "post", 422, 422, 422, 422, 422),
    ("/forgot/", "get", 200, 200, 200, 200, 200),
    ("/forgot/", "post", 422, 422, 422, 422, 422),
    ("/reset/x/", "get", 404, 404, 404, 404, 404),
    ("/reset/x/", "post", 404, 404, 404, 404, 404),
    ("/invitation/x/", "get", 404, 404, 404, 404, 404),
    ("/invitation/x/", "post", 404, 404, 404, 404, 404),
    ("/account/", "get", IN, 200, 200, 200, 200),
    ("/account/edit/", "get", IN, 200, 200, 200, 200),
    ("/account/edit/", "post", IN, 422, 422, 422, 422),
    ("/account/look/", "post", IN, 422, 422, 422, 422),
    ("/account/confirm/", "get", IN, 200, 200, 200, 200),
    ("/account/security/", "get", IN, 200, 200, 200, 200),
    # The password was not given lately: it is asked first.
    ("/account/security/app/", "get", IN, 302, 302, 302, 302),
    ("/account/security/app/", "post", IN, 302, 302, 302, 302),
    ("/account/security/app/remove/", "post", IN, 302, 302, 302, 302),
    ("/account/security/codes/", "post", IN, 302, 302, 302, 302),
    ("/account/security/passkeys/ask/", "post", IN, 302, 302, 302, 302),
    ("/account/security/passkeys/", "post", IN, 302, 302, 302, 302),
    ("/account/security/passkeys/99/remove/", "post", IN, 302, 302, 302, 302),
    ("/account/sessions/", "get", IN, 200, 200, 200, 200),
    ("/account/sessions/end/", "post", IN, 302, 302, 302, 302),
    ("/account/tokens/", "get", IN, 200, 200, 200, 200),
    ("/account/tokens/new/", "get", IN, 302, 302, 302, 302),
    ("/account/tokens/new/", "post", IN, 302, 302, 302, 302),
    ("/account/tokens/99/revoke/", "get", IN, 404, 404, 404, 404),
    ("/account/tokens/99/revoke/", "post", IN, 404, 404, 404, 404),
    ("/account/sign-ins/", "get", IN, 200, 200, 200, 200),
    ("/settings/accounts/", "get", IN, 403, 403, 403, 200),
    ("/settings/accounts/second-factor/", "post", IN, 403, 403, 403, 302),
    ("/settings/accounts/0/", "get", IN, 403, 403, 403, 404),
    ("/settings/accounts/0/sessions/", "post", IN, 403, 403, 403, 404),
    ("/settings/accounts/0/tokens/99/revoke/", "get", IN, 403, 403, 403, 404),
    ("/settings/accounts/0/tokens/99/revoke/", "post", IN, 403, 403, 403, 404),
    ("/settings/accounts/0/second-factor/", "post", IN, 403, 403, 403, 404),
    ("/settings/sign-ins/", "get", IN, 403, 403, 403, 200),
    ("/settings/invitations/", "get", IN, 403, 403, 403, 200),
    ("/settings/invitations/new/", "get", IN, 403, 403, 403, 200),
    ("/settings/invitations/new/", "post", IN, 403, 403, 403, 422),
    ("/settings/invitations/99/again/", "post", IN, 403, 403, 403, 404),
    ("/settings/invitations/99/withdraw/", "post", IN, 403, 403, 403, 404),
    ("/settings/accounts/0/leave/", "get", IN, 403, 403, 403, 404),
    ("/settings/accounts/0/leave/", "post", IN, 403, 403, 403, 404),
    ("/settings/outbox/", "get", IN, 403, 403, 403, 404),
    ("/design/", "get", IN, 200, 200, 200, 200),
    ("/handbook/", "get", IN, 200, 200, 200, 200),
    ("/handbook/start/", "get", IN, 200, 200, 200, 200),
    ("/handbook/pictures/nl/card.webp", "get", IN, 200, 200, 200, 200),
    ("/handbook/at?path=/customers/", "get", IN, 302, 302, 302, 302),
    ("/jobs/", "get", IN, 200, 200, 200, 200),
    ("/jobs/1/", "get", IN, 404, 404, 404, 404),
    ("/jobs/1/cancel/", "post", IN, 404, 404, 404, 404),
    ("/jobs/1/retry/", "post", IN, 404, 404, 404, 404),
    ("/customers/", "get", IN, 403, 200, 200, 200),
    ("/customers/suggest?q=jan", "get", IN, 403, 200, 200, 200),
    ("/customers/export.csv", "get", IN, 403, 403, 200, 200),
    ("/customers/export.xlsx", "get", IN, 403, 403, 200, 200),
    ("/customers/export", "post", IN, 403, 403, 404, 404),
    ("/customers/bulk/new", "post", IN, 403, 403, 403, 422),
    ("/customers/bulk/99", "get", IN, 403, 404, 404, 404),
    ("/customers/bulk/99/start", "post", IN, 403, 403, 403, 404),
    ("/customers/bulk/99/undo", "post", IN, 403, 404, 404, 404),
    ("/customers/K1/look", "get", IN, 403, 200, 200, 200),
    ("/lists/customers/columns", "get", IN, 403, 200, 200, 200),
    ("/lists/customers/columns", "post", IN, 403, 422, 422, 422),
    ("/lists/customers/width", "post", IN, 403, 404, 404, 404),
    ("/lists/customers/filter", "get", IN, 403, 200, 200, 200),
    ("/lists/customers/views/new", "get", IN, 403, 200, 200, 200),
    ("/lists/customers/views/new", "post", IN, 403, 422, 422, 422),
    ("/lists/customers/views/99/", "get", IN, 403, 404, 404, 404),
    ("/lists/customers/views/99/", "post", IN, 403, 404, 404, 404),
    ("/lists/customers/views/99/delete", "post", IN, 403, 404, 404, 404),
    ("/lists/files/99/", "get", IN, 404, 404, 404, 404),
    ("/lists/files/99/file", "get", IN, 404, 404, 404, 404),
    ("/customers/new", "get", IN, 403, 403, 200, 200),
    ("/customers/new", "post", IN, 403, 403, 422, 422),
    ("/customers/mark", "post", IN, 403, 302, 302, 302),
    ("/customers/K1/mark", "post", IN, 403, 302, 302, 302),
    ("/customers/K1/edit", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/edit", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/field/phone", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/field/phone", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/addresses", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/addresses", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/label", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/picture", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/picture", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/picture/0.webp", "get", IN, 403, 404, 404, 404),
    ("/customers/K1/bank", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/bank", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/bank/lookup?first.iban=x", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/bank/confirm", "post", IN, 403, 403, 403, 422),
    ("/customers/K1/bank/reject", "post", IN, 403, 403, 403, 422),
    ("/customers/K1/bank/withdraw", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/bank/bic", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/vat", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/vat/check", "post", IN, 403, 403, 422, 422),
    ("/vat-check/", "get", IN, 403, 200, 200, 200),
    ("/vat-check/start", "post", IN, 403, 403, 422, 422),
    ("/vat-check/answers.csv", "get", IN, 403, 403, 200, 200),
    ("/customers/import", "get", IN, 403, 403, 200, 200),
    ("/customers/import", "post", IN, 403, 403, 422, 422),
    ("/customers/import/1", "get", IN, 403, 403, 404, 404),
    ("/customers/import/1/start", "post", IN, 403, 403, 404, 404),
    ("/customers/import/1/undo", "post", IN, 403, 403, 404, 404),
    ("/customers/import/1/refused.csv", "get", IN, 403, 403, 404, 404),
    ("/customers/K1/", "get", IN, 403, 302, 302, 302),
    ("/customers/K1/badges/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/around/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/contacts/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/contacts/persons/new/", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/contacts/persons/new/", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/contacts/persons/99/", "get", IN, 403, 403, 404, 404),
    ("/customers/K1/contacts/persons/99/delete/", "post", IN, 403, 403, 404, 404),
    ("/customers/K1/contacts/persons/vcards.vcf/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/contacts/persons/vcards/", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/contacts/persons/vcards/", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/contacts/persons/99/vcard.vcf/", "get", IN, 403, 404, 404, 404),
    ("/customers/K1/contacts/branches/new/", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/contacts/branches/99/", "post", IN, 403, 403, 404, 404),
    ("/customers/K1/contacts/branches/99/delete/", "post", IN, 403, 403, 404, 404),
    ("/customers/K1/tab-order", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/tab-order", "post", IN, 403, 422, 422, 422),
    ("/customers/K1/notes/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/notes/items/new/", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/notes/items/99/", "get", IN, 403, 403, 404, 404),
    ("/customers/K1/notes/items/99/delete/", "post", IN, 403, 403, 404, 404),
    ("/customers/K1/addresses/new", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/addresses/new", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/addresses/99", "get", IN, 403, 403, 404, 404),
    ("/customers/K1/addresses/99/delete", "post", IN, 403, 403, 404, 404),
    ("/customers/K1/hours", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/hours", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/hours/now", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/characteristics/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/characteristics/edit/", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/characteristics/edit/", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/customer_settings/", "get", IN, 403, 200, 200, 200),
    ("/customers/K1/customer_settings/edit/", "get", IN, 403, 403, 200, 200),
    ("/customers/K1/customer_settings/edit/", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/customer_settings/blocks/new/", "post", IN, 403, 403, 422, 422),
    ("/customers/K1/customer_settings/blocks/99/", "get", IN, 403, 403, 404, 404),
    ("/customers/K1/customer_settings/blocks/99/delete/", "post", IN, 403, 403, 404, 404),
    ("/settings/", "get", IN, 403, 403, 403, 200),
    ("/settings/users/", "get", IN, 403, 403, 403, 200),
    ("/settings/users/new/", "get", IN, 403, 403, 403, 200),
    ("/settings/users/new/", "post", IN, 403, 403, 403, 422),
    ("/settings/users/999999/", "get", IN, 403, 403, 403, 404),
    ("/settings/users/999999/edit/", "get", IN, 403, 403, 403, 404),
    ("/settings/users/999999/edit/", "post", IN, 403, 403, 403, 404),
    ("/settings/users/999999/activate/", "post", IN, 403, 403, 403, 404),
    ("/settings/users/999999/deactivate/", "post", IN, 403, 403, 403, 404),
    ("/settings/roles/", "get", IN, 403, 403, 403, 200),
    ("/settings/roles/new/", "get", IN, 403, 403, 403, 200),
    ("/settings/roles/new/", "post", IN, 403, 403, 403, 422),
    ("/settings/roles/999999/", "get", IN, 403, 403, 403, 404),
    ("/settings/roles/999999/", "post", IN, 403, 403, 403, 404),
    ("/settings/roles/999999/edit/", "get", IN, 403, 403, 403, 404),
    ("/settings/roles/999999/edit/", "post", IN, 403, 403, 403, 404),
    ("/settings/roles/999999/delete/", "get", IN, 403, 403, 403, 404),
    ("/settings/roles/999999/delete/", "post", IN, 403, 403, 403, 404),
    ("/settings/roles/999999/see/", "post", IN, 403, 403, 403, 404),
    ("/settings/roles/restore/999999/", "post", IN, 403, 403, 403, 404),
    ("/settings/roles/see/end/", "post", IN, 302, 302, 302, 302),
    ("/settings/tab-order/999999/", "get", IN, 403, 403, 403, 404),
    ("/settings/tab-order/999999/", "post", IN, 403, 403, 403, 404),
    ("/settings/custom-tabs/", "get", IN, 403, 403, 403, 404),
    ("/settings/custom-tabs/x/", "post", IN, 403, 403, 403, 404),
    ("/settings/company/", "get", IN, 403, 403, 403, 200),
    ("/settings/company/edit/", "get", IN, 403, 403, 403, 200),
    ("/settings/company/edit/", "post", IN, 403, 403, 403, 422),
    ("/settings/company/logo/", "post", IN, 403, 403, 403, 422),
    ("/settings/company/logo/abc.webp", "get", IN, 404, 404, 404, 404),
    ("/settings/series/", "get", IN, 403, 403, 403, 200),
    ("/settings/series/customer/", "get", IN, 403, 403, 403, 200),
    ("/settings/series/customer/", "post", IN, 403, 403, 403, 422),
    ("/settings/series/customer/preview/", "get", IN, 403, 403, 403, 200),
    ("/settings/extra-fields/", "get", IN, 403, 403, 403, 200),
    ("/settings/extra-fields/extra_text_1/", "get", IN, 403, 403, 403, 200),
    ("/settings/extra-fields/extra_text_1/", "post", IN, 403, 403, 403, 422),
    ("/settings/characteristics/", "get", IN, 403, 403, 403, 200),
    ("/settings/characteristics/new/", "get", IN, 403, 403, 403, 200),
    ("/settings/characteristics/new/", "post", IN, 403, 403, 403, 422),
    ("/settings/characteristics/1/", "get", IN, 403, 403, 403, 404),
    ("/settings/characteristics/1/delete/", "post", IN, 403, 403, 403, 404),
    ("/settings/mailing-codes/", "get", IN, 403, 403, 403, 200),
    ("/settings/mailing-codes/new/", "get", IN, 403, 403, 403, 200),
    ("/settings/mailing-codes/new/", "post", IN, 403, 403, 403, 422),
    ("/settings/mailing-codes/1/", "get", IN, 403, 403, 403, 404),
    ("/settings/mailing-codes/1/delete/", "post", IN, 403, 403, 403, 404),
    ("/territories/", "get", IN, 403, 200, 200, 200),
    ("/territories/new/", "get", IN, 403, 403, 403, 200),
    ("/territories/new/", "post", IN, 403, 403, 403, 422),
    ("/territories/report/", "get", IN, 403, 200, 200, 200),
    ("/territories/assign/", "get", IN, 403, 403, 403, 200),
    ("/territories/assign/", "post", IN, 403, 403, 403, 200),
    ("/territories/1/", "get", IN, 403, 404, 404, 404),
    ("/territories/1/edit/", "post", IN, 403, 403, 403, 404),
    ("/territories/1/delete/", "post", IN, 403, 403, 403, 404),
    ("/territories/1/move/", "post", IN, 403, 403, 403, 404),
    ("/territories/1/hand-over/", "get", IN, 403, 403, 403, 404),
    ("/territories/1/hand-over/", "post", IN, 403, 403, 403, 404),
    ("/territories/1/rules/new/", "post", IN, 403, 403, 403, 404),
    ("/territories/1/staff/new/", "post", IN, 403, 403, 403, 404),
    ("/territories/rules/1/", "post", IN, 403, 403, 403, 404),
    ("/territories/staff/1/", "post", IN, 403, 403, 403, 404),
    ("/territories/rules/1/delete/", "post", IN, 403, 403, 403, 404),
    ("/territories/offers/K1/take/", "post", IN, 403, 403, 422, 422),
    ("/territories/offers/K1/leave/", "post", IN, 403, 403, 302, 302),
    ("/condition-groups/", "get", IN, 403, 200, 200, 200),
    ("/condition-groups/new/", "get", IN, 403, 403, 403, 200),
    ("/condition-groups/new/", "post", IN, 403, 403, 403, 422),
    ("/condition-groups/1/", "get", IN, 403, 200, 200, 200),
    ("/condition-groups/1/edit/", "get", IN, 403, 403, 403, 200),
    ("/condition-groups/1/edit/", "post", IN, 403, 403, 403, 422),
    ("/condition-groups/1/delete/", "get", IN, 403, 403, 403, 422),
    ("/condition-groups/1/delete/", "post", IN, 403, 403, 403, 422),
    ("/customers/K1/history/", "get", IN, 403, 200, 200, 200),
    ("/duplicates/", "get", IN, 403, 200, 200, 200),
    ("/duplicates/find/", "post", IN, 403, 403, 302, 302),
    ("/duplicates/decide/", "post", IN, 403, 403, 422, 422),
    ("/duplicates/decisions/1/revoke/", "post", IN, 403, 403, 404, 404),
    ("/duplicates/merge/", "get", IN, 403, 403, 403, 200),
    ("/duplicates/merge/?customer=K1", "post", IN, 403, 403, 403, 422),
    ("/duplicates/merges/1/", "get", IN, 403, 404, 404, 404),
    ("/duplicates/merges/1/undo/", "post", IN, 403, 403, 403, 404),
    ("/customers/K1/history/compare/", "get", IN, 403, 422, 422, 422),
    ("/history/undo/99999/", "post", IN, 404, 404, 404, 404),
    ("/history/undo/99999/note/1/", "post", IN, 404, 404, 404, 404),
    ("/customers/K1/contacts/persons/99/consents/", "get", IN, 403, 403, 404, 404),
    ("/customers/K1/contacts/persons/99/consents/", "post", IN, 403, 403, 404, 404),
    ("/privacy/", "get", IN, 403, 403, 403, 200),
    ("/privacy/export.csv", "get", IN, 403, 403, 403, 200),
    ("/privacy/new/", "get", IN, 403, 403, 403, 200),
    ("/privacy/new/", "post", IN, 403, 403, 403, 422),
    ("/privacy/99/", "get", IN, 403, 403, 403, 404),
    ("/privacy/99/edit/", "get", IN, 403, 403, 403, 404),
    ("/privacy/99/edit/", "post", IN, 403, 403, 403, 404),
    ("/privacy/99/close/", "get", IN, 403, 403, 403, 404),
    ("/privacy/99/close/", "post", IN, 403, 403, 403, 404),
    ("/privacy/99/reopen/", "post", IN, 403, 403, 403, 404),
    ("/privacy/archives/99/", "get", IN, 403, 403, 403, 404),
    ("/privacy/archives/99/file.zip", "get", IN, 403, 403, 403, 404),
    ("/privacy/erasures/99/", "get", IN, 403, 403, 403, 404),
    ("/privacy/customers/K1/", "get", IN, 403, 403, 403, 200),
    ("/privacy/customers/K1/archive/", "post", IN, 403, 403, 403, 302),
    ("/privacy/customers/K1/erase/", "get", IN, 403, 403, 403, 200),
    ("/privacy/customers/K1/erase/", "post", IN, 403, 403, 403, 422),
    ("/privacy/customers/K1/holds/new/", "get", IN, 403, 403, 403, 200),
    ("/privacy/customers/K1/holds/new/", "post", IN, 403, 403, 403, 422),
    ("/privacy/customers/K1/holds/99/lift/", "post", IN, 403, 403, 403, 404),
    ("/sign-out/", "post", 302, 302, 302, 302, 302),
]
WHO = ("", "niemand", "lezer", "verkoop", "beheer")


def contents() -> dict[str, list[str]]:
    """Give everything that is stored, but for sessions and attempts to sign in."""
    found = {}
    passing = ("django_", "axes_", "accounts_session", "accounts_signin")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(passing) and "_fts" not in table:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own table names
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found


@pytest.mark.parametrize("row", MATRIX, ids=[f"{row[1]} {row[0]}" for row in MATRIX])
def test_who_may_do_what(
    row: tuple[Any, ...], as_user: Callable[[str], Client], make_customer: Callable[..., Customer]
) -> None:
    path, method, *expected = row
    make_customer(number="K1")
    for username, status in zip(WHO, expected, strict=True):
        client = as_user(username) if username else Client()
        before = contents()
        response = getattr(client, method)(path)
        assert response.status_code == status, (username, response.status_code)
        # A refusal changes nothing, and reading never does.
        denied = response.headers.get("Location", "").startswith("/sign-in/") or status >= 400
        if denied or method == "get":
            assert contents() == before


@pytest.mark.parametrize("path", sorted({row[0] for row in MATRIX}))
def test_a_method_that_nobody_named_is_no_way_in(
    path: str, as_user: Callable[[str], Client], make_customer: Callable[..., Customer]
) -> None:
    make_customer(number="K1")
    named = {row[1] for row in MATRIX if row[0] == path}
    for username in ("", "niemand", "lezer", "verkoop"):
        client = as_user(username) if username else Client()
        before = contents()
        for method in sorted({"get", "head", "options", "post", "put", "patch", "delete"} - named):
            response = getattr(client, method)(path)
            assert response.status_code < 500 or path == "/healthz", (username, method)
        assert contents() == before, username


def _asked(path: str, method: str) -> list[tuple[str, Level, int]]:
    """Give each right that an address asks, from which level on, and the answer to who has less."""
    match = resolve(path.split("?")[0])
    guard: Guard = match.func.guard  # type: ignore[attr-defined]  # a view carries its declaration
    asked = [(guard.right, guard.level_for(method.upper()), 403)] if guard.right else []
    key = match.kwargs.get("key", "")
    if guard.by_tab and key in TABS:
        tab = TABS.get(key)
        asked.append((tab.right_key, Level.VIEW, 404))
        rest = match.kwargs.get("rest", "")
        shapes = [(re.sub(r"<int:\w+>", "[0-9]+", route.path) + "/?", route) for route in tab.routes]
        found = [route for shape, route in shapes if re.fullmatch(shape, rest)]
        if found and found[0].level == Level.EDIT:
            asked.append((tab.right_key, Level.EDIT, 403))
    return asked


@pytest.mark.parametrize("row", MATRIX, ids=[f"{row[1]} {row[0]}" for row in MATRIX])
def test_every_level_of_every_right(
    row: tuple[Any, ...], as_user: Callable[[str], Client], make_customer: Callable[..., Customer], give: Give
) -> None:
    """Generated from the registries: with all rights but this one at each of its levels."""
    path, method, *expected = row
    asked = _asked(path, method)
    make_customer(number="K1")
    client = as_user("niemand")
    for right in {right for right, _level, _status in asked}:
        for level in RIGHTS.get(right).levels:
            give("niemand", {key.key: Level.EDIT for key in RIGHTS} | {right: level})
            lacks = [status for key, least, status in asked if key == right and level < least]
            before = contents()
            response = getattr(client, method)(path)
            assert response.status_code == (max(lacks) if lacks else expected[-1]), (right, level)
            if lacks:
                assert contents() == before


def test_every_route_is_in_the_matrix() -> None:
    named = {resolve(row[0].split("?")[0]).route for row in MATRIX}
    # Resolving drops the mark of a beginning inside a longer expression.
    assert {pattern.replace("/^", "/") for pattern, _route in routes()} - named - {""} == set()


def test_every_route_declares_its_guard() -> None:
    assert every_route_is_guarded(None) == []
    for _pattern, route in routes():
        assert isinstance(getattr(route.callback, "guard", None), Guard)


def test_a_route_without_a_guard_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the start-up check nor the gate lets one through."""

    def unguarded(request: Any) -> HttpResponse:
        return HttpResponse("open")

    monkeypatch.setattr(
        get_resolver(), "url_patterns", [*get_resolver().url_patterns, route_path("open/", unguarded)]
    )
    assert [found.id for found in every_route_is_guarded(None)] == ["access.E001"]
    with pytest.raises(SystemCheckError, match="declares no guard"):
        call_command("check")
    with pytest.raises(ImproperlyConfigured, match="declares no guard"):
        Gate(lambda request: HttpResponse()).process_view(RequestFactory().get("/open/"), unguarded, (), {})


def test_every_tab_is_in_the_matrix() -> None:
    named = {row[0] for row in MATRIX}
    assert {f"/customers/K1/{tab.key}/" for tab in TABS} <= named
    below = {f"/customers/K1/{tab.key}/{route.path}/" for tab in TABS for route in tab.routes}
    assert {re.sub(r"<int:\w+>", "99", path) for path in below} <= named


def test_wrong_password_locks_the_account(people: Any) -> None:
    client = Client()
    for _attempt in range(5):
        client.post("/sign-in/", {"username": "lezer", "password": "fout"})
    response = client.post("/sign-in/", {"username": "lezer", "password": "een-goed-wachtwoord"})
    assert response.status_code == 429

"""Every address of the product. Each view declares its guard; the start-up check refuses one that does not."""

from __future__ import annotations

from django.urls import include, path

from klantenbeheer.foundation.ui.settings_pages import index as settings_index

from .views import healthz

handler400 = "klantenbeheer.foundation.ui.errors.bad_request"
handler403 = "klantenbeheer.foundation.ui.errors.forbidden"
handler404 = "klantenbeheer.foundation.ui.errors.not_found"
handler500 = "klantenbeheer.foundation.ui.errors.server_error"

urlpatterns = [
    path("", include("klantenbeheer.foundation.start.urls")),
    path("healthz", healthz, name="healthz"),
    path("", include("klantenbeheer.foundation.accounts.urls")),
    path("design/", include("klantenbeheer.foundation.ui.urls")),
    path("handbook/", include("klantenbeheer.foundation.handbook.urls")),
    path("palette/", include("klantenbeheer.foundation.palette.urls")),
    path("jobs/", include("klantenbeheer.foundation.jobs.urls")),
    path("lists/", include("klantenbeheer.foundation.lists.urls")),
    path("", include("klantenbeheer.domains.vat_check.urls")),
    path("customers/", include("klantenbeheer.customers.urls")),
    path("customers/", include("klantenbeheer.card.urls")),
    path("settings/", settings_index, name="settings"),
    path("settings/users/", include("klantenbeheer.foundation.access.user_views")),
    path("settings/roles/", include("klantenbeheer.foundation.access.role_views")),
    path("settings/", include("klantenbeheer.card.order_views")),
    path("settings/company/", include("klantenbeheer.foundation.company.views")),
    path("settings/series/", include("klantenbeheer.foundation.paper.views")),
    path("settings/extra-fields/", include("klantenbeheer.customers.extra_views")),
    path("settings/characteristics/", include("klantenbeheer.domains.characteristics.views")),
    path("settings/accounts/", include("klantenbeheer.domains.leaving.urls")),
    path("settings/mailing-codes/", include("klantenbeheer.customers.code_views")),
    path("territories/", include("klantenbeheer.domains.territories.urls")),
    path("privacy/", include("klantenbeheer.domains.privacy.urls")),
    path("history/", include("klantenbeheer.domains.history.urls")),
    path("condition-groups/", include("klantenbeheer.domains.conditions.urls")),
    path("duplicates/", include("klantenbeheer.domains.duplicates.urls")),
]

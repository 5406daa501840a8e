"""Along what customers are found: a list in any order, and what is narrowed, walks one of these."""

from __future__ import annotations

from django.db import models

from .choices import SLOTS

CUSTOMER_INDEXES = [
    models.Index(fields=["name_norm", "id"], name="customers_by_name"),
    models.Index(fields=["email", "id"], name="customers_by_email"),
    models.Index(fields=["kvk_number"], name="customers_by_kvk"),
    models.Index(fields=["vat_number"], name="customers_by_vat"),
    models.Index(fields=["iban"], name="customers_by_iban"),
    models.Index(fields=["phone_norm"], name="customers_by_phone"),
    models.Index(fields=["city_norm", "id"], name="customers_by_city"),
    models.Index(fields=["postcode", "id"], name="customers_by_postcode"),
    models.Index(fields=["modified_at", "id"], name="customers_by_change"),
    models.Index(fields=["created_at", "id"], name="customers_by_creation"),
    # The list filtered, in its usual order.
    models.Index(fields=["status", "name_norm", "id"], name="customers_by_status"),
    models.Index(fields=["country", "name_norm", "id"], name="customers_by_country"),
    models.Index(fields=["language", "name_norm", "id"], name="customers_by_language"),
    models.Index(fields=["territory", "name_norm", "id"], name="customers_by_territory"),
    models.Index(fields=["salesperson", "name_norm", "id"], name="customers_by_salesperson"),
    models.Index(fields=["condition_group", "name_norm", "id"], name="customers_by_group"),
    models.Index(fields=["country", "postcode_key"], name="customers_by_place"),
    models.Index(fields=["name_norm", "id"], condition=models.Q(flagged=True), name="customers_to_check"),
    models.Index(
        fields=["name_norm", "id"],
        condition=models.Q(territory__isnull=True),
        name="customers_without_territory",
    ),
    models.Index(
        fields=["name_norm", "id"],
        condition=models.Q(salesperson__isnull=True),
        name="customers_without_seller",
    ),
    models.Index(fields=["vat_state", "vat_checked_at"], name="customers_by_vat_state"),
    # Who may need a number and has none: most without one are at home.
    models.Index(
        fields=["country", "id"],
        condition=models.Q(vat_number="") & ~models.Q(country="NL"),
        name="customers_without_vat",
    ),
    *(
        models.Index(
            fields=[slot, "name_norm", "id"],
            condition=models.Q(**{f"{slot}__isnull": False}),
            name=f"customers_by_{slot}",
        )
        for slot in SLOTS
    ),
]

from typing import Any

from django.db import migrations

from klantenbeheer.customers.derive import search_text_of
from klantenbeheer.customers.models import Address
from klantenbeheer.customers.selectors import current_addresses
from klantenbeheer.domains.contacts.words import contact_words

CHUNK = 1_000
PERSON = ("customer_id", "first_name", "infix", "last_name", "phone", "mobile", "email")
PLACE = ("customer_id", "kind", "further", "label", "valid_from", "valid_until", "street", "postcode", "city")


def forwards(apps: Any, schema_editor: Any) -> None:
    """Put the words of persons behind a sign, for not everybody may search them; may be run again after a kill.

    Customers without persons have none of those words, so they stay as they are.
    """
    alias = schema_editor.connection.alias
    customers, persons, places = (
        apps.get_model(app, name)._base_manager.using(alias)
        for app, name in (("customers", "Customer"), ("contacts", "Contact"), ("customers", "Address"))
    )
    after = 0
    while keys := sorted(
        persons.filter(customer_id__gt=after)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()[:CHUNK]
    ):
        words: dict[int, list[str]] = {}
        for key, *person in persons.filter(customer_id__in=keys).order_by("pk").values_list(*PERSON):
            words.setdefault(key, []).extend(contact_words(*person))
        addresses: dict[int, list[Address]] = {}
        for place in places.filter(customer_id__in=keys).order_by("pk").values(*PLACE):
            addresses.setdefault(place["customer_id"], []).append(Address(**place))
        changed = []
        for customer in customers.filter(pk__in=keys):
            text = search_text_of(
                customer, current_addresses(addresses.get(customer.pk, ())), words[customer.pk]
            )
            if text != customer.search_text:
                customer.search_text = text
                changed.append(customer)
        customers.bulk_update(changed, ["search_text"], batch_size=200)
        after = keys[-1]


class Migration(migrations.Migration):
    """Data only. Nothing to take back: the sign hinders no search of before."""

    atomic = False
    dependencies = [
        ("contacts", "0002_contact_consent_on_contact_consent_source_and_more"),
        ("customers", "0020_number_form_to_the_end"),
        ("search", "0001_initial"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]

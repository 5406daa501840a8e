from django.db import migrations

from klantenbeheer.foundation.search.index import BinaryCollation, TrigramIndex


class Migration(migrations.Migration):
    """The search index, and sorting by code point, on either database."""

    dependencies = [("customers", "0001_initial"), ("search", "0001_initial")]

    operations = [
        BinaryCollation("customers_customer", "name_norm", 200),
        BinaryCollation("customers_customer", "city_norm", 100),
        BinaryCollation("customers_customer", "postcode", 20),
        TrigramIndex("customers_customer", "search_text"),
    ]

from django.db import migrations, models

from klantenbeheer.foundation.search.index import TrigramIndex


class Migration(migrations.Migration):
    """After the filling: an index is made faster of what is there than kept up row by row."""

    dependencies = [("contacts", "0007_search")]
    operations = [
        migrations.AddIndex("contact", models.Index(fields=["name_norm", "id"], name="contacts_by_name")),
        TrigramIndex("contacts_contact", "search_text"),
    ]

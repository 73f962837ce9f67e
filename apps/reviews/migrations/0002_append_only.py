from django.db import migrations

from apps.audit.immutable import append_only


class Migration(migrations.Migration):
    """What was decided, and the bytes it was decided on, stay as they are."""

    dependencies = [("reviews", "0001_initial")]

    operations = [append_only("reviews_decision"), append_only("reviews_submittedreport")]

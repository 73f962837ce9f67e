from django.db import migrations

from apps.audit.immutable import append_only


class Migration(migrations.Migration):
    """Snapshots are what decisions rest on: no path, not even SQL, changes one."""

    dependencies = [("assessments", "0001_initial")]
    operations = [append_only("assessments_snapshot")]

from django.db import migrations, models

from apps.audit.immutable import append_only


class Migration(migrations.Migration):
    """Steps stay as they were taken; of a condition, what was decided stays, and only where it stands moves on."""

    dependencies = [("reviews", "0005_reports_so_far")]

    operations = [
        migrations.RemoveConstraint(model_name="approvalcondition", name="condition_met_who_and_when"),
        migrations.RemoveField(model_name="approvalcondition", name="evidence"),
        migrations.RemoveField(model_name="approvalcondition", name="met_at"),
        migrations.RemoveField(model_name="approvalcondition", name="met_by"),
        migrations.AddIndex(
            model_name="approvalcondition",
            index=models.Index(
                condition=models.Q(("state", "reported")), fields=["decision"], name="condition_reported"
            ),
        ),
        append_only("reviews_conditionstep"),
        append_only("reviews_approvalcondition", ["decision_id", "text"]),
    ]

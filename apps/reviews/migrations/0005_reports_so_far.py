from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def to_steps(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What teams reported as met no officer has looked at yet, so it waits for one."""
    condition_model = apps.get_model("reviews", "ApprovalCondition")
    step_model = apps.get_model("reviews", "ConditionStep")
    for condition in condition_model.objects.exclude(met_at=None):
        step_model.objects.create(
            condition=condition,
            number=1,
            state="reported",
            text=condition.evidence,
            due_on=condition.due_on,
            by_id=condition.met_by_id,
            at=condition.met_at,
        )
    condition_model.objects.exclude(met_at=None).update(state="reported")


def to_fields(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """The newest report; before there were steps, it was all that was kept."""
    condition_model = apps.get_model("reviews", "ApprovalCondition")
    step_model = apps.get_model("reviews", "ConditionStep")
    for step in step_model.objects.filter(state="reported", condition__state__in=["reported", "met"]).order_by("number"):
        condition_model.objects.filter(pk=step.condition_id).update(
            met_at=step.at, met_by=step.by_id, evidence=step.text
        )


class Migration(migrations.Migration):

    dependencies = [("reviews", "0004_condition_steps")]

    operations = [migrations.RunPython(to_steps, to_fields)]

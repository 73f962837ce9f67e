from django.db import migrations, models


def mark_aliases(apps, schema_editor):
    apps.get_model("catalog", "Listing").objects.filter(rule="alias without a target").update(is_alias=True)
    # Without a preview there is nothing to confirm: it is uploaded again.
    apps.get_model("catalog", "PendingImport").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0005_price_tiers"),
    ]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="is_alias",
            field=models.BooleanField(
                default=False,
                help_text="Points at a model, at another one tomorrow: brings no figures.",
                verbose_name="alias",
            ),
        ),
        migrations.AddField(
            model_name="pendingimport",
            name="preview",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="pendingimport",
            name="after_snapshot",
            field=models.PositiveBigIntegerField(
                default=0, help_text="The latest import when that was worked out."
            ),
        ),
        migrations.RunPython(mark_aliases, migrations.RunPython.noop),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [('open', 'open'), ('reported', 'reported as met'), ('met', 'met'), ('returned', 'returned')]


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0003_issued_report'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='approvalcondition',
            name='state',
            field=models.CharField(choices=STATES, default='open', max_length=10),
        ),
        migrations.CreateModel(
            name='ConditionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=STATES, max_length=10)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('due_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('condition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='reviews.approvalcondition')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('condition', 'number'), name='condition_step_number')],
            },
        ),
    ]

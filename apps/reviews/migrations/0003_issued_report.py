import django.db.models.deletion
from django.db import migrations, models

from apps.audit.immutable import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0004_packed_answers'),
        ('reviews', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.snapshot')),
            ],
        ),
        append_only('reviews_issuedreport'),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_search_and_shelves")]

    operations = [
        migrations.AddField(
            model_name="version",
            name="clock_back_from",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="version",
            name="withdrawn_at",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="version",
            name="withdrawn_why",
            field=models.TextField(db_default=""),
        ),
    ]

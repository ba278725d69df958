from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_sources")]

    operations = [
        migrations.AddField(
            model_name="version",
            name="partial",
            field=models.TextField(db_default=""),
        ),
    ]

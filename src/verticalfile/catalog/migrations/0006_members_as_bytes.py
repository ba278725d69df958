from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_version_partial")]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="members",
            field=models.BinaryField(db_default=b""),
        ),
    ]

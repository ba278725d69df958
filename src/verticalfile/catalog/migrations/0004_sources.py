from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_version_clock_and_tombstone")]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("resource", models.TextField(primary_key=True, serialize=False)),
                ("dataset", models.TextField()),
                ("kind", models.TextField()),
                ("location", models.TextField()),
                ("selection", models.TextField(db_default="{}")),
                ("followed", models.TextField(db_default="")),
                ("members", models.TextField(db_default="")),
            ],
            options={"db_table": "source"},
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.TextField()),
                ("member", models.TextField()),
                ("dataset", models.TextField(db_default="", db_index=True)),
                ("title", models.TextField(db_default="")),
                ("state", models.TextField()),
                ("since", models.TextField()),
                ("record", models.TextField(db_default="{}")),
            ],
            options={
                "db_table": "member",
                "constraints": [
                    models.UniqueConstraint(fields=("source", "member"), name="member_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="resource",
            name="role",
            field=models.TextField(db_default="data"),
        ),
        migrations.AddField(
            model_name="resource",
            name="source",
            field=models.TextField(db_default="", db_index=True),
        ),
        migrations.AddField(
            model_name="resource",
            name="member",
            field=models.TextField(db_default=""),
        ),
    ]

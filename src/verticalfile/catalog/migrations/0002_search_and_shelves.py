from typing import Any

from django.db import migrations, models

TEXTS = (
    "name, title, title_es, description, description_es, publisher, place, shelf, shelf_es,"
    " columns, past_columns"
)
ENGLISH = "name, title, description, publisher, place, shelf, columns, past_columns"


def make_text_index(_apps: Any, schema_editor: Any) -> None:
    """FTS5 tables over search_document, two for each audience, and the words in them.

    An audience has tables of its own, so that nothing of what it may not see tells in ranks or
    suggestions. PostgreSQL gets tsvector columns when it comes.
    """
    if schema_editor.connection.vendor != "sqlite":
        return
    plain = "unicode61 remove_diacritics 2"
    over = "content='search_document', content_rowid='id'"
    for audience in ("public", "staff"):
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE search_{audience}_plain USING fts5({TEXTS}, {over}, tokenize='{plain}')"
        )
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE search_{audience}_english USING fts5({ENGLISH}, {over}, tokenize='porter {plain}')"
        )
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE search_{audience}_words USING fts5vocab(search_{audience}_plain, 'row')"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("body", models.TextField(unique=True)),
            ],
            options={
                "db_table": "search_card",
            },
        ),
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("title", models.TextField()),
                ("title_es", models.TextField(db_default="")),
                ("made_at", models.TextField()),
            ],
            options={
                "db_table": "shelf",
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dataset", models.TextField(db_index=True)),
                ("field", models.TextField()),
                ("language", models.TextField()),
                ("position", models.IntegerField()),
                ("value", models.TextField()),
                ("said_by", models.TextField()),
                ("since", models.TextField()),
                ("source", models.TextField(db_default="")),
            ],
            options={
                "db_table": "statement",
            },
        ),
        migrations.CreateModel(
            name="RegisterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry", models.TextField()),
                ("audience", models.TextField()),
                ("register", models.TextField()),
                ("resource", models.TextField(db_index=True)),
                ("dataset", models.TextField()),
                ("at", models.TextField()),
                ("body", models.TextField()),
            ],
            options={
                "db_table": "register_entry",
                "indexes": [
                    models.Index(fields=["register", "audience", "at"], name="register_entry_at"),
                    models.Index(
                        fields=["dataset", "register", "at"], name="register_entry_dataset"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "audience"), name="register_entry_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dataset", models.TextField(db_index=True)),
                ("audience", models.TextField()),
                ("card", models.BigIntegerField(db_index=True)),
                ("newest_at", models.TextField(db_default="")),
                ("kept_since", models.TextField(db_default="")),
                ("facts", models.TextField(db_default="{}")),
                ("name", models.TextField(db_default="")),
                ("title", models.TextField(db_default="")),
                ("title_es", models.TextField(db_default="")),
                ("description", models.TextField(db_default="")),
                ("description_es", models.TextField(db_default="")),
                ("publisher", models.TextField(db_default="")),
                ("place", models.TextField(db_default="")),
                ("shelf", models.TextField(db_default="")),
                ("shelf_es", models.TextField(db_default="")),
                ("columns", models.TextField(db_default="")),
                ("past_columns", models.TextField(db_default="")),
            ],
            options={
                "db_table": "search_document",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dataset", "audience"), name="search_document_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Shelved",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shelf", models.TextField()),
                ("dataset", models.TextField(db_index=True)),
                ("put_at", models.TextField()),
            ],
            options={
                "db_table": "shelved",
                "constraints": [
                    models.UniqueConstraint(fields=("shelf", "dataset"), name="shelved_once")
                ],
            },
        ),
        migrations.RunPython(make_text_index, migrations.RunPython.noop),
    ]

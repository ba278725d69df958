"""The Django models, their migrations and the plain reader tell of the same tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from verticalfile.catalog.index import COLUMNS, Index


def test_the_reader_asks_for_columns_that_the_migrations_make(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite3")
    for table, columns in COLUMNS.items():
        made = {row[1] for row in index.connection.execute(f"PRAGMA table_info({table})")}
        assert set(columns.split(", ")) <= made, table
        assert made - set(columns.split(", ")) <= {"id"}, table


def test_no_migration_is_missing() -> None:
    script = (
        "from django.conf import settings; import django\n"
        "settings.configure(DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3',"
        " 'NAME': ':memory:'}}, INSTALLED_APPS=['verticalfile.catalog.apps.CatalogConfig'])\n"
        "django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('makemigrations', '--check', '--dry-run')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_catalog_that_is_there_is_read_without_django(tmp_path: Path) -> None:
    Index(tmp_path / "index.sqlite3").datasets()
    script = (
        "import sys; from pathlib import Path; from verticalfile.catalog.index import Index\n"
        f"Index(Path({str(tmp_path / 'index.sqlite3')!r})).datasets()\n"
        "assert not [m for m in sys.modules if m.startswith('django')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

"""The Django models, their migrations and the plain reader tell of the same tables."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
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


def _index_suffix(index: Index) -> str:
    names = index.connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'resource_source_%'"
    )
    return str(names.fetchone()[0]).removeprefix("resource_source_")


def an_index_of_schema_2(path: Path) -> None:
    """As a program of yesterday left it: without the columns that came since."""
    index = Index(path)
    index.put_dataset("permits", "Permits", datetime(2024, 1, 1, tzinfo=UTC))
    for column in ("clock_back_from", "withdrawn_at", "withdrawn_why", "partial"):
        index.connection.execute(f"ALTER TABLE version DROP COLUMN {column}")
    index.connection.execute(f"DROP INDEX resource_source_{_index_suffix(index)}")
    for column in ("role", "source", "member"):
        index.connection.execute(f"ALTER TABLE resource DROP COLUMN {column}")
    for table in ("source", "member"):
        index.connection.execute(f"DROP TABLE {table}")
    index.connection.execute(
        "DELETE FROM django_migrations WHERE app = 'catalog' AND name > '0003'"
    )
    index.connection.execute("PRAGMA user_version = 2")
    index.close()


def test_two_commands_that_meet_an_older_index_bring_it_up_once(tmp_path: Path) -> None:
    an_index_of_schema_2(tmp_path / "index.sqlite3")
    script = (
        "import sys, time; from pathlib import Path\n"
        "from verticalfile.catalog import schema\n"
        "from verticalfile.catalog.index import Index\n"
        "import django.db.migrations.executor\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"print(Index(Path({str(tmp_path / 'index.sqlite3')!r})).datasets())\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert out == "{'permits': 'Permits'}\n"
    made = Index(tmp_path / "index.sqlite3").connection.execute("PRAGMA table_info(version)")
    assert "clock_back_from" in {row[1] for row in made}

"""Bringing a catalog file to the newest schema with Django's migrations; the only user of Django
below the web. Reading commands never come here."""

from __future__ import annotations

from pathlib import Path


def migrate(path: Path) -> None:
    """Make or update the tables of the catalog in an SQLite file; repeatable."""
    import django
    from django.conf import settings
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    if not settings.configured:
        settings.configure(
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            INSTALLED_APPS=["verticalfile.catalog.apps.CatalogConfig"],
            USE_TZ=True,
        )
        django.setup()
    alias = f"catalog at {path}"
    template = dict(connections.databases["default"])
    connections.databases[alias] = template | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
    }
    try:
        executor = MigrationExecutor(connections[alias])
        targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "catalog"]
        executor.migrate(targets)
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]

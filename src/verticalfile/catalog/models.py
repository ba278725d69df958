"""The tables of the catalog: the one place where they are described; migrations follow from it.

All of it is derived from vault and journal. Moments are RFC 3339 texts in UTC, lists are JSON
texts, so that SQLite and PostgreSQL hold the same and `index.py` reads it without Django.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Dataset(models.Model):
    """What the publisher describes as one thing (dcat:Dataset)."""

    name = models.TextField(primary_key=True)
    title = models.TextField()
    added_at = models.TextField()

    class Meta:
        db_table = "dataset"


class Resource(models.Model):
    """One file of a dataset (dcat:Distribution) with what lists show of it."""

    id = models.TextField(primary_key=True)
    dataset = models.TextField(db_index=True)
    name = models.TextField()
    kind = models.TextField()
    location = models.TextField()
    every = models.TextField()
    checked_at = models.TextField(null=True)
    outcome = models.TextField(db_default="")
    detail = models.TextField(db_default="")
    versions = models.IntegerField(db_default=0)
    newest_seen_at = models.TextField(null=True)
    rows = models.BigIntegerField(null=True)
    size_bytes = models.BigIntegerField(null=True)
    absent_since = models.TextField(null=True)
    held = models.IntegerField(db_default=0)

    class Meta:
        db_table = "resource"


class Version(models.Model):
    """A maximal run of equal captures; `captures` are their ids with commas between."""

    resource = models.TextField()
    number = models.IntegerField()
    captures = models.TextField()
    seen_at = models.TextField()
    last_seen_at = models.TextField()
    sha256 = models.TextField()
    size_bytes = models.BigIntegerField()
    reason = models.TextField()
    detail = models.TextField()
    held = models.IntegerField()
    moment_name = models.TextField()
    absent_from = models.TextField(null=True)
    hidden = models.TextField(db_default="")

    class Meta:
        db_table = "version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resource", "number"], name="version_once")
        ]


class Table(models.Model):
    """A table of a resource and its key; `key` NULL means not looked for yet."""

    id = models.TextField(primary_key=True)
    resource = models.TextField(db_index=True)
    name = models.TextField()
    key = models.TextField(null=True)
    key_how = models.TextField(db_default="")
    key_confidence = models.FloatField(null=True)
    key_evidence = models.TextField(db_default="[]")

    class Meta:
        db_table = "table_"


class Comparison(models.Model):
    """Counts of what changed between two ordinals of a table."""

    table_of = models.TextField(db_column="table_")
    old = models.IntegerField()
    new = models.IntegerField()
    added = models.BigIntegerField()
    removed = models.BigIntegerField()
    changed = models.BigIntegerField()
    kinds = models.TextField()
    said = models.TextField()

    class Meta:
        db_table = "comparison"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table_of", "old", "new"], name="comparison_once")
        ]


class Observation(models.Model):
    """What one check saw, as in the journal; rows stand in the order of keeping."""

    resource = models.TextField(db_index=True)
    at = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "observation"


class Event(models.Model):
    """A PREMIS Event, as in the journal; rows stand in the order of keeping."""

    subject = models.TextField(db_index=True)
    kind = models.TextField()
    at = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "event"


class JournalPosition(models.Model):
    """How much of each journal object is in here."""

    object = models.TextField(primary_key=True)
    head = models.IntegerField()

    class Meta:
        db_table = "journal_position"

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
    """One file of a dataset (dcat:Distribution) with what lists show of it.

    `role` is data or documentation; `source` and `member` say which portal lists it, "" for none.
    """

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
    role = models.TextField(db_default="data")
    source = models.TextField(db_default="", db_index=True)
    member = models.TextField(db_default="")

    class Meta:
        db_table = "resource"


class Source(models.Model):
    """A portal that is followed; `resource` is the file in which its listing is kept.

    `members` is the state of its datasets as the fold over its listings left it, `followed` how far
    it was folded.
    """

    resource = models.TextField(primary_key=True)
    dataset = models.TextField()
    kind = models.TextField()
    location = models.TextField()
    selection = models.TextField(db_default="{}")
    followed = models.TextField(db_default="")
    members = models.BinaryField(db_default=b"")

    class Meta:
        db_table = "source"


class Member(models.Model):
    """A dataset as a portal lists it: its state by the listings so far, and its newest record."""

    source = models.TextField()
    member = models.TextField()
    dataset = models.TextField(db_default="", db_index=True)
    title = models.TextField(db_default="")
    state = models.TextField()
    since = models.TextField()
    record = models.TextField(db_default="{}")

    class Meta:
        db_table = "member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "member"], name="member_once")
        ]


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
    clock_back_from = models.TextField(null=True)
    withdrawn_at = models.TextField(null=True)
    withdrawn_why = models.TextField(db_default="")
    partial = models.TextField(db_default="")

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


class Statement(models.Model):
    """What a dataset is said to be, by whom and since when; lists are rows with positions.

    `source` is the resource whose metadata says it, or "" where a person does.
    """

    dataset = models.TextField(db_index=True)
    field = models.TextField()
    language = models.TextField()
    position = models.IntegerField()
    value = models.TextField()
    said_by = models.TextField()
    since = models.TextField()
    source = models.TextField(db_default="")

    class Meta:
        db_table = "statement"


class Shelf(models.Model):
    """A shelf that staff named: a subject, a place or a series."""

    name = models.TextField(primary_key=True)
    kind = models.TextField()
    title = models.TextField()
    title_es = models.TextField(db_default="")
    made_at = models.TextField()

    class Meta:
        db_table = "shelf"


class Shelved(models.Model):
    """A dataset that stands on a shelf; it may stand on several."""

    shelf = models.TextField()
    dataset = models.TextField(db_index=True)
    put_at = models.TextField()

    class Meta:
        db_table = "shelved"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shelf", "dataset"], name="shelved_once")
        ]


class SearchCard(models.Model):
    """Facets that many datasets share, as JSON, so that counting them reads each once."""

    body = models.TextField(unique=True)

    class Meta:
        db_table = "search_card"


class SearchDocument(models.Model):
    """What search knows of a dataset, for an audience: all, public or staff.

    The short columns stand first, so that sorting thousands does not read the texts. On SQLite
    the FTS5 tables of the migration index the texts.
    """

    dataset = models.TextField(db_index=True)
    audience = models.TextField()
    card = models.BigIntegerField(db_index=True)
    newest_at = models.TextField(db_default="")
    kept_since = models.TextField(db_default="")
    facts = models.TextField(db_default="{}")
    name = models.TextField(db_default="")
    title = models.TextField(db_default="")
    title_es = models.TextField(db_default="")
    description = models.TextField(db_default="")
    description_es = models.TextField(db_default="")
    publisher = models.TextField(db_default="")
    place = models.TextField(db_default="")
    shelf = models.TextField(db_default="")
    shelf_es = models.TextField(db_default="")
    columns = models.TextField(db_default="")
    past_columns = models.TextField(db_default="")

    class Meta:
        db_table = "search_document"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "audience"], name="search_document_once")
        ]


class RegisterEntry(models.Model):
    """A line of a register (changed, vanished, ...), for an audience: all, public or staff."""

    entry = models.TextField()
    audience = models.TextField()
    register = models.TextField()
    resource = models.TextField(db_index=True)
    dataset = models.TextField()
    at = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "register_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "audience"], name="register_entry_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["register", "audience", "at"], name="register_entry_at"),
            models.Index(fields=["dataset", "register", "at"], name="register_entry_dataset"),
        ]

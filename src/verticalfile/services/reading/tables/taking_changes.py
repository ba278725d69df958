"""Taking what changed: one line for each value, as CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from enum import StrEnum

from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import day_of, to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.differences import compare_with, counts, every_row
from verticalfile.services.reading.tables.taking import TYPES, Taken, file_name
from verticalfile.services.through_time.comparing import Compared
from verticalfile.services.through_time.key_told import KeyShared, key_shared


class Form(StrEnum):
    """In what the difference of two versions can be taken."""

    CSV = "csv"
    JSON = "json"


def take_changes(archive: Archive, here: AtHand, old: Version, form: Form) -> Taken:
    """Every difference between two versions. Raises Withdrawn, NotOnShelf."""
    found = compare_with(archive, here, old)
    since = day_of(old.seen_at, archive.zone)
    name = file_name(here, archive.zone, form.value).replace("_as-of-", f"_changes_{since}_to_", 1)
    if form is Form.CSV:
        return Taken(name, TYPES[form], _csv(found))
    shared = key_shared(archive, found, viewer=here.viewer)
    return Taken(name, TYPES[form], _json(here, old, found, shared))


def _csv(found: Compared) -> Iterator[bytes]:
    key = found.changes.key
    yield _line(["change", *key, "column", "before", "after"])
    for row in every_row(found):
        for column, before, after in row.cells or (("", None, None),):
            yield _line([str(row.kind), *row.key, column, before or "", after or ""])


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _json(here: AtHand, old: Version, found: Compared, shared: KeyShared | None) -> Iterator[bytes]:
    assert here.version is not None
    c = found.changes
    told = counts(here, old, found)
    head = {
        "dataset": here.dataset.name,
        "from": to_iso(old.seen_at),
        "to": to_iso(here.version.seen_at),
        "from_may_not_be_whole": old.partial or None,
        "to_may_not_be_whole": here.version.partial or None,
        "key": list(c.key),
        "key_shared": shared and {
            "version": shared.version and to_iso(shared.version.seen_at),
            "since": shared.since and to_iso(shared.since.seen_at),
        },
        "columns_added": list(c.columns_added),
        "columns_removed": list(c.columns_removed),
        "columns_renamed": [{"old": o, "new": n} for o, n in c.columns_renamed],
        "rows": {
            "before": told.old, "after": told.new, "added": told.added, "vanished": told.vanished,
            "changed": told.changed, "format_only": told.form, "same": told.same,
        },
    }  # fmt: skip
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "changes": [\n'
    between = ""
    for row in every_row(found):
        cells = {column: {"before": b, "after": a} for column, b, a in row.cells}
        body = {"change": str(row.kind), "key": list(row.key), "cells": cells}
        yield (between + json.dumps(body, ensure_ascii=False)).encode()
        between = ",\n"
    yield b"\n]}\n"

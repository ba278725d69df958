"""Checksums that a publisher tells of its files (DCAT-US 3.0), held against what came.

One that differs is a finding about the publisher's words: the file is kept all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.services.archive import Archive
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.registry import kind_called

DIFFERS = "; the publisher tells another checksum than that of the file"


def checksum_found(archive: Archive, resource: ResourceLine, path: Path) -> Mapping[str, object]:
    """What was told and what was found, as it stands beside the version; empty where none was told."""
    told = _told(archive, resource)
    if not told:
        return {}
    algorithm, _, value = told.partition(":")
    with open(path, "rb") as handle:
        found = hashlib.file_digest(handle, lambda: hashlib.new(algorithm, usedforsecurity=False))
    return {
        "algorithm": algorithm, "told": value, "found": found.hexdigest(),
        "agrees": found.hexdigest() == value,
    }  # fmt: skip


def _told(archive: Archive, resource: ResourceLine) -> str:
    lines = SourceLines(archive.index)
    source = lines.of(resource.source) if resource.source else None
    member = lines.member(resource.source, resource.member) if source else None
    if source is None or member is None:
        return ""
    try:
        entry = kind_called(source.kind).entry(member.record, source.location)
    except BadRecord:
        return ""
    return next((o.checksum for o in entry.offers if o.location == resource.location), "")

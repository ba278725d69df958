"""Everything about a version in one ZIP file: original, table, columns, rights as found, citation,
fingerprints, and a text that says what is what. It opens without us."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.citation import citations
from verticalfile.services.reading.tables.columns import columns_of
from verticalfile.services.reading.tables.taking import Taken, file_name, take_version

BUNDLE_BYTES = 200_000_000
"""Originals up to so large are bundled; a larger one is taken alone, as it streams."""
STEP = 1 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest date of ZIP: the same version gives the same bytes whenever it is taken."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the README says, in a language; the door has the words."""

    name: str
    text: str


def can_bundle(here: AtHand) -> bool:
    """Whether the version at hand is small enough."""
    return here.version is not None and here.version.size_bytes <= BUNDLE_BYTES


def take_bundle(archive: Archive, here: AtHand, base: str, telling: Telling) -> Taken:
    """The ZIP file, made on disk and streamed from there. Raises Withdrawn, NotHeld."""
    forms = ["original", *(["csv"] if here.ordinal is not None else [])]
    taken = [take_version(archive, here, form) for form in forms]
    out = tempfile.TemporaryFile(dir=archive.scratch)  # noqa: SIM115  # `_sent` closes it
    told = {
        telling.name: telling.text.encode(),
        "citation.txt": _citations(archive, here, base),
        "columns.csv": _columns(here),
    }
    sums: list[tuple[str, str]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for each in taken:
            sums.append((each.name, _added(bundle, each.name, each.chunks)))
        for name, body in told.items():
            if body:
                sums.append((name, _added(bundle, name, [body])))
        lines = "".join(f"{digest}  {name}\n" for name, digest in sums)
        _added(bundle, "SHA256SUMS", [lines.encode()])
    size = out.tell()
    name = file_name(here, archive.zone, "zip")
    return Taken(name, "application/zip", _sent(out), size)


def _added(bundle: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> str:
    """Write a member piece by piece; its SHA-256."""
    digest = hashlib.sha256()
    about = zipfile.ZipInfo(name, EPOCH)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.external_attr = 0o644 << 16
    with bundle.open(about, "w", force_zip64=True) as member:
        for chunk in chunks:
            digest.update(chunk)
            member.write(chunk)
    return digest.hexdigest()


def _sent(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        out.seek(0)
        while chunk := out.read(STEP):
            yield chunk


def _citations(archive: Archive, here: AtHand, base: str) -> bytes:
    found = citations(archive, here, base, whole=False)
    return "\n\n".join(each.text.strip() for each in found if each.style.is_text).encode() + b"\n"


def _columns(here: AtHand) -> bytes:
    """The data dictionary; names that programs read are English."""
    lines = columns_of(here)
    if not lines:
        return b""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    head = (
        "column",
        "kind",
        "rows",
        "blank",
        "different",
        "lowest",
        "highest",
        "examples",
        "since",
    )
    writer.writerow(head)
    for each in lines:
        facts = each.facts
        since = to_iso(each.since) if each.since else ""
        writer.writerow(
            [facts.name, str(facts.lens), facts.rows, facts.blank, facts.distinct, facts.lowest,
             facts.highest, " | ".join(facts.examples), since]
        )  # fmt: skip
    return out.getvalue().encode()

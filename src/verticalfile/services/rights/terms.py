"""Terms that a statement points to: the archived text of a page or file, read like a statement.

A page of terms is captured as a file of some dataset, with versions of its own; many datasets may
point to it. Where it was never captured, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.originals import size_of
from verticalfile.rights.addresses import normalise
from verticalfile.rights.classify import Reading, read_statement
from verticalfile.services.archive import Archive
from verticalfile.services.opening import capture_of
from verticalfile.services.visibility import Viewer, visible_to

LONGEST_BYTES = 1 << 20
"""Of a page of terms; the longest of the corpus has 32 KB."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Where a statement points, and what was found there. `version` None: never captured."""

    address: str
    dataset: str = ""
    file: str = ""
    version: Version | None = None  # that stood at the moment asked for
    newest: Version | None = None
    reading: Reading | None = None

    @property
    def is_captured(self) -> bool:
        return self.version is not None

    @property
    def has_changed(self) -> bool:
        """Whether the page says something else today than it did then."""
        return (
            self.version is not None and self.newest is not None
            and self.version.sha256 != self.newest.sha256
        )  # fmt: skip


def read_document(body: bytes, media_type: str = "") -> Reading | None:
    """An archived page or text of terms as a statement; None where it is no text that is read
    here (a PDF)."""
    if body[:5] == b"%PDF-" or b"\0" in body[:4096]:
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return read_statement(body.decode(encoding))
        except UnicodeDecodeError:
            continue
    return None


def terms_at(archive: Archive, address: str, moment: datetime | None, *, viewer: Viewer) -> Terms:
    """What stood at an address at a moment, or stands there now."""
    resource = _captured(archive, address)
    if resource is None:
        return Terms(address)
    seen = [
        v for v in archive.index.versions(resource.id) if visible_to(viewer, v) and not v.destroyed
    ]
    then = [v for v in seen if moment is None or v.seen_at <= moment]
    if not seen:
        return Terms(address, resource.dataset, resource.name)
    # nobody looked before the first sighting: that one is the nearest that is known
    version = then[-1] if then else seen[0]
    return Terms(
        address,
        resource.dataset,
        resource.name,
        version,
        seen[-1],
        _read(archive, resource, version),
    )


def _captured(archive: Archive, address: str) -> ResourceLine | None:
    wanted = normalise(address).rstrip("/")
    if not wanted:
        return None
    lines = archive.index.resources()
    return next((r for r in lines if normalise(r.location).rstrip("/") == wanted), None)


def _read(archive: Archive, resource: ResourceLine, version: Version) -> Reading | None:
    capture = capture_of(archive, resource, version)
    if capture.taken.size_bytes > LONGEST_BYTES:
        return None
    original = archive.vault.restored(capture)
    if size_of(original) > LONGEST_BYTES or not isinstance(original, bytes):
        return None
    return read_document(original, capture.taken.media_type)

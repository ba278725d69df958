"""What the index alone knows of a file's newest version: enough for a look that finds it again.

Only where nothing else could come of such a look: nothing is held (each repetition counts towards
its release), gone or being destroyed, the look before was a quiet one, and its writer ended well.
"""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.services.archive import Archive
from verticalfile.services.visiting.validators import Validators, validators_noted
from verticalfile.sources.what import SourceKind

QUIET = frozenset({"unchanged", "changed", "export only"})


@dataclass(frozen=True, slots=True)
class Known:
    """The newest version, and what is sent to ask whether it is still offered."""

    version: Version
    sent: Validators


def newest_known(archive: Archive, resource: ResourceLine) -> Known | None:
    """None where a look must read the vault."""
    if resource.kind != SourceKind.URL or resource.outcome not in QUIET or resource.held:
        return None
    versions = archive.index.versions(resource.id)
    if not versions or any(v.held or v.hidden == "destroy" for v in versions):
        return None
    newest, now = versions[-1], archive.clock.now()
    if newest.absent_from is not None or len(newest.captures) != 1:
        return None
    if any(at > now for v in versions for at in (v.seen_at, v.last_seen_at)):
        return None  # a clock was ahead
    sent = validators_noted(archive, resource, newest.captures[0])
    return Known(newest, sent) if any(sent.known) else None

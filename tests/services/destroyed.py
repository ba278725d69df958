"""Two people destroy something, as tests need it done."""

from __future__ import annotations

from verticalfile.catalog.versions import Version
from verticalfile.services.archive import Archive
from verticalfile.services.deciding import two_people


def destroyed(
    archive: Archive, name: str, *, version: str | None, reason: str, authority: str
) -> list[Version]:
    two_people.ask(archive, name, version=version, by="Ann Poe", reason=reason, authority=authority)
    return two_people.confirm(archive, name, version=version, by="Bob Roe")

"""Citing a version, or a dataset as a whole, in the styles that schools and reference managers use.

A citation names what was read: the publisher's data as it stood on a day, and where the library
keeps that for good. What is not known is left out by the rule of each style, never guessed. The
styles stand in `citation_styles`, the files of reference managers in `citation_records`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.addresses import Address
from verticalfile.services.addresses import moment_of
from verticalfile.services.archive import Archive
from verticalfile.services.citing import citation_records, citation_styles
from verticalfile.services.citing.cited import Cited
from verticalfile.services.known.deliveries import delivery_of
from verticalfile.services.known.masks import KIND, mask_of
from verticalfile.services.known.statements import description_of
from verticalfile.services.names import (
    NotHeld,
    find_dataset,
    find_resource,
    find_version,
    must_be_named,
)
from verticalfile.services.opening import capture_of
from verticalfile.services.rights.concluding import conclusion_of
from verticalfile.services.visibility import Viewer, must_be_visible, visible_to

SHA_DIGITS = 12


class Style(StrEnum):
    """How a citation is written."""

    APA = "apa"
    MLA = "mla"
    CHICAGO = "chicago"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"

    @property
    def media_type(self) -> str:
        """Of a file in this style."""
        return _FILES.get(self, ("text/plain; charset=utf-8", "txt"))[0]

    @property
    def ending(self) -> str:
        """Of such a file's name."""
        return _FILES.get(self, ("", "txt"))[1]

    @property
    def is_text(self) -> bool:
        """Whether people read it, and not a reference manager."""
        return self not in _FILES


_FILES = {
    Style.BIBTEX: ("application/x-bibtex; charset=utf-8", "bib"),
    Style.RIS: ("application/x-research-info-systems; charset=utf-8", "ris"),
    Style.CSL_JSON: ("application/vnd.citationstyles.csl+json", "json"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation as text, and with its title in italics for a page (only `i` elements)."""

    style: Style
    text: str
    html: str
    cited: Cited


def cite_version(
    archive: Archive,
    name: str,
    *,
    wanted: str | None = None,
    bare_number: bool = False,
    style: Style = Style.APA,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Citation:
    """Cite what NAME said at a moment, or a numbered version; without either, the newest.

    Raises NotHeld, InputRefused, Withdrawn.
    """
    resource = find_resource(archive, name)
    chosen = find_version(archive, resource, wanted, bare_number=bare_number)
    must_be_visible(viewer, chosen.version, archive.zone)
    return cited_as(version_cited(archive, resource, chosen.version), style)


def cite_whole(
    archive: Archive,
    name: str,
    *,
    style: Style = Style.APA,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Citation:
    """Cite a dataset as a whole, with all its versions. Raises NotHeld."""
    return cited_as(whole_cited(archive, name, viewer), style)


def cited_as(cited: Cited, style: Style) -> Citation:
    """Write a citation; pure."""
    match style:
        case Style.APA:
            pieces = citation_styles.apa(cited)
        case Style.MLA:
            pieces = citation_styles.mla(cited)
        case Style.CHICAGO:
            pieces = citation_styles.chicago(cited)
        case Style.BIBTEX:
            pieces = [(citation_records.bibtex(cited), False)]
        case Style.RIS:
            pieces = [(citation_records.ris(cited), False)]
        case Style.CSL_JSON:
            pieces = [(citation_records.csl_json(cited), False)]
    return Citation(style, citation_styles.as_text(pieces), citation_styles.as_html(pieces), cited)


def version_cited(
    archive: Archive, resource: ResourceLine, version: Version, *, base: str = ""
) -> Cited:
    """What a citation of a version is made of; `base` is taken where the library has not said at
    which address it is to be found."""
    versions = archive.index.versions(resource.id)
    capture = capture_of(archive, resource, version)
    several = must_be_named(archive, resource)
    said = description_of(archive, resource.dataset)
    rights = conclusion_of(archive, resource.dataset, moment=version.seen_at, file=resource.name)
    came = delivery_of(archive, resource.id, version)
    title = said.title["en"].value
    address = Address(
        resource.dataset, resource.name if several else "", moment=moment_of(version, versions)
    )
    return Cited(
        title=f"{title}: {resource.name}" if several else title,
        publisher=said.publisher.value if said.publisher else "",
        library=_setting(archive, "library"),
        address=_under(archive, address, base),
        key=resource.dataset,
        version_day=_day(archive, version.seen_at),
        collected_day=_day(archive, capture.kept_at),
        sha256=version.sha256[:SHA_DIGITS],
        partial=version.partial,
        read_day=_day(archive, archive.clock.now()),
        licence_uri=rights.uri,
        rights_uri=rights.rights_uri,
        received_day=_day(archive, came.told.received_at) if came else None,
        request=came.told.request if came else "",
        masked=_masked(archive, resource),
    )


def _masked(archive: Archive, resource: ResourceLine) -> str:
    mask = mask_of(archive, resource.id) if resource.kind == KIND else None
    return f"counts below {mask.method.below} hidden by the library" if mask else ""


def whole_cited(archive: Archive, name: str, viewer: Viewer, *, base: str = "") -> Cited:
    """The same of a dataset, or of one file of several, with all its versions. Raises NotHeld."""
    resources = find_dataset(archive, name)
    one_file = "/" in name and must_be_named(archive, resources[0])
    dataset = resources[0].dataset
    seen = [
        version
        for resource in resources
        for version in archive.index.versions(resource.id)
        if visible_to(viewer, version)
    ]
    if not seen:
        raise NotHeld(f"{name} has no version to cite.", mend=f"see vf versions {name} --all.")
    newest = max(seen, key=lambda version: version.seen_at)
    first = min(version.seen_at for version in seen)
    still_offered = any(r.absent_since is None for r in resources)
    said = description_of(archive, dataset)
    rights = conclusion_of(archive, dataset)
    title = said.title["en"].value
    return Cited(
        title=f"{title}: {resources[0].name}" if one_file else title,
        publisher=said.publisher.value if said.publisher else "",
        library=_setting(archive, "library"),
        address=_under(archive, Address(dataset, resources[0].name if one_file else ""), base),
        key=dataset,
        first_year=_day(archive, first).year,
        last_year=None if still_offered else _day(archive, newest.seen_at).year,
        is_whole=True,
        masked=next((told for r in resources if (told := _masked(archive, r))), ""),
        read_day=_day(archive, archive.clock.now()),
        licence_uri=rights.uri,
        rights_uri=rights.rights_uri,
    )


def _setting(archive: Archive, name: str) -> str:
    return archive.settings().get(name, "").strip()


def _under(archive: Archive, address: Address, base: str) -> str:
    base = _setting(archive, "address") or base
    return address.under(base) if base else ""


def _day(archive: Archive, moment: datetime) -> date:
    return moment.astimezone(archive.zone).date()

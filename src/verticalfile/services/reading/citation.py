"""Citing what is at hand, in every style: this version, or the dataset as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verticalfile.services.archive import Archive
from verticalfile.services.citing import Citation, Style, cite_version, cite_whole, cited_as
from verticalfile.services.reading.at_hand import AtHand

TEXTS = (Style.APA, Style.MLA, Style.CHICAGO)
FILES = {Style.BIBTEX: "bib", Style.RIS: "ris", Style.CSL_JSON: "json"}
"""Styles that reference managers read, and the endings of their files."""


@dataclass(frozen=True, slots=True)
class Citations:
    """One citation in all styles; `sha256` is that of the whole original, "" of a whole dataset."""

    address: str
    sha256: str
    texts: tuple[Citation, ...]
    files: tuple[Citation, ...]


def citations(archive: Archive, here: AtHand, address: str, *, whole: bool = False) -> Citations:
    """Cite what is at hand. `address` stands where the library has set none of its own.

    Raises NotHeld, Withdrawn.
    """
    assert here.version is not None
    name = f"{here.dataset.name}/{here.file.name}" if len(here.files) > 1 else here.dataset.name
    if whole:
        first = cite_whole(archive, name, viewer=here.viewer)
    else:
        wanted = f"v{here.version.number}"
        first = cite_version(archive, name, wanted=wanted, viewer=here.viewer)
    cited = replace(first.cited, address=first.cited.address or address)
    return Citations(
        cited.address, "" if whole else here.version.sha256,
        tuple(cited_as(cited, style) for style in TEXTS),
        tuple(cited_as(cited, style) for style in FILES),
    )  # fmt: skip

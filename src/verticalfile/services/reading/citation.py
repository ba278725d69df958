"""What is at hand, cited: in every style, as this version or as the dataset as a whole."""

from __future__ import annotations

from verticalfile.services.archive import Archive
from verticalfile.services.citing.citing import (
    Citation,
    Style,
    cited_as,
    version_cited,
    whole_cited,
)
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.tables.taking import Taken, file_name
from verticalfile.services.visibility import must_be_visible


def citations(archive: Archive, here: AtHand, base: str, *, whole: bool) -> list[Citation]:
    """One a style, for people first. `base` is where the reader found us. Raises Withdrawn."""
    assert here.version is not None
    must_be_visible(here.viewer, here.version, archive.zone)
    if whole:
        alone = here.alone
        name = here.dataset.name if alone else f"{here.dataset.name}/{here.file.name}"
        cited = whole_cited(archive, name, here.viewer, base=base)
    else:
        cited = version_cited(archive, here.file, here.version, base=base)
    return [cited_as(cited, style) for style in Style]


def take_citation(archive: Archive, here: AtHand, base: str, style: Style, *, whole: bool) -> Taken:
    """A citation as a file for a reference manager."""
    found = citations(archive, here, base, whole=whole)
    [text] = [each.text for each in found if each.style is style]
    body = f"{text.rstrip()}\n".encode()
    name = file_name(here, archive.zone, style.ending)
    if whole:
        name = f"{name.split('_as-of-')[0]}.{style.ending}"
    return Taken(name, style.media_type, iter([body]), len(body))

"""How a version is cited: the facts, a line of text, BibTeX. By date and address, never a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from verticalfile.services.reading.at_hand import AtHand

_SPECIAL = re.compile(r"([\\{}$&#^_%~])")


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation needs. `address` is the permanent one of the version, or of the dataset."""

    title: str
    publisher: str  # empty where nobody said who publishes it
    library: str
    seen_at: datetime | None  # None: the dataset as a whole
    year: int | None
    address: str
    sha256: str
    retrieved_at: datetime

    @property
    def fingerprint(self) -> str:
        """The first twelve digits, in threes of four."""
        return " ".join(self.sha256[n : n + 4] for n in (0, 4, 8)) if self.sha256 else ""


def citation(here: AtHand, address: str, now: datetime, *, whole: bool = False) -> Citation:
    """Facts for citing this version, or the dataset as a whole."""
    assert here.version is not None
    seen = here.version.seen_at
    title = here.dataset.title
    if len(here.files) > 1:
        title = f"{title}: {here.file.name}"
    return Citation(
        title, here.dataset.publisher, here.library.name, None if whole else seen,
        None if whole else seen.year, address, "" if whole else here.version.sha256, now,
    )  # fmt: skip


def bibtex(cited: Citation, key: str, *, note: str, kind: str) -> str:
    """A BibTeX entry; what TeX would take for its own is escaped."""
    fields = {
        "author": f"{{{escaped(cited.publisher)}}}" if cited.publisher else "",
        "title": f"{{{escaped(cited.title)}}}",
        "year": str(cited.year or cited.retrieved_at.year),
        "publisher": f"{{{escaped(cited.library)}}}" if cited.library else "",
        "type": escaped(kind),
        "note": escaped(note),
        "url": cited.address,
        "urldate": cited.retrieved_at.date().isoformat(),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@misc{" + _key(key) + ",\n" + ",\n".join(lines) + "\n}\n"


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9-]+", "", plain) or "dataset"


def escaped(text: str) -> str:
    """Text for TeX."""
    named = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}
    return _SPECIAL.sub(lambda m: named.get(m[1], "\\" + m[1]), " ".join(text.split()))

"""What a citation is made of; a pure value. What is "" or None is not known and is not written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cited:
    """A version of a dataset, or, with `is_whole`, all of it.

    Three dates are never mixed: `version_day`, when the publisher is first known to have offered
    it; `collected_day`, when the library stored it; `read_day`, when this citation was made.
    """

    title: str
    publisher: str
    library: str  # who keeps it
    address: str  # for good
    key: str  # begins the key of a BibTeX entry: the dataset's name
    read_day: date
    version_day: date | None = None
    collected_day: date | None = None
    sha256: str = ""  # its first digits
    partial: str = ""  # why the version may not be all of what there was
    first_year: int | None = None  # of a whole
    last_year: int | None = None  # of a whole that is offered no more
    is_whole: bool = False
    licence_uri: str = ""  # of a named licence that nothing speaks against
    received_day: date | None = None  # on which it was handed over, where it was
    masked: str = ""  # which counts the library hid, where it is a masked copy
    request: str = ""  # the number of the records request that it answered
    rights_uri: str = ""  # of RightsStatements.org, where no licence can be told

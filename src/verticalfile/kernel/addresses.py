"""Permanent addresses: a dataset and a moment, never a number (design 8).

`/d/<dataset>/[<file>/[<table>/]]` is the newest, with `@20210301T141500Z/` at its end the version
first seen in that second; the earlier of two in one second is `@...Z~<8 hex of its SHA-256>`.
A file called like a moment cannot exist: names have no `@`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
"""Names of datasets and files."""
_MOMENT = re.compile(r"@(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:~([0-9a-f]{8}))?")
ROOT = "d"


@dataclass(frozen=True, slots=True)
class MomentAddress:
    """A whole second in UTC; `earlier` tells the earlier of two versions of one second."""

    second: datetime
    earlier: str = ""  # 8 hex digits of the original's SHA-256

    def __post_init__(self) -> None:
        if self.second.tzinfo is None:
            raise ValueError("a moment in an address has an offset")
        if self.earlier and not re.fullmatch(r"[0-9a-f]{8}", self.earlier):
            raise ValueError(f"{self.earlier!r} are not 8 hex digits")
        whole = self.second.astimezone(UTC).replace(microsecond=0)
        object.__setattr__(self, "second", whole)

    def __str__(self) -> str:
        # strftime does not fill years below 1000
        s = self.second
        text = f"@{s.year:04d}{s.month:02d}{s.day:02d}T{s:%H%M%S}Z"
        return f"{text}~{self.earlier}" if self.earlier else text

    @property
    def bare(self) -> str:
        """Without its `@`, as it stands in a query: `?from=20210301T141500Z`."""
        return str(self)[1:]


def parse_moment(text: str) -> MomentAddress | None:
    """The inverse of `str`; None when it is not exactly such a moment (a shorter date is asked of
    `moments.last_instant`, and answered by the exact address)."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    *parts, earlier = found.groups()
    try:
        return MomentAddress(datetime(*map(int, parts), tzinfo=UTC), earlier or "")  # type: ignore[arg-type,misc]  # six numbers
    except ValueError:
        return None  # such as a 31st of February


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is to be found for good; without a moment, its newest."""

    dataset: str
    file: str = ""
    table: str = ""
    moment: MomentAddress | None = None

    def __post_init__(self) -> None:
        if self.table and not self.file:
            raise ValueError("a table is that of a file")
        if self.table in (".", ".."):
            raise ValueError(f"{self.table!r} cannot stand in an address")  # browsers walk up
        for name in (self.dataset, *([self.file] if self.file else [])):
            if not SLUG.fullmatch(name):
                raise ValueError(f"{name!r} cannot stand in an address")

    def __str__(self) -> str:
        parts = [ROOT, self.dataset, self.file, quote(self.table, safe=""), str(self.moment or "")]
        return "/" + "".join(f"{part}/" for part in parts if part)

    def under(self, base: str) -> str:
        """The whole address, under the base address of a library; a base may have a path."""
        return base.rstrip("/") + str(self)


def parse_address(path: str) -> Address | None:
    """The inverse of `str`; None when the path is none of these."""
    if not path.startswith(f"/{ROOT}/") or not path.endswith("/"):
        return None
    parts = path.removeprefix(f"/{ROOT}/").removesuffix("/").split("/")
    moment = parse_moment(parts[-1]) if parts[-1].startswith("@") else None
    if parts[-1].startswith("@"):
        if moment is None:
            return None
        parts.pop()
    if not 1 <= len(parts) <= 3 or not all(parts):
        return None
    dataset, file, table = [*parts, "", ""][:3]
    try:
        found = Address(dataset, file, unquote(table, errors="strict"), moment)
    except ValueError:
        return None
    return found if str(found) == path else None

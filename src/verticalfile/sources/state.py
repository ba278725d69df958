"""One state of a source: what it offered from one moment on, before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from verticalfile.kernel.originals import Original


@dataclass(frozen=True, slots=True)
class State:
    """`content` tells equal states apart cheaply (a blob id, a path); None means absent."""

    moment_name: str  # the source's own name of the moment: a commit, a path
    seen_at: datetime
    seen_how: str  # "commit date", "file name", "own visit"
    last_seen_at: datetime  # the last moment the source is known to still have had it
    walk: int  # place in the source's walk; breaks ties of seen_at
    content: str | None
    exchange: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offered:
    """A state with its original; none when the source did not have the file then."""

    state: State
    body: Original | None
    media_type: str = "application/octet-stream"
    completeness: Mapping[str, object] = field(default_factory=dict)
    metadata: Mapping[str, object] = field(default_factory=dict)  # as its publisher told it

"""What a look at a listing came to, as an event holds it and as it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from verticalfile.kernel.moments import to_iso
from verticalfile.sources.identity import Evidence
from verticalfile.sources.membership import (
    Changed,
    Doubtful,
    Finding,
    Missing,
    New,
    Reached,
    Rekeyed,
    Released,
    Returned,
    Suspect,
    ToldApart,
    Touched,
    Unproved,
    Unreached,
    Vanished,
)

COUNTED = (New, Changed, Touched)
"""Findings that are counted only: who they are stands in the listing itself."""
WORDS = {
    New: "new", Changed: "changed", Touched: "touched", Missing: "missing", Vanished: "vanished",
    Returned: "returned", Rekeyed: "re-keyed", Doubtful: "doubtful", ToldApart: "told apart",
    Unproved: "unproved", Suspect: "suspect", Released: "released", Unreached: "not reached",
    Reached: "reached",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """Findings as an event holds them, and sentences for people."""

    body: dict[str, object] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether there is anything to write down."""
        return bool(self.body)

    @property
    def is_suspect(self) -> bool:
        """Whether the listing was not believed."""
        return "suspect" in str(self.body.get("counts", {}))


def findings_told(findings: Sequence[Finding]) -> Told:
    """Counts of all, and each of those that a register shows."""
    counts = Counter(WORDS.get(type(each), "parted") for each in findings)
    counts.pop("touched", None)
    if not counts:
        return Told()
    listed = [_plain(each) for each in findings if not isinstance(each, COUNTED)]
    body: dict[str, object] = {"counts": dict(counts)}
    if listed:
        body["found"] = listed
    return Told(body, tuple(_sentences(counts, findings)))


def _sentences(counts: Counter[str], findings: Sequence[Finding]) -> list[str]:
    told = [
        f"{counts[word]:,} {word}"
        for word in ("missing", "vanished", "returned", "re-keyed", "doubtful")
        if counts[word]
    ]
    for each in findings:
        if isinstance(each, Suspect):
            told.append(
                f"suspect ({each.why}): {each.lost:,} lost and {each.swapped:,} swapped of"
                f" {each.of:,}; nothing was changed"
            )
        elif isinstance(each, Unproved):
            told.append(f"the list may not be whole: {each.reason}")
        elif isinstance(each, Released):
            told.append(f"no longer suspect: {each.how}")
    return told


def _plain(finding: Finding) -> dict[str, object]:
    """A finding as plain JSON; of evidence the identifier and the title."""
    found: dict[str, object] = {"what": WORDS.get(type(finding), "parted")}
    for each in fields(finding):
        value = getattr(finding, each.name)
        if isinstance(value, datetime):
            value = to_iso(value)
        elif isinstance(value, Evidence):
            value = {"identifier": value.identifier, "title": value.title}
        elif isinstance(value, tuple):
            value = [getattr(candidate, "key", str(candidate)) for candidate in value]
        elif isinstance(value, str):
            value = str(value)
        if each.name != "moment":
            found[each.name] = value
    return found

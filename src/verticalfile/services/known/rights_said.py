"""What the publisher says on use, through time: from metadata as received and as staff typed it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from verticalfile.catalog.described import DescribedLines, SaidBy, Statement
from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.rights.classify import Reading
from verticalfile.rights.together import Said, read_together
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.known.received import rights_in
from verticalfile.vault.capture import Capture

FIELD = "rights"
"""The field of the index lines that hold the periods of a file; no word of `Field`."""
TYPED = "typed by staff"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch in which the same was said; without statements, nothing was. `last_seen` of a
    typed one is None while it holds."""

    said: tuple[Said, ...]
    by: SaidBy
    first_seen: datetime
    last_seen: datetime | None
    file: str = ""  # the file whose metadata said it

    @property
    def reading(self) -> Reading:
        return read_together(self.said)


def periods_in(series: Iterable[tuple[datetime, Mapping[str, object]]], file: str) -> list[Period]:
    """Periods of the metadata of one file, in the order of time; without metadata a sighting
    says nothing new."""
    found: list[Period] = []
    for at, metadata in series:
        told = rights_in(metadata)
        if told is None:
            continue
        now = _period_of(told, at, file)
        if found and found[-1].said == now.said:
            found[-1] = replace(found[-1], last_seen=at)
        else:
            found.append(now)
    return found


def _period_of(told: Sequence[tuple[str, str]], at: datetime, file: str = "") -> Period:
    said = tuple(Said(field, raw) for field, raw in told)
    return Period(said, SaidBy.PUBLISHER, at, at, file)


def gone_on(
    archive: Archive, dataset: str, source: str, at: datetime, told: Sequence[tuple[str, str]]
) -> list[Period]:
    """The periods of an entry of a listing, with what it says of use from this moment on."""
    lines = DescribedLines(archive.index).statements(dataset)
    held = [_period(s, {}) for s in lines if s.field == FIELD and s.source == source]
    now = _period_of(told, at)
    if held and held[-1].said == now.said:
        last = held.pop()
        now = Period(last.said, last.by, last.first_seen, max(at, last.first_seen))
    return [*[p for p in held if p.first_seen < at], now]


def series_of(
    captures: Sequence[Capture], versions: Sequence[Version], among: Iterable[str]
) -> list[tuple[datetime, Mapping[str, object]]]:
    """Metadata of these captures and when it was seen; of the last one of a version, until when."""
    wanted = set(among)
    until = {v.captures[-1]: v.last_seen_at for v in versions if v.captures}
    order = sorted(captures, key=lambda c: (c.taken.seen_at, c.taken.walk, c.id))
    found: list[tuple[datetime, Mapping[str, object]]] = []
    for capture in order:
        if capture.id in wanted and capture.taken.metadata:
            found.append((capture.taken.seen_at, capture.taken.metadata))
            if capture.id in until and until[capture.id] > capture.taken.seen_at:
                found.append((until[capture.id], capture.taken.metadata))
    return found


def lines_of(dataset: str, resource: str, periods: Sequence[Period]) -> list[Statement]:
    """Periods as index lines; the inverse of `_period`."""
    return [
        Statement(
            dataset, FIELD, "", place,
            json.dumps(
                {
                    "until": to_iso(p.last_seen or p.first_seen),
                    "said": [[s.field, s.raw] for s in p.said],
                },
                ensure_ascii=False,
            ),
            SaidBy.PUBLISHER, p.first_seen, resource,
        )
        for place, p in enumerate(periods)
    ]  # fmt: skip


def periods(archive: Archive, dataset: str) -> list[Period]:
    """All that was said of a dataset and may be shown, by first sighting; typed ones as well."""
    lines = DescribedLines(archive.index).statements(dataset)
    names = {r.id: r.name for r in archive.index.resources(dataset)}
    found = [_period(each, names) for each in lines if each.field == FIELD]
    return sorted([*found, *typed(archive, dataset)], key=lambda p: p.first_seen)


def _period(line: Statement, names: Mapping[str, str]) -> Period:
    body = json.loads(line.value)
    said = tuple(Said(str(field), str(raw)) for field, raw in body["said"])
    return Period(
        said, SaidBy.PUBLISHER, line.since, from_iso(str(body["until"])), names.get(line.source, "")
    )


def typed(archive: Archive, dataset: str) -> list[Period]:
    """What staff typed of the publisher's words (`vf describe --licence`), each time they did."""
    found: list[Period] = []
    for body in archive.index.events([short_id("dataset", dataset)]):
        detail = body["detail"]
        assert isinstance(detail, dict)
        if body["kind"] != "described" or detail.get("dataset") != dataset:
            continue
        for line in detail["said"]:
            if line["field"] == "licence":
                at = from_iso(str(body["at"]))
                if found:
                    last = found.pop()
                    found.append(Period(last.said, last.by, last.first_seen, at))
                said = tuple(Said(TYPED, str(value)) for value in line["values"])
                if said or found:  # nothing typed at first is nothing said
                    found.append(Period(said, SaidBy.PERSON, at, None))
    return found


def said_at(all_periods: Sequence[Period], moment: datetime, file: str = "") -> Period | None:
    """What was said when a version was captured: typed by then, else in its own metadata, else
    what was typed first after it. None where nothing was ever looked up."""
    by_staff = [p for p in all_periods if p.by is SaidBy.PERSON]
    upto = [p for p in by_staff if p.first_seen <= moment]
    if upto and upto[-1].said:
        return upto[-1]
    told = [p for p in all_periods if p.by is SaidBy.PUBLISHER and p.file in ("", file or p.file)]
    before = [p for p in told if p.first_seen <= moment]
    if before:
        return before[-1]
    later = [p for p in by_staff if p.said]
    return later[0] if later else (told[0] if told else None)


def said_now(all_periods: Sequence[Period], file: str = "") -> Period | None:
    """What is said today, as far as anybody looked."""
    by_staff = [p for p in all_periods if p.by is SaidBy.PERSON]
    if by_staff and by_staff[-1].said:
        return by_staff[-1]
    told = [p for p in all_periods if p.by is SaidBy.PUBLISHER and p.file in ("", file or p.file)]
    return told[-1] if told else None

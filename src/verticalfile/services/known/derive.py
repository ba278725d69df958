"""Versions of a file from the vault and the journal, shown in the index. Deletable, repeatable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import (
    Absence,
    Sighting,
    Tombstone,
    Version,
    readable_before,
    versions_of,
)
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.decisions import Decisions, decisions_of
from verticalfile.services.known import embargoes, masks, withheld
from verticalfile.services.known.table_history import TableHistory
from verticalfile.vault.capture import Capture, clock_jumps, difference, merged

REPEATS = 2
REPEATS_OVER = timedelta(days=3)
"""A surprising file is released by itself when so many more checks over so long agree (design 7)."""


CLOSED_SHOWN = 3
"""Places behind a login that are named; the others are counted."""


def held(archive: Archive, resource: str) -> list[Capture]:
    """Every capture in the order of keeping, each with its newest reading: the one it was kept
    with, or the one made when older versions had come in before it."""
    again: dict[str, Mapping[str, object]] = {}
    for body in archive.index.events([readings_of(resource)]):
        again |= readings_in(_detail(body))
    captures = archive.vault.captures(resource)
    if not again:
        return captures
    return [
        replace(c, taken=replace(c.taken, read=again.get(c.taken.sha256, c.taken.read)))
        for c in captures
    ]


def readings_of(resource: str) -> str:
    """The subject of the events that hold readings made again."""
    return f"{resource}/readings"


def readings_in(detail: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """Original -> reading; the inverse of `readings_told`."""
    found: dict[str, Mapping[str, object]] = {}
    before: Mapping[str, object] = {}
    listed = detail["readings"]
    assert isinstance(listed, list)
    for sha256, patch in listed:
        found[sha256] = before = merged(before, patch)
    return found


def readings_told(readings: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Readings as an event holds them: each a merge patch (RFC 7396) of the one before it."""
    listed: list[list[object]] = []
    before: Mapping[str, object] = {}
    for sha256, reading in readings.items():
        listed.append([sha256, difference(before, reading)])
        before = reading
    return {"readings": listed}


def in_time(capture: Capture) -> tuple[datetime, int, str]:
    """The place of a capture in the order of versions."""
    return (capture.taken.seen_at, capture.taken.walk, capture.id)


def table_id(resource: str, name: str) -> str:
    return short_id("table", resource, name)


def tables_read(capture: Capture) -> Sequence[Mapping[str, object]]:
    """The tables of a capture as its evidence tells: name, rows, columns, digests."""
    return tables_of(capture.taken.read)


def tables_of(evidence: Mapping[str, object]) -> list[dict[str, object]]:
    """The tables in the evidence of a reading, each with its name."""
    found = evidence.get("tables", {})
    assert isinstance(found, dict)
    return [{"name": name, **told} for name, told in found.items()]


def columns_of(told: Mapping[str, object]) -> list[str]:
    """The columns of a table in the evidence of a reading."""
    columns = told["columns"]
    assert isinstance(columns, list)
    return columns


def reason_of(capture: Capture) -> str:
    return str(capture.taken.read.get("reason", ""))


def closed_told(completeness: Mapping[str, object]) -> str:
    """The places that a list could not look into, as a sentence's end; "" where there are none."""
    closed = completeness.get("closed")
    places = [str(each) for each in closed] if isinstance(closed, list) else []
    more = f" and {len(places) - CLOSED_SHOWN:,} others" if len(places) > CLOSED_SHOWN else ""
    shown = ", ".join(places[:CLOSED_SHOWN])
    return f"a login is asked for at {shown}{more}; what is there is not known" if places else ""


def partial_of(capture: Capture) -> str:
    """Why a capture may not be all of what there was; "" where that is proved, or not asked."""
    told = capture.taken.completeness
    closed = closed_told(told)
    if told.get("proved", True):
        return closed
    why = str(told.get("why_not", "")) or "it is not proved that all of it came"
    return f"{why}; {closed}" if closed else why


def derive_versions(archive: Archive, resource: str, captures: Sequence[Capture]) -> list[Version]:
    """Versions by the rule of design 3, with what is held and what is withdrawn marked."""
    checks = archive.index.observations(resource)
    held = _held(archive, resource, checks)
    agreed = _last_agreed(checks)
    jumps = clock_jumps(captures)
    sightings = [
        Sighting(
            capture=c.id,
            seen_at=c.taken.seen_at,
            last_seen_at=max(_last_seen(c), agreed.get(c.id, c.taken.seen_at)),
            walk=c.taken.walk,
            sha256=c.taken.sha256,
            size_bytes=c.taken.size_bytes,
            reason=reason_of(c),
            detail=str(c.taken.read.get("detail", "")),
            held=c.id in held,
            moment_name=c.taken.moment_name,
            clock_back_from=jumps.get(c.id),
            partial=partial_of(c),
        )
        for c in captures
    ]
    absences = [
        Absence(from_iso(str(o.get("seen_at", o["at"]))), int(str(_detail(o).get("walk", 0))))
        for o in checks
        if o["outcome"] == "absent"
    ]
    events = archive.index.events([resource])
    graves = graves_in(events)
    back = {
        c.taken.sha256: grave
        for grave in graves
        for c in captures
        if in_time(c)[:2] in grave.places and c.kept_at <= grave.destroyed_at
    }  # a copy of the archive brought them: they stay out of sight, and go again
    graves = [grave for grave in graves if grave not in back.values()]
    decided = _withdrawn(events, versions_of(sightings, absences, graves), back)
    mask = masks.mask_in(events)
    if mask is not None:
        own = masks.without_withholding(archive.index.versions(mask.original))
        embargo = embargoes.embargo_in(archive.index.events([mask.original]))
        decided = masks.marked(decided, captures, embargoes.marked(own, embargo))
    decided = withheld.marked(decided, withheld.withholding_in(events))
    return embargoes.marked(decided, embargoes.embargo_in(events))


def _detail(body: Mapping[str, object]) -> Mapping[str, object]:
    found = body.get("detail", {})
    assert isinstance(found, dict)
    return found


def _last_seen(capture: Capture) -> datetime:
    told = capture.taken.exchange.get("last_seen")
    return from_iso(str(told)) if told else capture.taken.seen_at


def _last_agreed(checks: Sequence[Mapping[str, object]]) -> dict[str, datetime]:
    """By capture, the last check that found the same bytes."""
    found: dict[str, datetime] = {}
    for body in checks:
        if body["outcome"] == "unchanged" and "capture" in body:
            at = from_iso(str(body["at"]))
            found[str(body["capture"])] = max(at, found.get(str(body["capture"]), at))
    return found


def _held(archive: Archive, resource: str, checks: Sequence[Mapping[str, object]]) -> set[str]:
    """Captures that are surprising and neither accepted nor confirmed by repetition."""
    held = {str(body.get("capture", "")) for body in checks if body["outcome"] == "surprising"}
    held -= set(confirmed_by_repetition(checks))
    for event in archive.index.events([resource]):
        if event["kind"] == "accepted":
            held -= set(_captures_of(event))
        elif event["kind"] == "refused":
            held |= set(_captures_of(event))
    return held


def confirmed_by_repetition(checks: Sequence[Mapping[str, object]]) -> dict[str, datetime]:
    """By surprising capture, the check at which enough others had agreed with it."""
    repeats: dict[str, list[datetime]] = {}
    confirmed: dict[str, datetime] = {}
    for body in checks:
        capture = str(body.get("capture", ""))
        if body["outcome"] == "surprising":
            repeats[capture] = [from_iso(str(body["at"]))]
        elif body["outcome"] == "unchanged" and capture in repeats:
            times = repeats[capture]
            times.append(from_iso(str(body["at"])))
            if len(times) > REPEATS and times[-1] - times[0] >= REPEATS_OVER:
                confirmed.setdefault(capture, times[-1])
    return confirmed


def waiting(archive: Archive, resource: str) -> list[Version]:
    """Versions that are held as surprising and that nobody has refused yet."""
    return _undecided(archive, resource, archive.index.versions(resource))


def _undecided(archive: Archive, resource: str, versions: Sequence[Version]) -> list[Version]:
    refused: set[str] = set()
    for event in archive.index.events([resource]):
        if event["kind"] == "refused":
            refused |= set(_captures_of(event))
        elif event["kind"] == "accepted":
            refused -= set(_captures_of(event))
    return [v for v in versions if v.held and not refused & set(v.captures)]


def _captures_of(event: Mapping[str, object]) -> list[str]:
    return _texts(_detail(event)["captures"])


def _withdrawn(
    events: Sequence[Mapping[str, object]],
    versions: Sequence[Version],
    back: Mapping[str, Tombstone],
) -> list[Version]:
    """Versions with what was decided of showing them, the newest word of each original."""
    by_original: dict[str, tuple[str, datetime | None, str]] = {}
    for event in events:
        detail = _detail(event)
        if event["kind"] not in ("withdrawn", "released") or "originals" not in detail:
            continue
        word: tuple[str, datetime | None, str] = ("", None, "")
        if event["kind"] == "withdrawn":
            word = (str(detail["how"]), from_iso(str(event["at"])), str(detail["reason"]))
        by_original |= dict.fromkeys(_texts(detail["originals"]), word)
    by_original |= {sha256: ("destroy", g.destroyed_at, g.why) for sha256, g in back.items()}
    found = []
    for version in versions:
        hidden, at, why = by_original.get(version.sha256, ("", None, ""))
        marked = replace(version, hidden=hidden, withdrawn_at=at, withdrawn_why=why)
        found.append(version if version.destroyed else marked)
    return found


def graves_in(events: Sequence[Mapping[str, object]]) -> list[Tombstone]:
    """Tombstones of the versions that were destroyed, from events of their file."""
    found = []
    for event in events:
        detail = _detail(event)
        if event["kind"] != "withdrawn" or detail["how"] != "destroy" or "originals" in detail:
            continue  # with originals it is not done yet
        graves = detail.get("tombstones", [])
        assert isinstance(graves, list)
        found += [
            Tombstone(
                from_iso(grave["seen_at"]), from_iso(grave["last_seen_at"]), bool(grave.get("current", True)),
                from_iso(str(event["at"])), str(detail["reason"]),
                frozenset((from_iso(at), int(walk)) for at, walk in grave.get("sightings", ())),
            )
            for grave in graves
        ]  # fmt: skip
    return found


def _texts(listed: object) -> list[str]:
    assert isinstance(listed, list)
    return [str(each) for each in listed]


def show(archive: Archive, resource: ResourceLine, captures: Sequence[Capture]) -> list[Version]:
    """Put the versions and tables of a file into the index; returns the versions."""
    versions = derive_versions(archive, resource.id, captures)
    rows_by_original = {
        c.taken.sha256: sum(int(str(t["rows"])) for t in tables_read(c)) for c in captures
    }
    current = [v for v in versions if v.readable and not v.held and not v.destroyed]
    names = {str(t["name"]) for c in captures for t in tables_read(c)}
    with archive.index.writing():
        rows = rows_by_original.get(current[-1].sha256) if current else None
        held = len(_undecided(archive, resource.id, versions))
        archive.index.put_versions(resource.id, versions, rows=rows, held=held)
        archive.index.keep_tables(resource.id, names)
        for name in sorted(names):
            table = table_id(resource.id, name)
            archive.index.put_table(
                table_line(table, resource.id, name, decisions_of(archive, table))
            )
    return versions


def table_line(table: str, resource: str, name: str, decided: Decisions) -> TableLine:
    key = decided.key
    if key is None:
        return TableLine(table, resource, name, None, "", None, ())
    return TableLine(table, resource, name, key.current, key.how, key.confidence, key.evidence)


def pairs_of(versions: Sequence[Version], table: TableHistory) -> list[tuple[int, int]]:
    """(old, new) ordinals of each readable version and the readable one before it."""
    before = readable_before(versions)
    found = []
    for version in versions:
        if version.number not in before:
            continue
        old = table.ordinal_of(before[version.number].sha256)
        new = table.ordinal_of(version.sha256)
        if old is not None and new is not None and old != new:
            found.append((old, new))
    return list(dict.fromkeys(found))


def show_comparisons(
    archive: Archive, versions: Sequence[Version], table: TableHistory
) -> list[tuple[int, int]]:
    """Compare what is not compared yet; returns the pairs."""
    known = archive.index.comparisons(table.id)
    key = decisions_of(archive, table.id).key
    wanted = [pair for pair in pairs_of(versions, table) if pair not in known]
    found = [(old, new, table.comparison(old, new, key)) for old, new in wanted]
    if found:
        with archive.index.writing():
            archive.index.put_comparisons(table.id, found)
    return wanted

"""What readers are told of a file, from its versions, checks and events: lines of the registers,
what its publisher says of it, and the document by which it is found. Derived, repeatable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.index import Comparison, ResourceLine
from verticalfile.catalog.register_lines import Register, RegisterLine, RegisterLines
from verticalfile.catalog.search import Audience
from verticalfile.catalog.versions import Version, readable_before
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.finding import documents
from verticalfile.services.known import embargoes, withheld
from verticalfile.services.known.absences import Absence, absences_of
from verticalfile.services.known.derive import confirmed_by_repetition
from verticalfile.services.known.listings import LISTING_KIND
from verticalfile.services.known.statements import take_in_received
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.listing import joined_change
from verticalfile.services.telling.noticing_listings import lines_of_listing
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.vault.capture import Capture

Body = dict[str, object]
KEPT_OUT = {"blocked": Register.BLOCKED, "closed": Register.CLOSED}
"""Outcomes of checks that say that we are not let in."""


def notice(
    archive: Archive, resource: ResourceLine, captures: Sequence[Capture],
    versions: Sequence[Version],
) -> None:  # fmt: skip
    """Show in the index what readers are told; writes only what is new."""
    lines = list(_Noticing(archive, resource, captures, versions).lines())
    if not resource.is_data:  # it stands beside the data, and is no news of its own
        lines = [line for line in lines if line.register is Register.WITHDRAWN]
    with archive.index.writing():
        RegisterLines(archive.index).put(resource.id, lines)
        if not resource.source:  # else its portal's listing tells, at every look
            take_in_received(archive, resource.id, resource.dataset, captures, versions)
        documents.refresh(archive, [resource.dataset])


TWO_PEOPLE = "two people"
"""Who decided a destruction, as everybody is told."""


@dataclass
class _Noticing:
    """The register lines of one file. A line's id comes from what it is about and never from a
    number or a date that a back-fill moves: the capture of a version that was kept first."""

    archive: Archive
    resource: ResourceLine
    captures: Sequence[Capture]
    versions: Sequence[Version]

    def __post_init__(self) -> None:
        self.by_id = {c.id: c for c in self.captures}
        self.checks = self.archive.index.observations(self.resource.id)
        self.events = self.archive.index.events([self.resource.id])
        self.open = any(visible_to(Viewer.PUBLIC, v) for v in self.versions)

    def lines(self) -> Iterator[RegisterLine]:
        yield from self._new()
        yield from self._changed()
        yield from self._unreadable()
        yield from self._held()
        yield from self._gone_and_back()
        yield from self._withdrawn()
        yield from self._withheld()
        yield from self._embargoed()
        if not self.resource.source:  # else its portal's line tells: one, not one for each file
            yield from self._kept_out()
        if self.resource.kind.startswith(LISTING_KIND):
            yield from lines_of_listing(self.archive, self.resource, self.events)

    def _line(
        self, register: Register, anchor: str, at: datetime, audience: Audience, body: Body
    ) -> RegisterLine:
        entry = short_id("register", register, self.resource.id, anchor)
        return RegisterLine(
            entry, audience, register, self.resource.id, self.resource.dataset, at, body
        )

    def _audience(self, version: Version) -> Audience:
        return Audience.ALL if visible_to(Viewer.PUBLIC, version) else Audience.STAFF

    def _kept_first(self, version: Version) -> Capture | None:
        """None when its captures were destroyed while this was made."""
        held = [self.by_id[i] for i in version.captures if i in self.by_id]
        return min(held, key=lambda c: (c.kept_at, c.id), default=None)

    def _new(self) -> Iterator[RegisterLine]:
        first = min(self.captures, key=lambda c: (c.kept_at, c.id), default=None)
        if first is None:
            return
        audience = Audience.ALL if self.open else Audience.STAFF
        seen = self.versions[0]
        body: Body = {"noted_at": to_iso(first.kept_at)}
        if visible_to(Viewer.PUBLIC, seen):
            body |= {"first_seen_at": to_iso(seen.seen_at)}
        yield self._line(Register.NEW, "", first.kept_at, audience, body)

    def _changed(self) -> Iterator[RegisterLine]:
        lines = self.archive.index.tables(self.resource.id)
        histories = [TableHistory(self.archive, line.id, line.name) for line in lines]
        compared = {h.id: self.archive.index.comparisons(h.id) for h in histories}
        before = readable_before(self.versions)
        for version in self.versions:
            old, kept = before.get(version.number), self._kept_first(version)
            if old is None or version.held or kept is None:
                continue
            change = joined_change(histories, compared, old, version)
            only = change is not None and change.kinds == ("export only",)
            register = Register.EXPORT if only else Register.CHANGED
            body: Body = {
                "noted_at": to_iso(kept.kept_at), "seen_how": kept.taken.seen_how,
                "sha256": version.sha256,
            }  # fmt: skip
            told = body | {
                "before_sha256": old.sha256, "before_last_seen_at": to_iso(old.last_seen_at),
                **_figures(change),
            }  # fmt: skip
            audience = self._audience(version)
            at = version.seen_at
            if audience is Audience.ALL and not visible_to(Viewer.PUBLIC, old):
                # figures against what is not shown would show it by difference
                yield self._line(register, kept.id, at, Audience.PUBLIC, body)
                audience = Audience.STAFF
            yield self._line(register, kept.id, at, audience, told)

    def _unreadable(self) -> Iterator[RegisterLine]:
        for version in self.versions:
            kept = self._kept_first(version)
            if version.readable or kept is None:
                continue
            body: Body = {
                "noted_at": to_iso(kept.kept_at), "seen_how": kept.taken.seen_how,
                "sha256": version.sha256, "why": version.reason, "detail": version.detail,
            }  # fmt: skip
            yield self._line(
                Register.UNREADABLE, kept.id, version.seen_at, self._audience(version), body
            )

    def _held(self) -> Iterator[RegisterLine]:
        by_capture = {c: v for v in self.versions for c in v.captures}
        confirmed = confirmed_by_repetition(self.checks)
        for check in self.checks:
            version = by_capture.get(str(check.get("capture", "")))
            if check["outcome"] != "surprising" or version is None:
                continue
            anchor, at = str(check["capture"]), from_iso(str(check["at"]))
            detail = _detail(check)
            body: Body = {"noted_at": to_iso(at), "why": detail.get("why", "surprising")}
            body |= self._ended(anchor, confirmed.get(anchor))
            if version.hidden:
                yield self._line(Register.HELD, anchor, at, Audience.STAFF, body)
                continue
            yield self._line(Register.HELD, anchor, at, Audience.PUBLIC, body)
            staff = body | {"detail": detail.get("said", ""), "sha256": version.sha256}
            yield self._line(Register.HELD, anchor, at, Audience.STAFF, staff)

    def _ended(self, capture: str, confirmed_at: datetime | None) -> Body:
        """How and when a holding ended, if it did; a person's word outranks repetition."""
        ended: Body = {}
        if confirmed_at is not None:
            ended = {"ended_at": to_iso(confirmed_at), "ended_by": "repetition"}
        for event in self.events:
            if event["kind"] in ("accepted", "refused"):
                captures = _detail(event).get("captures")
                if isinstance(captures, list) and capture in captures:
                    ended = {"ended_at": event["at"], "ended_by": event["kind"]}
        return ended

    def _gone_and_back(self) -> Iterator[RegisterLine]:
        added = self.archive.index.added_at(self.resource.dataset)
        audience = Audience.ALL if self.open else Audience.STAFF
        for absence in absences_of(self.resource, self.versions, self.checks, added_at=added):
            if absence.confirmed_at is None:
                continue
            anchor = to_iso(absence.first_missed_at)
            yield self._line(
                Register.VANISHED, anchor, absence.first_missed_at, audience, _gone(absence)
            )
            if absence.returned_at is not None:
                body: Body = {
                    "noted_at": to_iso(absence.returned_at),
                    "missed_from": to_iso(absence.first_missed_at),
                }
                yield self._line(Register.RETURNED, anchor, absence.returned_at, audience, body)

    def _kept_out(self) -> Iterator[RegisterLine]:
        """Rows of checks that were not let in, each one line."""
        open_: tuple[Register, datetime] | None = None
        for check in self.checks:
            at, outcome = from_iso(str(check["at"])), str(check["outcome"])
            register = KEPT_OUT.get(outcome)
            if open_ is not None and register is not open_[0]:
                yield self._out(*open_, ended_at=at)
                open_ = None
            if register is not None and open_ is None:
                open_ = (register, at)
        if open_ is not None:
            yield self._out(*open_, ended_at=None)

    def _out(self, register: Register, at: datetime, *, ended_at: datetime | None) -> RegisterLine:
        body: Body = {"noted_at": to_iso(at)}
        if ended_at is not None:
            body["ended_at"] = to_iso(ended_at)
        return self._line(register, to_iso(at), at, Audience.ALL, body)

    def _withdrawn(self) -> Iterator[RegisterLine]:
        for event in self.events:
            if event["kind"] != "withdrawn":
                continue
            detail = _detail(event)
            body: Body = {
                "noted_at": event["at"], "how": detail.get("how", ""),
                "why": detail.get("reason", ""), "authority": detail.get("authority", ""),
            }  # fmt: skip
            if "confirmed_by" in detail:  # no names: they are for staff
                body["decided_by"] = TWO_PEOPLE
            for later in self.events:
                if later["kind"] == "released" and str(later["at"]) >= str(event["at"]):
                    body["ended_at"] = later["at"]
                    break
            at = from_iso(str(event["at"]))
            if self._has_others(detail, at):
                body["in_part"] = True
            yield self._line(Register.WITHDRAWN, to_iso(at), at, Audience.ALL, body)

    def _has_others(self, detail: Mapping[str, object], at: datetime) -> bool:
        """Whether something that had been kept by then was not withdrawn with it. Of what was
        destroyed neither originals nor captures are left."""
        taken = detail.get("originals")
        gone = set(taken) if isinstance(taken, list) else set()
        return any(c.taken.sha256 not in gone for c in self.captures if c.kept_at <= at)

    def _withheld(self) -> Iterator[RegisterLine]:
        """Each time that a flag or a person began to hold the file back, and when that ended."""
        events = [e for e in self.events if e["kind"] in withheld.KINDS]
        for number, event in enumerate(events):
            before = withheld.withholding_in(events[:number])
            found = withheld.withholding_in(events[: number + 1])
            if before.stands or found.since is None:
                continue
            body: Body = {"noted_at": event["at"], "how": withheld.HOW, "why": found.why}
            ends = [e for e in events[number:] if e["kind"] == withheld.LET_GO]
            body |= {"ended_at": ends[0]["at"]} if ends else {}
            anchor = f"withheld {to_iso(found.since)}"
            yield self._line(Register.WITHDRAWN, anchor, found.since, Audience.ALL, body)

    def _embargoed(self) -> Iterator[RegisterLine]:
        """Each embargo, and when it ended or was replaced."""
        events = [e for e in self.events if e["kind"] in embargoes.KINDS]
        for number, event in enumerate(events):
            if event["kind"] != embargoes.EMBARGOED:
                continue
            at = from_iso(str(event["at"]))
            detail = _detail(event)
            why = f"until {detail['until']}"
            body: Body = {"noted_at": event["at"], "how": embargoes.HOW, "why": why}
            if "originals" in detail and self._has_others(detail, at):
                body["in_part"] = True
            body |= {"ended_at": events[number + 1]["at"]} if number + 1 < len(events) else {}
            anchor = f"embargo {to_iso(at)}"
            yield self._line(Register.WITHDRAWN, anchor, at, Audience.ALL, body)


def _figures(change: Comparison | None) -> Body:
    if change is None:
        return {}
    return {
        "kinds": list(change.kinds), "added": change.added, "removed": change.removed,
        "changed": change.changed, "said": list(change.said),
    }  # fmt: skip


def _gone(absence: Absence) -> Body:
    assert absence.confirmed_at is not None
    body: Body = {
        "noted_at": to_iso(absence.confirmed_at), "evidence": absence.evidence,
        "checks": absence.checks, "last_missed_at": to_iso(absence.last_missed_at),
    }  # fmt: skip
    if absence.last_seen_at is not None:
        body["last_seen_at"] = to_iso(absence.last_seen_at)
    if absence.returned_at is not None:
        body["returned_at"] = to_iso(absence.returned_at)
    return body


def _detail(body: Mapping[str, object]) -> Mapping[str, object]:
    found = body.get("detail", {})
    assert isinstance(found, dict)
    return found

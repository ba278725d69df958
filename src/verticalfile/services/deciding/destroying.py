"""Destroying by law: a version's bytes go, and all that would tell of them; a tombstone stays.

What stays is the fact, the dates of its sightings, the date of the destruction, the class of reason
and the authority. What goes: the bytes, every digest of them and of their rows, the ids of their
captures (which hold a digest), headers of their answers, counts of rows and sizes, and figures by
which a neighbour was compared with them: each of these would let somebody who guesses confirm the
guess (decision 0013).

The event is written first and names what is to go; all steps can be repeated until, last of all,
the event itself is written anew without those names. Until then the version is shown to nobody.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version, readable_before
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import catch_up, show_check
from verticalfile.services.known import derive
from verticalfile.services.taking_in import in_time, rebuild
from verticalfile.vault.capture import Capture
from verticalfile.vault.destroy import destroy
from verticalfile.vault.notes.redact import redact

ORDERED = ("originals", "captures", "neighbours")
"""Members of the event that name what is to go, and go last."""
KEPT_OF_A_CHECK = ("resource", "source", "at", "outcome", "seen_at", "moment_name")
FOUND_BY_SOFTWARE = ("renamed", "key found", "volatile")


def order(
    captures: Sequence[Capture], versions: Sequence[Version], wanted: Sequence[Version]
) -> dict[str, object]:
    """What the event of a destruction says: what is to go, and the tombstones that stay."""
    by_id = {capture.id: capture.taken for capture in captures}
    compared = readable_before(versions)
    numbers = {v.number for v in wanted}
    neighbours = [
        v for v in versions if v.number in compared and compared[v.number].number in numbers
    ]
    return {
        "originals": sorted({v.sha256 for v in wanted}),
        "captures": [c for v in wanted for c in v.captures],
        "neighbours": [c for v in neighbours for c in v.captures if v.number not in numbers],
        "tombstones": [
            {
                "seen_at": to_iso(v.seen_at), "last_seen_at": to_iso(v.last_seen_at),
                "current": v.readable and not v.held,
                "sightings": [[to_iso(by_id[c].seen_at), by_id[c].walk] for c in v.captures],
            }
            for v in wanted
        ],
    }  # fmt: skip


def put_right(archive: Archive, resource: ResourceLine) -> None:
    """What a crash left of a file, and a destruction that was begun; under the writer's lock."""
    rebuild.recover(archive, resource)
    finish(archive, resource)


def finish(archive: Archive, resource: ResourceLine) -> bool:
    """Carry out what was ordered and is not done; the caller holds the writer's lock."""
    ordered: dict[str, set[str]] = {name: set() for name in ORDERED}
    orders = 0
    for event in archive.index.events([resource.id]):
        detail = _detail(event)
        if event["kind"] == "withdrawn" and detail["how"] == "destroy" and "originals" in detail:
            orders += 1
            for name in ORDERED:
                ordered[name] |= set(_texts(detail.get(name, [])))
    for version in archive.index.versions(resource.id):
        if version.hidden == "destroy" and version.captures:  # ordered, or brought by a copy
            ordered["originals"].add(version.sha256)
            ordered["captures"] |= set(version.captures)
    purging = archive.root / "cache" / "purging"
    if ordered["originals"]:
        purging.parent.mkdir(exist_ok=True)
        purging.touch()
        # from here on nobody is shown it, also where a crash leaves it half gone
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
        destroy(archive.vault, resource.id, ordered["originals"], at=archive.clock.now())
        _forget_caches(archive, resource)
        in_time.read_anew(archive, resource)
        _redact(archive, resource, _Redaction(resource.id, ordered, orders))
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
    if not purging.exists():
        return False
    archive.text_index.purge()
    purging.unlink()
    return True


def _forget_caches(archive: Archive, resource: ResourceLine) -> None:
    """Digests of rows, and what a mending set aside, may be of what is to go."""
    for line in archive.index.tables(resource.id):
        for kind in ("digests", "records"):
            (archive.root / "cache" / kind / line.id).unlink(missing_ok=True)
    shutil.rmtree(archive.root / "cache" / "damaged", ignore_errors=True)


def _redact(archive: Archive, resource: ResourceLine, redaction: _Redaction) -> None:
    """The journal without what tells of the destroyed, then the index as the journal."""
    subjects = [resource.id, derive.readings_of(resource.id)]
    subjects += [line.id for line in archive.index.tables(resource.id)]
    redaction.subjects = frozenset(subjects)
    with archive.writing("journal"):
        archive.journal.recover()
        archive.journal.append(at=archive.clock.now())  # what waits may tell of it too
        catch_up(archive)
        redact(archive.vault.root, redaction.of)
        observations, events, _ = archive.journal.since({})
        checks = [body for body in observations if body["resource"] == resource.id]
        decided = [body for body in events if body["subject"] in redaction.subjects]
        with archive.index.writing():
            archive.index.replace_records(resource.id, subjects, checks, decided)
            for body in checks:
                show_check(archive, body)


class _Redaction:
    """What a record of the journal becomes when originals are destroyed."""

    def __init__(self, resource: str, ordered: Mapping[str, set[str]], orders: int) -> None:
        self.resource, self.orders = resource, orders
        self.subjects: frozenset[str] = frozenset()
        self.originals, self.captures, self.neighbours = (ordered[name] for name in ORDERED)

    def of(self, body: dict[str, object]) -> dict[str, object]:
        if body.get("resource") == self.resource and "outcome" in body and "source" in body:
            return self._check(body)
        if body.get("subject") in self.subjects:
            return {**body, "detail": self._decision(body)}
        return body

    def _check(self, body: dict[str, object]) -> dict[str, object]:
        if body.get("capture") in self.captures:
            kept = {name: body[name] for name in KEPT_OF_A_CHECK if name in body}
            return {**kept, "detail": {"said": "of a version that was destroyed"}}
        if body.get("capture") in self.neighbours:
            said = "kept; what it was compared with was destroyed"
            return {**body, "detail": {**_detail(body), "said": said}}
        return body

    def _decision(self, body: Mapping[str, object]) -> dict[str, object]:
        detail = dict(_detail(body))
        if body["kind"] == "withdrawn" and detail["how"] == "destroy":
            self.orders -= "originals" in detail
            return {name: value for name, value in detail.items() if name not in ORDERED}
        for name, gone in (("originals", self.originals), ("captures", self.captures)):
            if isinstance(detail.get(name), list):  # READ_AGAIN tells a number of captures
                detail[name] = [each for each in _texts(detail[name]) if each not in gone]
        if detail.get("original") in self.originals:
            detail["original"] = ""
        if "readings" in detail and isinstance(detail["readings"], list):
            read = derive.readings_in(detail)
            detail |= derive.readings_told(
                {sha256: told for sha256, told in read.items() if sha256 not in self.originals}
            )
        if body["kind"] in FOUND_BY_SOFTWARE and self.orders > 0:  # before the order, not after
            detail = _without_evidence(detail)
        return detail


def _without_evidence(detail: Mapping[str, object]) -> dict[str, object]:
    """Sentences of evidence count rows; what was found by them is decided anew anyway."""
    found = detail.get("found", [])
    assert isinstance(found, list)
    told = [{**each, "evidence": []} for each in found]
    return {
        name: told if name == "found" else [] if name == "evidence" else value
        for name, value in detail.items()
    }


def _detail(body: Mapping[str, object]) -> Mapping[str, object]:
    found = body.get("detail", {})
    assert isinstance(found, dict)
    return found


def _texts(listed: object) -> list[str]:
    assert isinstance(listed, list)
    return [str(each) for each in listed]

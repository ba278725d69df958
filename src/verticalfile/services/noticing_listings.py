"""Lines of the registers that a portal's list tells: of its datasets, and of the list itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.register_lines import Register, RegisterLine
from verticalfile.catalog.search import Audience
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive, short_id

LISTED = "listed"
"""The event that holds what was found at one look at a portal's listing."""
Body = dict[str, object]


def lines_of_listing(
    archive: Archive, resource: ResourceLine, events: Sequence[Mapping[str, object]]
) -> Iterator[RegisterLine]:
    """Vanished, returned and re-keyed datasets that we keep, and times when the list was suspect."""
    datasets = SourceLines(archive.index).datasets_of(resource.id)
    gone: dict[str, RegisterLine] = {}
    suspect: RegisterLine | None = None
    for event in events:
        detail = event["detail"]
        if event["kind"] != LISTED or not isinstance(detail, dict):
            continue
        at = str(detail["at"])
        for found in detail.get("found", []):
            key = str(found.get("key", ""))
            dataset = datasets.get(key, "")
            match found["what"]:
                case "vanished" if dataset:
                    body: Body = {
                        "noted_at": at, "evidence": "listing", "checks": found["absences"],
                        "last_seen_at": found["last_seen"], "last_missed_at": at,
                    }  # fmt: skip
                    gone[key] = _line(
                        Register.VANISHED, resource, dataset, found["since"], key, body
                    )
                case "returned" if dataset and found["had_vanished"]:
                    back: Body = {"noted_at": at, "missed_from": found["since"]}
                    yield _line(Register.RETURNED, resource, dataset, at, key, back)
                    if key in gone:
                        yield _with(gone.pop(key), returned_at=at)
                case "re-keyed" if dataset:
                    told: Body = {
                        "noted_at": at, "before": found["before"]["identifier"],
                        "after": found["after"]["identifier"], "why": found["how"],
                    }  # fmt: skip
                    yield _line(Register.REKEYED, resource, dataset, at, key, told)
                case "suspect" if suspect is None:
                    why: Body = {"noted_at": at} | {
                        n: found[n] for n in ("why", "lost", "swapped", "of")
                    }
                    suspect = _line(Register.SUSPECT, resource, resource.dataset, at, "", why)
                case "released" if suspect is not None:
                    yield _with(suspect, ended_at=at, ended_by=found["how"])
                    suspect = None
    yield from gone.values()
    if suspect is not None:
        yield suspect


def _line(
    register: Register, resource: ResourceLine, dataset: str, at: str, key: str, body: Body
) -> RegisterLine:
    entry = short_id("register", register, resource.id, key, at)
    return RegisterLine(entry, Audience.ALL, register, resource.id, dataset, from_iso(at), body)


def _with(line: RegisterLine, **more: object) -> RegisterLine:
    body = {**line.body, **more}
    return RegisterLine(
        line.entry, line.audience, line.register, line.resource, line.dataset, line.at, body
    )

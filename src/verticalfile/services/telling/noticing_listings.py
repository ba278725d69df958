"""Lines of the registers that a portal's list tells: of its datasets, and of the list itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.register_lines import Register, RegisterLine
from verticalfile.catalog.search import Audience
from verticalfile.catalog.source_lines import MemberLine, SourceLines
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.known.selection import selection_from
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.registry import kind_called

LISTED = "listed"
"""The event that holds what was found at one look at a portal's listing."""
Body = dict[str, object]


def looks_told(events: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """What was found at each look of a listing, in the order of their moments, from its events.

    Older listings that came in later may show that something else was to be found: that is told
    again, in place of what was told before. `noted_at` is when it was told.
    """
    found: dict[str, list[Mapping[str, object]]] = {}
    for body in events:
        detail = body["detail"]
        if body["kind"] != LISTED or not isinstance(detail, dict):
            continue
        at, again = str(detail["at"]), bool(detail.get("again"))
        told = {**detail, "noted_at": str(body["at"]) if again else at}
        found[at] = [told] if again else [*found.get(at, []), told]
    return [each for at in sorted(found, key=from_iso) for each in found[at] if each["counts"]]


def lines_of_listing(
    archive: Archive, resource: ResourceLine, events: Sequence[Mapping[str, object]]
) -> Iterator[RegisterLine]:
    """Vanished, returned and re-keyed datasets that we keep, and times when the list was suspect.

    Of what is known from copies of older lists alone, what was chosen and has vanished is told too.
    """
    lines = SourceLines(archive.index)
    datasets = lines.datasets_of(resource.id)
    gone: dict[str, RegisterLine] = {}
    suspect: RegisterLine | None = None
    for look in looks_told(events):
        at = str(look["at"])
        base: Body = {"noted_at": look["noted_at"]} | ({"copies": True} if "copy" in look else {})
        listed = look.get("found", [])
        assert isinstance(listed, list)
        for found in listed:
            key = str(found.get("key", ""))
            dataset = datasets.get(key, "")
            match found["what"]:
                case "vanished" if dataset or found.get("copies"):
                    body: Body = base | {
                        "evidence": "listing", "checks": found["absences"],
                        "last_seen_at": found["last_seen"], "last_missed_at": at,
                    }  # fmt: skip
                    body |= {"copies": True} if found.get("copies") else {}
                    if not dataset:
                        member = lines.member(resource.id, key)
                        if member is None or not _is_chosen(archive, resource, member):
                            continue
                        body["named"] = member.title
                    gone[key] = _line(
                        Register.VANISHED, resource, dataset, found["since"], key, body
                    )
                case "returned" if (dataset or key in gone) and found["had_vanished"]:
                    back: Body = base | {"missed_from": found["since"]}
                    if dataset:
                        yield _line(Register.RETURNED, resource, dataset, at, key, back)
                    if key in gone:
                        yield _with(gone.pop(key), returned_at=at)
                case "re-keyed" if dataset:
                    told: Body = base | {
                        "before": found["before"]["identifier"],
                        "after": found["after"]["identifier"], "why": found["how"],
                    }  # fmt: skip
                    yield _line(Register.REKEYED, resource, dataset, at, key, told)
                case "suspect" if suspect is None:
                    why = base | {n: found[n] for n in ("why", "lost", "swapped", "of")}
                    suspect = _line(Register.SUSPECT, resource, resource.dataset, at, "", why)
                case "released" if suspect is not None:
                    yield _with(suspect, ended_at=at, ended_by=found["how"])
                    suspect = None
    yield from gone.values()
    if suspect is not None:
        yield suspect


def _is_chosen(archive: Archive, resource: ResourceLine, member: MemberLine) -> bool:
    source = SourceLines(archive.index).of(resource.id)
    if source is None:
        return False
    try:
        entry = kind_called(source.kind).entry(member.record, source.location)
    except BadRecord:
        return False
    return selection_from(source.selection).takes(entry)


def _line(
    register: Register, resource: ResourceLine, dataset: str, at: str, key: str, body: Body
) -> RegisterLine:
    """The id is of the dataset where there is one: its key may be another once older lists come in."""
    entry = short_id("register", register, resource.id, dataset or key, at)
    return RegisterLine(
        entry, Audience.ALL, register, resource.id, dataset or resource.dataset, from_iso(at), body
    )


def _with(line: RegisterLine, **more: object) -> RegisterLine:
    body = {**line.body, **more}
    return RegisterLine(
        line.entry, line.audience, line.register, line.resource, line.dataset, line.at, body
    )

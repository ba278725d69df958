"""Collecting: look at a source now, keep what differs, note what does not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version, as_of, readable_before
from verticalfile.fetch.client import Client, Got, NotModified
from verticalfile.fetch.errors import Blocked, FetchError, HostWaits
from verticalfile.kernel.errors import LimitReached, VerticalFileError, tells_no_room
from verticalfile.kernel.letters import counted
from verticalfile.kernel.moments import for_people, to_iso
from verticalfile.kernel.originals import Original, is_original, left_in_file, sha256_of
from verticalfile.kernel.scratch import working_folder
from verticalfile.services.archive import Archive
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.local_files import original_of
from verticalfile.services.datasets.adding import definition, told_of_key
from verticalfile.services.deciding import destroying
from verticalfile.services.gathering import following
from verticalfile.services.gathering.checksums import DIFFERS, checksum_found
from verticalfile.services.gathering.preview import Found
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.journal_keeping import SeenAgain, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.as_documents import is_document
from verticalfile.services.known.deliveries import KIND as DELIVERED_KIND
from verticalfile.services.known.listings import LISTING_KIND, small_bytes
from verticalfile.services.known.masks import KIND as MASKED_KIND
from verticalfile.services.names import name_of
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.taking_in.in_time import put_in_time
from verticalfile.services.taking_in.surprise import Surprise, other_layer, surprise
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.services.visiting.hosts import host_of
from verticalfile.services.visiting.moved import moved_for_good
from verticalfile.services.visiting.newest_known import Known, newest_known
from verticalfile.services.visiting.validators import (
    TOLD,
    Validators,
    lie_noticed,
    validators_of,
    validators_told,
)
from verticalfile.sources.kind import Taken
from verticalfile.sources.registry import kind_called
from verticalfile.sources.state import Offered, State
from verticalfile.sources.visit import Visit
from verticalfile.sources.what import SourceKind
from verticalfile.vault.capture import Capture
from verticalfile.vault.errors import VaultFull
from verticalfile.vault.notes.journal import Observation

WAITING = "waiting"  # the host asked for it, or another command is asking it
PREVIEW_HOLDS = timedelta(hours=1)
"""A list that was walked for its preview is taken while nobody thought about it for longer."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check saw: a word of design 3, or `WAITING` (nobody was asked), and a sentence."""

    resource: ResourceLine
    outcome: str
    said: str
    error: VerticalFileError | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a source offers at this moment."""

    body: Original
    media_type: str
    file_name: str
    completeness: Mapping[str, object]
    exchange: Mapping[str, object]
    at: datetime | None = None  # where not at this moment


@dataclass(frozen=True, slots=True)
class _Tools:
    """What the checks of one run share."""

    client: Client
    scratch: Path
    seen_again: SeenAgain
    walked: Found | None


def collect(
    archive: Archive,
    resources: Sequence[ResourceLine],
    *,
    fetching: Fetching,
    progress: Callable[[int], None] = lambda _: None,
    leave_resting: bool = False,
    walked: Found | None = None,
) -> list[Checked]:
    """Check each; one that fails never stops the others.

    `leave_resting`: files of a host that asks us to wait are left for a later run. `walked`: a list
    that was walked a moment ago, for its preview; it is taken in place of another walk.
    """
    done: list[Checked] = []
    busy: dict[str, Checked] = {}  # hosts that another command was asking for long
    with fetching.client(archive.clock) as client, working_folder(archive.scratch) as scratch:
        tools = _Tools(client, scratch, SeenAgain(archive), walked)
        for resource in resources:
            host = host_of(resource.location)
            if leave_resting and client.manners.rests_until(host):
                continue
            one = busy.get(host) or _collect_one(archive, resource, tools)
            done.append(replace(one, resource=resource))
            if one.outcome == WAITING and not client.manners.rests_until(host):
                busy[host] = one
            progress(len(done))
    return done


def _collect_one(archive: Archive, resource: ResourceLine, tools: _Tools) -> Checked:
    if resource.kind == DELIVERED_KIND:
        said = f"was handed over; when it comes again: vf receive FILE --name {resource.dataset}"
        return Checked(resource, "unchanged", said)
    if resource.kind == MASKED_KIND:
        return Checked(resource, "unchanged", f"is made from {resource.location}, as it changes")
    try:
        with archive.writing(resource.id) as ended_well, _full_is_told(archive, resource):
            known = newest_known(archive, resource) if ended_well else None
            if known is not None:
                return _looked(
                    archive, resource, lambda: _check_known(archive, resource, known, tools)
                )
            destroying.put_right(archive, resource)
            return _check(archive, resource, tools)
    except VerticalFileError as error:
        _note(archive, resource, "failed", error.message, detail=_facts(error))
        return Checked(resource, "failed", error.message, error)


def _check_known(archive: Archive, resource: ResourceLine, known: Known, tools: _Tools) -> Checked:
    """Look at an address whose newest version the index knows: where it is found again, neither
    the vault nor the history is read."""
    sent = known.sent
    answer = tools.client.get(
        resource.location, into=tools.scratch, etag=sent.etag, last_modified=sent.last_modified
    )
    if isinstance(answer, Got):
        try:
            is_same = answer.sha256 == known.version.sha256
            if not is_same or checksum_found(archive, resource, answer.path):
                destroying.put_right(archive, resource)
                newest = _newest(derive.held(archive, resource.id), archive.clock.now())
                return _came(archive, resource, sent, newest, answer, tools.client)
        finally:
            answer.path.unlink(missing_ok=True)
    now, exchange = archive.clock.now(), _exchange(answer)
    seen = Observation(
        resource.id, f"{resource.kind}:{resource.location}", now, "unchanged",
        capture=known.version.captures[-1], detail={"said": "unchanged", "exchange": exchange},
    )  # fmt: skip
    tools.seen_again.note(seen, known.version.number)
    since = for_people(known.version.seen_at, archive.zone)
    return Checked(resource, "unchanged", f"unchanged since {since}")


@contextmanager
def _full_is_told(archive: Archive, resource: ResourceLine) -> Iterator[None]:
    """A full disk met in a temporary file is as much one of this check as one met in the vault."""
    try:
        yield
    except OSError as error:
        if tells_no_room(error):
            raise VaultFull(
                f"No room to work on {name_of(archive, resource)}.",
                mend="free space, then run the same command again; nothing was half-kept.",
            ) from error
        raise


def _facts(error: VerticalFileError) -> dict[str, object]:
    exchange = error.facts.get("exchange")
    told = {"code": error.code, "mend": error.mend}
    return told | ({"exchange": exchange} if exchange else {})


def _check(archive: Archive, resource: ResourceLine, tools: _Tools) -> Checked:
    match resource.kind:
        case SourceKind.GIT | SourceKind.FOLDER:
            branch = str(definition(archive, resource.id).get("branch", "")) or None
            return _filled(archive, resource, backfill.look_again(archive, resource, branch=branch))
        case SourceKind.FILE:
            return _check_file(archive, resource)
        case SourceKind.URL:
            return _looked(archive, resource, lambda: _check_url(archive, resource, tools.client))
        case _:
            return _looked(archive, resource, lambda: _check_portal(archive, resource, tools))


def _filled(archive: Archive, resource: ResourceLine, filled: backfill.Filled) -> Checked:
    outcome = "changed" if filled.kept or filled.absences else "unchanged"
    said = backfill.told_of(resource, filled) if filled.kept else "nothing new"
    _note(archive, resource, outcome, said)
    return Checked(resource, outcome, said)


def _check_file(archive: Archive, resource: ResourceLine) -> Checked:
    with working_folder(archive.scratch) as scratch:
        return _check_file_in(archive, resource, scratch)


def _check_file_in(archive: Archive, resource: ResourceLine, scratch: Path) -> Checked:
    path = Path(resource.location)
    try:
        body = original_of(path, scratch)
        modified_s = path.stat().st_mtime
    except FileNotFoundError:
        return _absent(archive, resource, f"{path.name} is not there any more")
    exchange = {"path": str(path)}
    with contextlib.suppress(ValueError, OverflowError, OSError):  # a date that no calendar has
        exchange["modified_at"] = to_iso(datetime.fromtimestamp(modified_s, UTC))
    seen = _Seen(
        body, "application/octet-stream", path.name, {"known": "read to its end"}, exchange
    )
    return _keep(archive, resource, seen)


def _check_url(archive: Archive, resource: ResourceLine, client: Client) -> Checked:
    captures = derive.held(archive, resource.id)
    newest = _newest(captures, archive.clock.now())
    sent = validators_of(archive, resource, newest)
    with working_folder(archive.scratch) as scratch:
        answer = client.get(
            resource.location, into=scratch, etag=sent.etag, last_modified=sent.last_modified
        )
        if isinstance(answer, NotModified):
            assert newest is not None
            return _unchanged(archive, resource, newest, answer.exchange)
        return _came(archive, resource, sent, newest, answer, client)


def _came(
    archive: Archive, resource: ResourceLine, sent: Validators, newest: Capture | None,
    answer: Got, client: Client,
) -> Checked:  # fmt: skip
    """Keep what an address sent, and see whether it had told of a change."""
    checksum = checksum_found(archive, resource, answer.path)
    checked = _keep(archive, resource, _seen(answer, checksum))
    if checksum.get("agrees") is False:
        checked = replace(checked, said=checked.said + DIFFERS)
    changed = newest is not None and answer.sha256 != newest.taken.sha256
    if changed and lie_noticed(archive, resource, sent, answer, client):
        return replace(checked, said=checked.said + TOLD)
    return checked


def _check_portal(archive: Archive, resource: ResourceLine, tools: _Tools) -> Checked:
    """A portal's listing, followed once it is kept; or rows that a portal hands over."""
    with working_folder(archive.scratch) as scratch:
        walked = tools.walked
        is_fresh = walked is not None and _is_of(walked, resource, archive.clock.now())
        taken = walked.taken if walked and is_fresh else _taken(archive, resource, tools, scratch)
        seen = _Seen(
            left_in_file(taken.path, taken.sha256, listing_bytes=small_bytes(resource.kind)),
            taken.media_type, taken.file_name,
            taken.completeness.told(), taken.exchange, walked.at if walked and is_fresh else None,
        )  # fmt: skip
        checked = _keep(archive, resource, seen)
    if not is_listing(resource):
        return checked
    followed = following.follow(archive, resource)
    said = f"{checked.said}; {following.told(followed, taken.completeness)}{moved_for_good(taken.exchange)}"
    if followed.findings.is_suspect:
        _note(archive, resource, "surprising", said)
        return Checked(resource, "surprising", said)
    return replace(checked, said=said)


def _taken(archive: Archive, resource: ResourceLine, tools: _Tools, scratch: Path) -> Taken:
    kind = kind_called(resource.kind.removeprefix(LISTING_KIND))
    visit = Visit(tools.client.rules, archive.clock, scratch, client=tools.client)
    take = kind.list if is_listing(resource) else kind.fetch
    return take(visit, resource.location, scratch)


def _is_of(walked: Found, resource: ResourceLine, now: datetime) -> bool:
    """Whether a walk stands for the first look at this list."""
    is_list = is_listing(resource) and resource.location == walked.recognised.location
    is_first = resource.checked_at is None
    return is_list and is_first and timedelta(0) <= now - walked.at <= PREVIEW_HOLDS


def _looked(archive: Archive, resource: ResourceLine, look: Callable[[], Checked]) -> Checked:
    """A look over the network; what goes wrong is an observation."""
    try:
        return look()
    except LimitReached as error:
        _note(archive, resource, "failed", error.message, detail=_facts(error))
        return Checked(resource, "failed", error.message, error)
    except HostWaits as error:
        return Checked(resource, WAITING, error.message)
    except FetchError as error:
        if error.code == "not-found":
            return _absent(archive, resource, error.message, _facts(error))
        outcome = "blocked" if isinstance(error, Blocked) else "failed"
        outcome = "partial" if error.code == "cut-short" else outcome
        _note(archive, resource, outcome, error.message, detail=_facts(error))
        if outcome == "blocked":  # the registers tell it
            rebuild.show_all(archive, resource, derive.held(archive, resource.id))
        return Checked(resource, outcome, error.message, error)


def _seen(answer: Got, checksum: Mapping[str, object]) -> _Seen:
    body = left_in_file(answer.path, answer.sha256)
    complete = {**answer.completeness, **({"checksum": checksum} if checksum else {})}
    return _Seen(body, answer.media_type, answer.file_name, complete, _exchange(answer))


def _exchange(answer: Got | NotModified) -> dict[str, object]:
    if isinstance(answer, NotModified):
        return answer.exchange
    return {**answer.exchange, "etag": answer.etag, "last_modified": answer.last_modified}


def _newest(captures: Sequence[Capture], now: datetime) -> Capture | None:
    """The last seen by now: what a clock that was ahead once saw is not yet to come."""
    seen = (c for c in captures if c.taken.seen_at <= now)
    return max(seen, key=lambda c: (c.taken.seen_at, c.taken.walk, c.id), default=None)


def _keep(archive: Archive, resource: ResourceLine, seen: _Seen) -> Checked:
    """Keep what differs from the newest capture; the same bytes are an observation."""
    now = seen.at or archive.clock.now()
    newest = _newest(derive.held(archive, resource.id), now)
    gone = _gone(archive.index.versions(resource.id), now)
    if (
        newest is not None
        and not gone
        and is_original(seen.body, newest.taken.sha256, newest.taken.size_bytes)
    ):
        return _unchanged(archive, resource, newest, seen.exchange)
    state = State(to_iso(now), now, "own visit", now, 0, "", seen.exchange)
    metadata = following.metadata_of(archive, resource)
    offered = Offered(state, seen.body, seen.media_type, seen.completeness, metadata)
    done = intake.take_in(
        archive,
        resource,
        f"{resource.kind}:{resource.location}",
        [offered],
        file_name=seen.file_name,
    )
    if done.volatile_found:
        rebuild.rebuild_resource(archive, resource)
    put_in_time(archive, resource)
    if not done.captures:  # the clock stood still: these bytes of this moment are held
        held = derive.held(archive, resource.id)
        same = (c for c in held if c.taken.moment_name == state.moment_name)
        own = next(c for c in same if c.taken.sha256 == sha256_of(seen.body))
        return _unchanged(archive, resource, own, seen.exchange)
    return _judged(archive, resource, done.captures[0])


def _gone(versions: Sequence[Version], now: datetime) -> bool:
    """Whether the source did not have the file when it was looked at last."""
    seen = [v for v in versions if v.seen_at <= now]
    return bool(seen) and seen[-1].absent_from is not None and seen[-1].absent_from <= now


def _judged(archive: Archive, resource: ResourceLine, capture: Capture) -> Checked:
    """Say what a new capture is; hold it when it is surprising."""
    now = archive.clock.now()
    versions = [v for v in archive.index.versions(resource.id) if v.seen_at <= now]
    own = next(v for v in versions if capture.id in v.captures)
    told = validators_told(capture)
    if own.reason:
        as_meant = is_document(resource, own, versions)
        why = f"not readable: {own.reason.replace('_', ' ')} ({own.detail})"
        document = f"a document: {own.detail}" if resource.is_data else "a document"
        said = f"kept as v{own.number}, {document if as_meant else why}"
        outcome = "changed" if as_meant else "unreadable"
        _note(archive, resource, outcome, said, capture=capture.id, detail=told)
        return Checked(resource, outcome, said)
    # what a portal drops is judged by following its listing
    odd = None if is_listing(resource) else _surprise(archive, resource, versions, own)
    if odd is not None:
        said = f"kept as v{own.number}, held as surprising: {odd.said}"
        detail = {"why": odd.why, **told}
        _note(archive, resource, "surprising", said, capture=capture.id, detail=detail)
        rebuild.show_all(archive, resource, derive.held(archive, resource.id))
        return Checked(resource, "surprising", said)
    said = _difference(archive, resource, versions, own)
    outcome = "export only" if said.endswith("only the export changed") else "changed"
    _note(archive, resource, outcome, said, capture=capture.id, detail=told)
    return Checked(resource, outcome, said)


def _surprise(
    archive: Archive, resource: ResourceLine, versions: Sequence[Version], own: Version
) -> Surprise | None:
    exchanges = {c.id: c.taken.exchange for c in derive.held(archive, resource.id)}
    before = readable_before([v for v in versions if not v.held or v.number == own.number])
    old = before.get(own.number)
    why = None
    if old is not None:
        why = other_layer(exchanges[old.captures[-1]], exchanges[own.captures[0]])
    return why or surprise(archive, resource, versions, own)


def _difference(
    archive: Archive, resource: ResourceLine, versions: Sequence[Version], own: Version
) -> str:
    from verticalfile.services.listing import change_of, told_of_columns

    found = change_of(archive, resource, versions, own)
    if found is None:
        size = f"{own.size_bytes:,} bytes"
        return (
            f"kept as v{own.number}, the first version ({size}){told_of_key(archive, resource)}"
            if own.number == 1
            else (f"kept as v{own.number} ({size})")
        )
    if found.kinds == ("export only",):
        return f"kept as v{own.number}; only the export changed"
    said = (
        f"kept as v{own.number}: {counted(found.added, 'row')} added, {found.removed:,} removed,"
        f" {found.changed:,} changed ({', '.join(found.kinds)})"
    )
    return "; ".join([said, *told_of_columns(found)])


def _unchanged(
    archive: Archive, resource: ResourceLine, newest: Capture, exchange: Mapping[str, object]
) -> Checked:
    was_held = any(v.held and newest.id in v.captures for v in archive.index.versions(resource.id))
    _note(
        archive,
        resource,
        "unchanged",
        "unchanged",
        capture=newest.id,
        detail={"exchange": exchange},
    )
    captures = derive.held(archive, resource.id)
    rebuild.show_all(archive, resource, captures)
    still = any(v.held and newest.id in v.captures for v in archive.index.versions(resource.id))
    said = f"unchanged since {for_people(newest.taken.seen_at, archive.zone)}"
    if was_held and not still:
        said += "; no longer held: confirmed by repetition"
    return Checked(resource, "unchanged", said)


def _absent(
    archive: Archive, resource: ResourceLine, said: str, detail: Mapping[str, object] | None = None
) -> Checked:
    now = archive.clock.now()
    write_journal(
        archive,
        [
            Observation(
                resource.id, f"{resource.kind}:{resource.location}", now, "absent", seen_at=now,
                moment_name=to_iso(now), detail={"said": said, **(detail or {})},
            )
        ],
    )  # fmt: skip
    rebuild.show_all(archive, resource, derive.held(archive, resource.id))
    answer = as_of(archive.index.versions(resource.id), now)
    if answer.version is not None:
        said = f"{said.rstrip('.')}; v{answer.version.number} is the last that was offered"
    return Checked(resource, "absent", said)


def _note(
    archive: Archive,
    resource: ResourceLine,
    outcome: str,
    said: str,
    *,
    capture: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    write_journal(
        archive,
        [
            Observation(
                resource.id, f"{resource.kind}:{resource.location}", archive.clock.now(), outcome,
                capture=capture, detail={"said": said, **(detail or {})},
            )
        ],
    )  # fmt: skip

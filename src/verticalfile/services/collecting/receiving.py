"""Receiving: a file that was handed over becomes a version, its covering letter a document beside.

The letter is kept first, withheld before its bytes are: letters name persons. Then the data, in its
place in time by the day that it tells of. Each step can be repeated; what is held adds nothing.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import shown
from verticalfile.kernel.moments import day_of, to_iso
from verticalfile.kernel.originals import Original, sha256_of, size_of
from verticalfile.kernel.scratch import working_folder
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.collecting.local_files import original_of
from verticalfile.services.datasets.describing import describe
from verticalfile.services.deciding import destroying
from verticalfile.services.deciding.withholding import withholding_of
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import SOFTWARE, catch_up, event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.deliveries import (
    DELIVERED,
    EVERY,
    FORM,
    KIND,
    LIMITS,
    Delivery,
    Told,
    checked,
    deliveries_of,
    detail_of,
)
from verticalfile.services.known.statements import Field, title_from
from verticalfile.services.known.withheld import WITHHELD
from verticalfile.services.names import check_slug, find_resource
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.taking_in.in_time import put_in_time
from verticalfile.services.taking_in.masked_copies import bring_all_up
from verticalfile.sources.errors import SourceRefused
from verticalfile.sources.state import Offered, State
from verticalfile.sources.what import slug
from verticalfile.vault.capture import Capture

LARGEST_LETTER_BYTES = 50 << 20
"""A scan of a long letter; what is larger is data."""
LETTER_REASON = "a covering letter may name persons"


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken in. `is_new` is False where the same was received before."""

    resource: ResourceLine
    version: Version
    delivery: Delivery
    is_new: bool


def receive(
    archive: Archive, path: Path, told: Told, *, letter: Path | None = None, name: str = "",
    title: str = "",
) -> Received:  # fmt: skip
    """Take in a file that was handed over, as a version of the dataset NAME or as a new one.

    NAME may be a dataset that is collected from a portal: the delivery is then one version of it,
    and says so. Raises InputRefused, SourceRefused, VaultFull.
    """
    told = checked(told, archive.clock.now())
    _must_be_file(path)
    if letter is not None:
        must_be_letter(letter)
    resource = _resource(archive, name or slug(path.name), title, told)
    document = _letter_kept(archive, resource, letter, told) if letter else ""
    metadata = {"form": FORM, "body": {LIMITS: told.limits} if told.limits else {}}
    evidence = {KIND: {**detail_of(told, document, ()), "file": path.name}}
    capture, is_new = _taken_in(
        archive, resource, path, told, told.as_of or told.received_at, evidence, metadata,
    )  # fmt: skip
    bring_all_up(archive)
    delivery = Delivery(told, document, (capture.id,))
    known = [d.captures for d in deliveries_of(archive, resource.id)]
    if delivery.captures not in known:
        detail = detail_of(told, document, delivery.captures)
        write_journal(archive, (), [event(archive, DELIVERED, resource.id, by=PERSON, **detail)])
    held = archive.index.versions(resource.id)
    version = next(v for v in held if capture.id in v.captures)
    return Received(find_resource(archive, _name(resource)), version, delivery, is_new)


def _name(resource: ResourceLine) -> str:
    return f"{resource.dataset}/{resource.name}"


def _must_be_file(path: Path) -> None:
    if not path.is_file():
        raise InputRefused(
            f"There is no file “{shown(path.name)}”.", mend="give the path of the file that came."
        )


def must_be_letter(path: Path) -> None:
    """Raises InputRefused where there is none, or a file too large to be one."""
    _must_be_file(path)
    if path.stat().st_size > LARGEST_LETTER_BYTES:
        raise InputRefused(
            f"{shown(path.name)} is too large for a letter.",
            mend="give the letter alone; other files are received by themselves.",
        )


def _resource(archive: Archive, name: str, title: str, told: Told) -> ResourceLine:
    """The file of the dataset that the delivery belongs to; made where there is none yet."""
    catch_up(archive)
    dataset, _, part = name.partition("/")
    if dataset in archive.index.datasets():
        return find_resource(archive, name)
    check_slug(dataset)
    part = check_slug(part or dataset)
    made = event(
        archive, "added", short_id("resource", dataset, part), by=PERSON, dataset=dataset,
        title=title or title_from(dataset), resource=part, kind=KIND, location=told.sender,
        branch="", every=EVERY, key=[],
    )  # fmt: skip
    write_journal(archive, (), [made])
    describe(archive, dataset, {Field.PUBLISHER: [told.sender]})
    return find_resource(archive, f"{dataset}/{part}")


def _letter_kept(archive: Archive, data: ResourceLine, path: Path, told: Told) -> str:
    """Keep a letter as a document beside the data, withheld; returns its name."""
    with working_folder(archive.scratch) as scratch:
        sha256 = sha256_of(_bytes_of(path, scratch))
    day = day_of(told.received_at, archive.zone)
    resource = _letter_resource(archive, data, f"letter-{day}", sha256, told)
    if not withholding_of(archive, resource.id).stands and not resource.versions:
        held_back = event(
            archive, WITHHELD, resource.id, by=SOFTWARE, reason=LETTER_REASON, personal=True
        )
        write_journal(archive, (), [held_back])  # before the bytes: a crash leaves nothing open
    _taken_in(archive, resource, path, told, told.received_at, {KIND: {"letter": path.name}}, {})
    return resource.name


def _letter_resource(
    archive: Archive, data: ResourceLine, name: str, sha256: str, told: Told
) -> ResourceLine:
    """The document that holds this letter already, else a new one: each letter is by itself, so
    that each is released by itself."""
    files = {r.name: r for r in archive.index.resources(data.dataset)}
    number, wanted = 1, name
    while wanted in files:
        if all(v.sha256 == sha256 for v in archive.index.versions(files[wanted].id)):
            return files[wanted]
        number += 1
        wanted = f"{name}-{number}"
    made = event(
        archive, "added", short_id("resource", data.dataset, wanted), by=PERSON,
        dataset=data.dataset, title=archive.index.datasets()[data.dataset], resource=wanted,
        kind=KIND, location=told.sender, branch="", every=EVERY, key=[], role="documentation",
    )  # fmt: skip
    write_journal(archive, (), [made])
    return next(r for r in archive.index.resources(data.dataset) if r.name == wanted)


def _bytes_of(path: Path, scratch: Path) -> Original:
    try:
        return original_of(path, scratch)
    except FileNotFoundError as error:
        raise SourceRefused(
            f"{path} is not there any more.", mend="run the command again with where it is now."
        ) from error


def _taken_in(
    archive: Archive, resource: ResourceLine, path: Path, told: Told, seen_at: datetime,
    evidence: Mapping[str, object], metadata: Mapping[str, object],
) -> tuple[Capture, bool]:  # fmt: skip
    """Keep a file that was handed over; its capture, and whether it was not held before."""
    how = "as told with its delivery" if seen_at != told.received_at else "day of its delivery"
    moment = f"received {to_iso(told.received_at)}"
    if told.as_of:
        moment += f", as of {to_iso(told.as_of)}"
    state = State(moment, seen_at, how, seen_at, 0, "", evidence)
    source = f"{KIND}:{told.sender}"
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    with (
        working_folder(archive.scratch) as scratch,
        archive.writing(resource.id),
    ):
        destroying.put_right(archive, resource)
        body = _bytes_of(path, scratch)
        complete = {"known": "handed over", "received_bytes": size_of(body)}
        offered = Offered(state, body, media_type, complete, metadata)
        done = intake.take_in(
            archive, resource, source, [offered], file_name=path.name, many=True
        )  # fmt: skip
        if done.volatile_found:
            rebuild.rebuild_resource(archive, resource)
        put_in_time(archive, resource)
        held = derive.held(archive, resource.id)
        return _own(done.captures, held, source, moment), bool(done.captures)


def _own(fresh: Sequence[Capture], held: Sequence[Capture], source: str, moment: str) -> Capture:
    """The capture of this delivery: the one just kept, or the same of an earlier run."""
    if fresh:
        return fresh[0]
    return next(c for c in held if (c.taken.source, c.taken.moment_name) == (source, moment))

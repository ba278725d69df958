"""Making masked copies: of each version of the original one, at its moment, in the order of time.

What is hidden follows from the originals and from the copies that are held already, which are
originals in the vault themselves. Doing it again adds nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import to_iso
from verticalfile.kernel.originals import chunks_of
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive, withheld
from verticalfile.services.known.masks import KIND, NOT_MADE, Mask, masks, not_made
from verticalfile.services.opening import read_again
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.taking_in.in_time import put_in_time
from verticalfile.sources.state import Offered, State
from verticalfile.tables.masking.fitting import Masked
from verticalfile.tables.masking.method import MARK, Cell, Method, NotMasked, Sheet, sheet_of
from verticalfile.tables.masking.suppress import masked, rows_shown
from verticalfile.vault.capture import Capture

Place = tuple[datetime, int]
"""Where a capture and the copy of it stand in time: first sighting, place in the source's walk."""


@dataclass
class Made:
    """What was made: a copy for each moment, and why there is none for others."""

    copies: list[datetime] = field(default_factory=list)
    not_made: dict[datetime, str] = field(default_factory=dict)
    error: VerticalFileError | None = None  # it could not be looked at


def bring_all_up(archive: Archive) -> dict[str, Made]:
    """Make what is missing of all masked copies, by the id of the copy; one that fails never stops
    the others. What could not be made once is not tried again. Safe to repeat."""
    done = {}
    for mask in masks(archive):
        try:
            done[mask.copy] = bring_up(archive, mask, but_not=not_made(archive, mask).keys())
        except VerticalFileError as error:
            done[mask.copy] = Made(error=error)
    return done


def bring_up(archive: Archive, mask: Mask, *, but_not: Collection[datetime] = ()) -> Made:
    """Make what is missing of a masked copy, but of versions first seen at some moments."""
    files = {r.id: r for r in archive.index.resources()}
    original, copy = files[mask.original], files[mask.copy]
    line = TableLine(
        derive.table_id(original.id, mask.table), original.id, mask.table, None, "", None, ()
    )
    with archive.writing(copy.id):
        rebuild.recover(archive, copy)
        series = _Series(archive, original, line, mask)
        made, offers = series.missing(but_not)
        if offers:
            source = f"{KIND}:{original.dataset}/{original.name}"
            done = intake.take_in(
                archive, copy, source, offers, file_name=f"{copy.name}.csv", many=True
            )
            if done.volatile_found:
                rebuild.rebuild_resource(archive, copy)
            put_in_time(archive, copy)
        noted = not_made(archive, mask)
        fresh = {at: why for at, why in made.not_made.items() if noted.get(at) != why}
        events = [
            event(archive, NOT_MADE, copy.id, seen_at=to_iso(at), why=why)
            for at, why in fresh.items()
        ]
        write_journal(archive, (), events)
    return made


def sheet_at(
    archive: Archive, original: ResourceLine, line: TableLine, capture: Capture, method: Method
) -> Sheet:
    """A version of the original as the masking sees it, in its own order. Raises NotMasked."""
    if line.name not in {str(t["name"]) for t in derive.tables_read(capture)}:
        raise NotMasked("it has no such table")
    table = read_again(archive, original, capture, archive.vault.restored(capture), line)
    names = [f"c{n}" for n in range(len(table.columns))]
    return sheet_of(
        table.columns,
        (
            row
            for part in table.parts()
            for batch in part.select(names).to_batches()
            for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
        ),
        method,
    )


def written(found: Masked, method: Method) -> bytes:
    """A masked sheet as CSV (RFC 4180), rows in the order of the original."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(method.columns)
    writer.writerows(rows_shown(found, method, MARK))
    return out.getvalue().encode()


class _Series:
    """The versions of an original and the copies of them, in the order of time."""

    def __init__(
        self, archive: Archive, original: ResourceLine, line: TableLine, mask: Mask
    ) -> None:
        self.archive, self.original, self.line, self.mask = archive, original, line, mask
        self.captures = {c.id: c for c in derive.held(archive, original.id)}
        self.by_place = {_place(c): c for c in sorted(self.captures.values(), key=derive.in_time)}
        self.copies = {_place(c): c for c in derive.held(archive, mask.copy)}
        self.hidden: dict[Place, frozenset[Cell]] = {}
        self._newest: tuple[Place, Masked] | None = None

    def missing(self, but_not: Collection[datetime]) -> tuple[Made, list[Offered]]:
        """What is to be taken in: a copy of each version that the public could see, were it not
        withheld. Where it is released there is nothing to stand in for."""
        made, offers = Made(), []
        wanted = [
            self.captures[v.captures[0]]
            for v in self.archive.index.versions(self.original.id)
            if v.readable and not v.held and v.captures and v.hidden == withheld.HOW
        ]
        missing = [
            c for c in wanted if _place(c) not in self.copies and c.taken.seen_at not in but_not
        ]
        if missing:
            self.hidden = {at: _hidden(self._rows(at), self.mask.method) for at in self.copies}
        for capture in missing:
            try:
                offers.append(self._masked(capture))
            except NotMasked as why:
                made.not_made[capture.taken.seen_at] = str(why)
            else:
                made.copies.append(capture.taken.seen_at)
        return made, offers

    def _masked(self, capture: Capture) -> Offered:
        place, method = _place(capture), self.mask.method
        sheet = sheet_at(self.archive, self.original, self.line, capture, method)
        before = max((at for at in self.hidden if at < place), default=None)
        after = min((at for at in self.hidden if at > place), default=None)
        ever = frozenset().union(*self.hidden.values())
        found = masked(sheet, method, self._shown(before), self._shown(after), ever)
        self.hidden[place] = found.hidden
        self._newest = (place, found)
        seen_at, walk = place
        told = {"masked copy": {"of": self.mask.name, "below": method.below, "zeros": method.zeros}}
        how = "when the original was seen"
        state = State(f"masked {to_iso(seen_at)}", seen_at, how, seen_at, walk, "", told)
        return Offered(state, written(found, method), "text/csv", {"known": "made here"})

    def _shown(self, place: Place | None) -> Masked | None:
        """A copy with the numbers behind its marks; where its original was destroyed, only with
        what it shows."""
        if place is None:
            return None
        if self._newest is not None and self._newest[0] == place:
            return self._newest[1]
        own, method = self.by_place.get(place), self.mask.method
        if own is None:
            sheet = sheet_of(method.columns, self._rows(place), method)
        else:
            sheet = sheet_at(self.archive, self.original, self.line, own, method)
        return Masked(sheet, self.hidden[place])

    def _rows(self, place: Place) -> list[list[str]]:
        body = b"".join(chunks_of(self.archive.vault.restored(self.copies[place]))).decode()
        return list(csv.reader(io.StringIO(body, newline="")))[1:]


def _place(capture: Capture) -> Place:
    return capture.taken.seen_at, capture.taken.walk


def _hidden(rows: Iterable[Sequence[str]], method: Method) -> frozenset[Cell]:
    kept = len(method.keep)
    return frozenset(
        (tuple(row[:kept]), name)
        for row in rows
        for name, text in zip(method.numbers, row[kept:], strict=True)
        if text == MARK
    )

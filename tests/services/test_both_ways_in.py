"""Odd files taken in by their difference are what they are when read whole: each as one of a series,
with the limits so low that all go the way of large files, mapped, linked, cached and compared."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from verticalfile.kernel import limits
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.originals import Original, copied
from verticalfile.services.archive import Archive, init
from verticalfile.services.datasets import adding
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.safe import safekeeping
from verticalfile.services.taking_in import intake, quick_intake, rebuild
from verticalfile.sources.state import Offered, State
from verticalfile.tables import record_diff
from verticalfile.vault import newest
from verticalfile.vault import vault as vault_room

START = datetime(2021, 1, 1, tzinfo=UTC)
ROWS = "".join(f"p{n},w{n}\n" for n in range(40))
INCHES = 'a,5" x\nb,"one\ntwo,2\nthree"\nc,6" y\n'
"""Cut by counting quotes these are three records, as many as there are rows, and none is one."""
ZEROS = "id,name\n" + ROWS + "z,\0\n" * 12
HEAD = "id,name\n"
PAIRS: dict[str, tuple[str, str]] = {
    "inches": (HEAD + INCHES + ROWS, HEAD + INCHES.replace("two,2", "two,3") + ROWS),
    "so many zero bytes that it is no text": (ZEROS, ZEROS + "y,\0\n" * 10),
    "return in a row": (HEAD + ROWS, (HEAD + ROWS).replace("\n", "\r\n") + "a,b\rc,d\r\n"),
    "line end after all": (HEAD + ROWS + "y,z", HEAD + ROWS + "y,z\nk,l"),
    "a mark of order": (HEAD + ROWS, "\ufeff" + HEAD + ROWS + "y,z\n"),
    "the header once more": (HEAD + ROWS, HEAD + ROWS[:150] + HEAD + ROWS[150:]),
    "quoted": (HEAD + ROWS, HEAD + '"p0","w0"\n' + ROWS[6:] + '"a ""b""","c\nd,"\n'),
    "a quote and another": (HEAD + ROWS, HEAD + ROWS + 'a,b"\nc,d"\n'),
    "too few fields": (HEAD + ROWS, HEAD + ROWS + "alone\n"),
    "an unfinished merge": (HEAD + ROWS, HEAD + ROWS + "<<<<<<< HEAD,x\n"),
    "other line separators": (HEAD + ROWS, HEAD + ROWS + "y\x0b,a\x85\u2028b\nk\x0c,\x1f\n"),
    "a header alone": (HEAD + ROWS, HEAD),
    "twice": (HEAD + ROWS, HEAD + ROWS + ROWS[:24]),
    "the other way round": (HEAD + ROWS, HEAD + "".join(reversed(ROWS.splitlines(True)))),
    "another key": (HEAD + ROWS, HEAD + ROWS.replace("p1", "q1")),
}


def taken_in(root: Path, bodies: Sequence[bytes], *, from_files: bool) -> Archive:
    archive = init(root, clock=SetClock(START))
    theirs = root.parent / f"{root.name}.csv"
    theirs.write_bytes(b"")
    (resource,) = adding.add(archive, str(theirs), name="t")
    for n, body in enumerate(bodies):
        at = START + timedelta(days=n)
        given: Original = body
        if from_files:
            theirs.write_bytes(body)
            given = copied(theirs, lambda: archive.scratch)
            theirs.write_bytes(b"something else by now")
        state = State(str(n), at, "own visit", at, 0, "", {})
        with archive.writing(resource.id):
            done = intake.take_in(
                archive, resource, "s", [Offered(state, given)], file_name="t.csv"
            )
            if done.volatile_found:
                rebuild.rebuild_resource(archive, resource)
        del given
    assert not list(archive.scratch.glob("original-*"))
    return archive


def told(archive: Archive) -> dict[str, object]:
    (resource,) = archive.index.resources()
    captures = archive.vault.captures(resource.id)
    lines = archive.index.tables(resource.id)
    histories = [TableHistory(archive, line.id, line.name).history for line in lines]
    decided = [e for e in archive.index.events([resource.id]) if e["kind"] != "added"]
    return {
        "versions": [(v.number, v.sha256, v.reason) for v in archive.index.versions(resource.id)],
        "read": [c.taken.read for c in captures],
        "originals": [archive.vault.original(c) for c in captures],
        "comparisons": [dict(archive.index.comparisons(line.id)) for line in lines],
        "decided": [(e["kind"], e["subject"], e["detail"]) for e in decided],
        "ordinals": [h.manifest.ordinals for h in histories],
        "rows": [
            sorted(map(str, h.rows_at(n).to_pylist()))
            for h in histories
            for n in range(1, len(h.manifest.ordinals) + 1)
        ],
    }


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """All is large; the list tells of each file whether its difference was enough."""
    taken: list[bool] = []
    real: Callable[..., object] = quick_intake.quick_reading

    def noted(*given: object) -> object:
        found = real(*given)
        taken.append(found is not None)
        return found

    with monkeypatch.context() as lowered:
        for room, name, size in (
            (quick_intake, "WORTH_BYTES", 0), (intake, "WORTH_HOLDING_ROWS", 1),
            (intake, "AHEAD_BYTES", 0),
            (vault_room, "WORTH_BYTES", 0), (newest, "WORTH_BYTES", 0),
            (limits, "MAPPED_BYTES", 1), (limits, "SMALL_FRAME_BYTES", 64),
        ):  # fmt: skip
            lowered.setattr(room, name, size)
        lowered.setattr(quick_intake, "quick_reading", noted)
        yield taken


def assert_both_ways_give_the_same(root: Path, bodies: Sequence[bytes]) -> None:
    quick = taken_in(root / "quick", bodies, from_files=True)
    found = told(quick)
    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(quick_intake, "WORTH_BYTES", 1 << 40)
        slow.setattr(intake, "WORTH_HOLDING_ROWS", 1 << 40)
        expected = told(taken_in(root / "whole", bodies, from_files=False))
    for what in expected:
        assert found[what] == expected[what], what
    assert safekeeping.verify(quick, None).well


def test_odd_neighbours_are_taken_in_as_if_each_were_read_whole(
    tmp_path: Path, quick: list[bool]
) -> None:
    bodies = [
        text.replace("p0,w0", f"p0,pair {number}").encode()  # none is one that came before
        for number, pair in enumerate(PAIRS.values())
        for text in pair
    ]
    bodies += [(HEAD + ROWS).encode(), (HEAD + ROWS + "y,\u00e9\n").encode("cp1252")]
    assert_both_ways_give_the_same(tmp_path, bodies)
    assert sum(quick) >= 8


CELLS = ["oak", "elm", "\u00dcnl\u00fc", "", " ", "007", "1.50", "N/A"]
ODD = [
    '"Elm, north"',
    '"a ""q"" name"',
    '"two\nlines"',
    '5" pipe',
    '"l1\nl2a,l2b\nl3"',
    '"x"',
    "x\0y",
    ";",
]


def a_series(seed: int) -> list[bytes]:
    """Rows with and without a key, some of them twice, edited, moved, dropped; odd cells come and go."""
    chance = random.Random(seed)
    names = ["id", "b", "c"][: chance.choice((2, 3))] if chance.random() < 0.8 else ["x", "x"]
    odd, pool = chance.choice((0.0, 0.02, 0.1)), chance.sample(ODD, 3)
    end = chance.choice(("\n", "\r\n"))

    def a_row(n: int | None) -> str:
        cells = [chance.choice(pool if chance.random() < odd else CELLS) for _ in names]
        return ",".join([str(n), *cells[1:]] if n is not None else cells) + end

    has_key, made = chance.random() < 0.7, iter(range(10_000))
    rows = [a_row(next(made) if has_key else None) for _ in range(chance.choice((1, 6, 40)))]
    found = []
    for _ in range(6):
        found.append((",".join(names) + end + "".join(rows)).encode())
        for _ in range(chance.randint(1, 3)):
            place, what = chance.randrange(len(rows) + 1), chance.random()
            if what < 0.4:
                rows.insert(place, a_row(next(made) if has_key else None))
            elif what < 0.7:
                rows[place : place + 1] = [a_row(place)]
            elif what < 0.8:
                rows[place : place + 1] = []
            elif what < 0.9:
                rows += rows[place : place + 2]
            else:
                chance.shuffle(rows)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_random_series_are_taken_in_as_if_each_were_read_whole(
    tmp_path: Path, quick: list[bool], seed: int
) -> None:
    assert_both_ways_give_the_same(tmp_path, a_series(seed))
    assert quick


@pytest.mark.parametrize("how", ["media type", "name"])
@pytest.mark.parametrize("rows", ["y,z\n", ""])
def test_a_table_that_is_said_to_be_something_else_is_read_as_when_read_whole(
    tmp_path: Path, quick: list[bool], how: str, rows: str
) -> None:
    """What was kept must be read the same when the histories are made again."""
    archive = init(tmp_path / "a", clock=SetClock(START))
    (tmp_path / "t.csv").write_bytes(b"")
    (resource,) = adding.add(archive, str(tmp_path / "t.csv"), name="t")
    again = "".join(reversed(ROWS.splitlines(keepends=True)))
    for n, body in enumerate([HEAD + ROWS, HEAD + again + rows]):
        at = START + timedelta(days=n)
        media_type = "application/json" if n and how == "media type" else "text/csv"
        name = "t.json" if n and how == "name" else "t.csv"
        state = State(str(n), at, "own visit", at, 0, "", {})
        offered = Offered(state, body.encode(), media_type, {}, {})
        with archive.writing(resource.id):
            intake.take_in(archive, resource, "s", [offered], file_name=name)
    assert rebuild.rebuild(archive, None).differences == []
    assert safekeeping.verify(archive, None).well


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cells=st.lists(
        st.lists(st.text('a",\n', max_size=4), min_size=2, max_size=2), min_size=1, max_size=6
    ),
    is_quoted=st.lists(st.booleans(), min_size=12, max_size=12),
)
@example(  # as many records as rows, counted by quotes, and none is one
    cells=[["a", '5" x'], ["b", "1\n2,3\n4"], ["c", '6" y']],
    is_quoted=[False, False, False, True, False, False] + [False] * 6,
)
def test_where_there_are_as_many_records_as_rows_each_is_one(
    cells: list[list[str]], is_quoted: list[bool]
) -> None:
    ways = iter(is_quoted)
    written = [
        ",".join('"' + cell.replace('"', '""') + '"' if next(ways) else cell for cell in row)
        for row in cells
    ]
    text = "\n".join(["id,name", *written, ""])
    starts = record_diff._starts(text.encode(), ord(","))
    for step_bytes in (1, 2, 7):
        with patch.object(record_diff, "STEP_BYTES", step_bytes):
            in_steps = record_diff._starts(text.encode(), ord(","))
        assert np.array_equal(in_steps, starts) if starts is not None else in_steps is None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    except csv.Error:
        return  # it is read with repairs, and those never go by their difference
    if starts is None or len(starts) - 1 != len(rows):
        return
    for start, end, row in zip(starts[:-1], starts[1:], rows, strict=True):
        alone = text[start:end]
        assert list(csv.reader(io.StringIO(alone, newline=""), strict=True)) == [row]

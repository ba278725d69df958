"""The record diff and the whole reading give the same digests, versions and contents."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.originals import OnDisk, copied
from verticalfile.services.archive import Archive, init
from verticalfile.services.datasets import adding
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.taking_in import intake, quick_intake, rebuild
from verticalfile.sources.state import Offered, State
from verticalfile.tables import record_diff as record_diff_module
from verticalfile.tables.record_diff import held, of_held, proposed, proved, records_of

START = datetime(2021, 1, 1, tzinfo=UTC)


def take_all(root: Path, bodies: list[bytes]) -> Archive:
    archive = init(root, clock=SetClock(START))
    (root.parent / "t.csv").write_bytes(b"")
    adding.add(archive, str(root.parent / "t.csv"), name="t", key=["id"])
    return take_more(archive, bodies)


def take_more(archive: Archive, bodies: list[bytes], first_day: int = 0) -> Archive:
    (resource,) = archive.index.resources()
    for n, body in enumerate(bodies, start=first_day):
        at = START + timedelta(days=n)
        state = State(str(n), at, "own visit", at, 0, "", {})
        with archive.writing(resource.id):
            rebuild.recover(archive, resource)
            intake.take_in(archive, resource, "s", [Offered(state, body)], file_name="t.csv")
    return archive


def told(archive: Archive) -> object:
    (resource,) = archive.index.resources()
    tables = archive.index.tables(resource.id)
    histories = [TableHistory(archive, line.id, line.name) for line in tables]
    return (
        [(v.number, v.sha256, v.reason) for v in archive.index.versions(resource.id)],
        [c.taken.read for c in archive.vault.captures(resource.id)],
        [dict(archive.index.comparisons(line.id)) for line in tables],
        [
            [
                sorted(map(str, h.rows_at(n).rows.to_pylist()))
                for n in range(1, len(h.history.manifest.ordinals) + 1)
            ]
            for h in histories
        ],
    )


def a_series(seed: int, versions: int = 5) -> list[bytes]:
    """Edits, removals, additions, duplicates, moved rows; quotes, commas and line feeds in cells."""
    chance = random.Random(seed)
    streets = ("Oak", '"Elm, north"', '"a ""quoted"" name"', '"two\nlines"', "", "Ünlü")
    end = chance.choice(("\n", "\r\n"))

    def a_row(n: int) -> str:
        return f"{n},{chance.choice(streets)},{chance.randint(0, 3)}{end}"

    rows = [a_row(n) for n in range(120)]
    found = []
    for version in range(versions):
        body = f"id,street,n{end}" + "".join(rows)
        if chance.random() < 0.2:
            body = body.removesuffix(end)
        found.append(body.encode())
        for _ in range(chance.randint(0, 6)):
            rows[chance.randrange(len(rows))] = a_row(chance.randint(0, 200))
        for _ in range(chance.randint(0, 3)):
            rows.pop(chance.randrange(len(rows)))
        rows += [a_row(200 + version * 10 + n) for n in range(chance.randint(0, 4))]
        if chance.random() < 0.3:
            rows.append(rows[0])
        if chance.random() < 0.2:
            chance.shuffle(rows)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_in_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    bodies = a_series(seed)
    whole = told(take_all(tmp_path / "whole", bodies))
    monkeypatch.setattr(quick_intake, "WORTH_BYTES", 0)
    monkeypatch.setattr(intake, "WORTH_HOLDING_ROWS", 1)
    quick = take_all(tmp_path / "quick", bodies)
    assert told(quick) == whole
    again = rebuild.rebuild(quick, None)
    assert again.differences == []
    assert told(quick) == whole


def test_the_quick_way_is_really_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []
    real = quick_intake.quick_reading

    def spied(*given: object) -> object:
        taken.append(found := real(*given))
        return found

    monkeypatch.setattr(quick_intake, "WORTH_BYTES", 0)
    monkeypatch.setattr(intake, "WORTH_HOLDING_ROWS", 1)
    monkeypatch.setattr(quick_intake, "quick_reading", spied)
    lines = [f"{n},street {n}\n" for n in range(200)]
    bodies = ["".join(["id,street\n", *lines]).encode()]
    lines[7] = "7,another\n"
    bodies.append("".join(["id,street\n", *lines]).encode())
    take_all(tmp_path / "a", bodies)
    assert taken
    assert taken[-1] is not None


def test_a_damaged_cache_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_intake, "WORTH_BYTES", 0)
    monkeypatch.setattr(intake, "WORTH_HOLDING_ROWS", 1)
    bodies = a_series(3)
    archive = take_all(tmp_path / "a", bodies[:2])
    for path in (archive.root / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1] + b"x")
    (resource,) = archive.index.resources()
    at = START + timedelta(days=9)
    state = State("9", at, "own visit", at, 0, "", {})
    intake.take_in(archive, resource, "s", [Offered(state, bodies[2])], file_name="t.csv")
    assert rebuild.rebuild(archive, None).differences == []


def test_rows_that_were_paired_in_vain_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hash that many records share proposes pairs that are none."""
    monkeypatch.setattr(quick_intake, "WORTH_BYTES", 0)
    monkeypatch.setattr(intake, "WORTH_HOLDING_ROWS", 1)
    bodies = a_series(5)
    whole = told(take_all(tmp_path / "whole", bodies))
    real = record_diff_module._hashes
    monkeypatch.setattr(
        record_diff_module, "_hashes", lambda body, starts: real(body, starts) % np.uint64(7)
    )
    assert told(take_all(tmp_path / "quick", bodies)) == whole


def test_an_original_of_some_megabytes_comes_into_the_cache_without_a_copy(tmp_path: Path) -> None:
    lines = [f"{n},street {n}, {'x' * 40}\n" for n in range(120_000)]
    source = tmp_path / "from.csv"
    states = []
    for n in range(3):
        lines[n] = f"{n},another {n},one\n"
        states.append(("id,street,more\n" + "".join(lines)).encode())
    archive = take_all(tmp_path / "a", [])
    (resource,) = archive.index.resources()
    archive.scratch.mkdir(parents=True, exist_ok=True)
    for n, body in enumerate(states):
        source.write_bytes(body)
        original = copied(source, lambda: archive.scratch)
        assert isinstance(original, OnDisk)
        assert original.path is not None
        inode = original.path.stat().st_ino
        at = START + timedelta(days=n)
        offered = Offered(State(str(n), at, "own visit", at, 0, "", {}), original)
        with archive.writing(resource.id):
            intake.take_in(archive, resource, "s", [offered], file_name="t.csv")
        source.write_bytes(b"somebody else's file changes as it likes")
        cached = archive.root / "cache" / "newest" / resource.id / original.sha256
        assert cached.stat().st_ino == inode
        del offered, original
    assert not list(archive.scratch.glob("original-*"))
    captures = archive.vault.captures(resource.id)
    assert [archive.vault.original(c) for c in captures] == states
    assert [c.stored.how for c in captures] == ["full", "patch", "patch"]
    assert rebuild.rebuild(archive, None).differences == []


records = st.lists(
    st.sampled_from(["1,a\n", "2,b\n", '3,"x\ny"\n', '4,"q""q"\n', "5,é\n", "1,a\n"]), max_size=30
)


@settings(max_examples=60)
@given(old=records, new=records)
def test_every_pair_of_the_record_diff_is_equal_and_none_is_used_twice(
    old: list[str], new: list[str]
) -> None:
    bodies = [b"id,n\n" + "".join(rows).encode() for rows in (old, new)]
    cut = [records_of(body, ",") for body in bodies]
    if cut[0] is None or cut[1] is None:
        return
    pairs = proposed(cut[0], cut[1])
    if pairs is None:
        return
    found = proved(pairs)
    paired = [(int(p), n) for n, p in enumerate(found.pairs) if p >= 0]
    assert len({p for p, _ in paired}) == len(paired)
    for p, n in paired:
        assert old[p] == new[n]
    assert [new[n] for n in found.added] == [new[n] for n in range(len(new)) if found.pairs[n] < 0]
    assert found.new.joined(found.added).decode() == "id,n\n" + "".join(new[n] for n in found.added)


@settings(max_examples=60)
@given(rows=records)
def test_held_records_are_those_of_their_original_and_of_no_other(rows: list[str]) -> None:
    body = b"id,n\n" + "".join(rows).encode()
    cut = records_of(body, ",")
    if cut is None:
        return
    told = held(cut, "a digest")
    again = of_held(told, body, "a digest")
    assert again is not None
    assert (again.starts == cut.starts).all()
    assert (again.hashes == cut.hashes).all()
    assert of_held(told, body, "another digest") is None
    assert of_held(told[:-1], body, "a digest") is None
    assert of_held(told[:-1] + bytes([told[-1] ^ 1]), body, "a digest") is None


def test_what_is_not_plain_is_left_to_the_whole_reading() -> None:
    assert records_of(b'id\n1,"open\n2\n', ",") is None
    assert records_of(b"id\r\n1\n2\r\n", ",") is None
    assert records_of(b"id\n1\n\n2\n", ",") is None
    assert records_of(b"", ",") is None


def test_a_cached_original_that_rotted_misleads_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{n},street {n}, {'x' * 40}\n" for n in range(120_000)]
    header = "id,street,more\n"
    first = (header + "".join(lines)).encode()
    second = (header + "".join([*lines[:7], "7,another,one\n", *lines[8:]])).encode()
    archive = take_all(tmp_path / "a", [first])
    (cached,) = (archive.root / "cache" / "newest").rglob("*" + "[0-9a-f]" * 60)
    rotten = bytearray(cached.read_bytes())
    rotten[len(header) + 2] ^= 1
    cached.write_bytes(rotten)
    archive = take_more(archive, [second], 1)
    newest = archive.vault.captures(archive.index.resources()[0].id)[-1]
    assert archive.vault.original(newest) == second
    table = archive.index.tables(archive.index.resources()[0].id)[0]
    (found,) = archive.index.comparisons(table.id).values()
    assert (found.added, found.removed, found.changed) in ((0, 0, 1), (1, 1, 0))

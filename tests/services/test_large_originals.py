"""Design 5 and 6: what is large is kept, read and opened in steps, and comes out as if it were small."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from destroyed import destroyed

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel import limits
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.originals import OnDisk
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.opening import Form, open_version
from verticalfile.services.safe import safekeeping
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.through_time import comparing
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.vault.copies.check import check
from verticalfile.vault.errors import DigestMismatch

START = datetime(2021, 1, 1, tzinfo=UTC)
ROWS = 20_000


def a_series() -> list[bytes]:
    """Some megabytes: edits, order, quotes, a column more, ragged rows, Windows text, duplicates."""
    chance = random.Random(7)
    words = ("oak", "elm", "ash", "fir", "mill")
    rows = [
        [str(n), f"{chance.choice(words)} street {chance.random()}", f"{chance.random():.6f}"]
        for n in range(ROWS)
    ]
    rows += [list(rows[n]) for n in range(0, ROWS, 500)]
    head = ["id", "street", "value"]

    def written(head: list[str], rows: list[list[str]]) -> bytes:
        return "".join(",".join(r) + "\n" for r in [head, *rows]).encode()

    bodies = [written(head, rows)]
    for n in chance.sample(range(ROWS), ROWS // 100):
        rows[n][2] = f"{chance.random():.6f}"
    rows = rows[100:] + [[str(ROWS + n), "new street", "0"] for n in range(50)]
    bodies.append(written(head, rows))
    chance.shuffle(rows)
    quoted = [[f'"{cell}"' for cell in row] for row in rows]
    bodies.append(written(head, quoted))
    bodies.append(written([*head, "note"], [[*row, "x"] for row in rows]))
    bodies.append(written(head, [*rows, ["1"], ["2", "elm, é", "3", "4"]]))
    bodies.append(written(head, [*rows, ["-1", "Caf\u00e9", "1"]]).decode().encode("cp1252"))
    return bodies


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAM_BYTES", 200_000)
    monkeypatch.setattr(limits, "PATCH_MAX_BYTES", 200_000)
    monkeypatch.setattr(limits, "COPY_STEP_BYTES", 64 << 10)
    monkeypatch.setattr(limits, "STREAM_WINDOW_LOG", 17)


def dated(folder: Path, bodies: list[bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for day, body in enumerate(bodies, start=1):
        (folder / f"t-2021-01-{day:02d}.csv").write_bytes(body)
    return folder


def filled(root: Path, folder: Path) -> Archive:
    archive = init(root, clock=SetClock(START + timedelta(days=400)))
    (resource,) = adding.add(archive, str(folder), name="t", key=["id"])
    backfill.from_folder(archive, lambda: resource, folder)
    return archive


def told(archive: Archive) -> dict[str, object]:
    (resource,) = archive.index.resources()
    (line,) = archive.index.tables(resource.id)
    history = TableHistory(archive, line.id, line.name)
    ordinals = range(1, len(history.history.manifest.ordinals) + 1)
    return {
        "versions": [(v.number, v.sha256, v.reason) for v in archive.index.versions(resource.id)],
        "read": [c.taken.read for c in archive.vault.captures(resource.id)],
        "sizes": [(c.taken.size_bytes, c.id) for c in archive.vault.captures(resource.id)],
        "comparisons": dict(archive.index.comparisons(line.id)),
        "rows": [sorted(map(str, history.rows_at(n).rows.to_pylist())) for n in ordinals],
    }


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Archive, list[bytes]]:
    """The folder of dated files, and an archive that took them in while they were small."""
    bodies = a_series()
    root = tmp_path_factory.mktemp("series")
    folder = dated(root / "dated", bodies)
    return folder, filled(root / "small", folder), bodies


@pytest.fixture
def large(tmp_path: Path, series, small_is_large: None) -> Archive:
    return filled(tmp_path / "large", series[0])


def test_large_files_give_the_digests_rows_and_comparisons_that_small_ones_give(
    large: Archive, series
) -> None:
    here, there = told(series[1]), told(large)
    for what in here:
        assert there[what] == here[what], what


def test_large_files_come_out_byte_for_byte_and_in_every_form(
    large: Archive, series, tmp_path: Path
) -> None:
    _, small, bodies = series
    for number, body in enumerate(bodies, start=1):
        found = open_version(large, "t", version=str(number), form=Form.ORIGINAL)
        assert b"".join(found.chunks) == body
        here, there = (open_version(a, "t", version=str(number)) for a in (small, large))
        assert (here.rows, b"".join(here.chunks)) == (there.rows, b"".join(there.chunks))
    for form in (Form.JSONL, Form.PARQUET):
        here, there = (b"".join(open_version(a, "t", form=form).chunks) for a in (small, large))
        if form is Form.PARQUET:
            for name, body in (("here", here), ("there", there)):
                (tmp_path / name).write_bytes(body)
            here, there = (pq.read_table(tmp_path / n).to_pylist() for n in ("here", "there"))
        assert here == there


def test_their_frames_are_full_and_come_out_with_zstd_alone(
    large: Archive, series, tmp_path: Path
) -> None:
    (resource,) = large.index.resources()
    for capture, body in zip(large.vault.captures(resource.id), series[2], strict=True):
        assert capture.stored.how == "full"
        volume = next(large.vault.volumes(resource.id))
        pack = volume.object.paths()[str(capture.stored.pack)].read_bytes()
        frame = pack[capture.stored.offset : capture.stored.offset + capture.stored.length]
        (tmp_path / "frame.zst").write_bytes(frame)
        done = subprocess.run(
            ["zstd", "-d", "--long=31", "-c", str(tmp_path / "frame.zst")],
            capture_output=True, check=True,
        )  # fmt: skip
        assert done.stdout == body


def test_they_are_verified_rebuilt_and_destroyed_like_small_ones(large: Archive, series) -> None:
    before = told(large)
    verified = safekeeping.verify(large, None)
    assert (verified.findings, verified.history) == ((), ())
    shutil.rmtree(large.root / "history")
    done = rebuild.rebuild(large, None)
    assert done.differences == []
    after = told(large)
    assert {k: after[k] for k in ("read", "rows")} == {k: before[k] for k in ("read", "rows")}
    destroyed(large, "t", version="v2", reason="by law", authority="the council")
    (resource,) = large.index.resources()
    held = [c.taken.sha256 for c in large.vault.captures(resource.id)]
    assert held == [hashlib.sha256(b).hexdigest() for n, b in enumerate(series[2]) if n != 1]
    assert list(check(large.vault.root)) == []
    found = open_version(large, "t", form=Form.ORIGINAL)
    assert b"".join(found.chunks) == series[2][-1]


def test_a_damaged_frame_is_found_and_never_given_out_as_sound(large: Archive) -> None:
    (resource,) = large.index.resources()
    stored = large.vault.captures(resource.id)[0].stored
    pack = next(large.vault.volumes(resource.id)).object.paths()[str(stored.pack)]
    pack.chmod(0o644)
    body = bytearray(pack.read_bytes())
    body[stored.offset + stored.length // 2] ^= 0xFF
    pack.write_bytes(body)
    assert any("frames.zst" in f.path for f in check(large.vault.root))
    found = open_version(large, "t", version="v1", form=Form.ORIGINAL)
    with pytest.raises(DigestMismatch):
        for _ in found.chunks:
            pass
    with pytest.raises(DigestMismatch):
        open_version(large, "t", version="v1", form=Form.CSV)


def test_two_large_ones_are_not_compared_by_name(large: Archive) -> None:
    with pytest.raises(InputRefused, match="too large"):
        comparing.changes(large, "t", "v1", "v2", by_name=True)
    assert comparing.changes(large, "t", "v1", "v2").changes.changed


def test_nothing_is_left_of_what_was_worked_with(large: Archive) -> None:
    assert list((large.root / "cache" / "scratch").iterdir()) == []
    assert not list(large.root.rglob("*.part"))


def test_a_file_an_address_and_a_repository_may_be_large(
    tmp_path: Path, series, small_is_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = series[2]
    kinds: list[type] = []
    honest = intake.Intake.take
    monkeypatch.setattr(
        intake.Intake,
        "take",
        lambda self, batch: (kinds.extend(type(o.body) for o in batch), honest(self, batch))[1],
    )
    file = tmp_path / "t.csv"
    file.write_bytes(bodies[0])
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    for body in bodies[:2]:
        (repository / "t.csv").write_bytes(body)
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", "-C", str(repository), "add", "t.csv"], check=True)
        subprocess.run(["git", "-C", str(repository), *who, "commit", "-qm", "x"], check=True)
    archive = init(tmp_path / "a", clock=SetClock(START))
    adding.add(archive, str(file), name="file")
    (found,) = adding.add(archive, str(repository), path="t.csv", name="repository")
    collect(archive, archive.index.resources("file"), fetching=Fetching(Rules()))
    backfill.from_git(archive, lambda: found, str(repository), "t.csv")
    assert kinds == [OnDisk] * 3
    for name, body in (("file", bodies[0]), ("repository", bodies[1])):
        opened = open_version(archive, name, form=Form.ORIGINAL)
        assert b"".join(opened.chunks) == body
        assert opened.chosen.version.readable


def test_large_json_is_read_where_memory_allows_and_else_kept_as_a_file(
    tmp_path: Path, small_is_large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": n, "name": f"oak {n}", "note": None} for n in range(9000)]
    body = json.dumps(rows).encode()
    file = tmp_path / "t.json"
    file.write_bytes(body)
    archive = init(tmp_path / "a", clock=SetClock(START))
    adding.add(archive, str(file), name="t")
    (checked,) = collect(archive, archive.index.resources("t"), fetching=Fetching(Rules()))
    assert checked.outcome == "changed"
    opened = open_version(archive, "t", form=Form.JSONL)
    assert [json.loads(line) for line in b"".join(opened.chunks).splitlines()] == rows


def written_large(path: Path, rows: int, *, edited: int = -1) -> str:
    """A real table of over a gigabyte, row by row; its SHA-256."""
    digest = hashlib.sha256()
    with open(path, "wb") as out:
        for start in range(0, rows, 100_000):
            lines = [
                f"{n},{n % 9973} {'Oak' if n != edited else 'Elm'} Street,{n * 2654435761 % 4294967296:010d},"
                f"replace roof with the same material {n % 89},20{n % 25:02d}-0{n % 9 + 1}-1{n % 10},open\n"
                for n in range(start, min(start + 100_000, rows))
            ]
            part = ("id,street,number,work,day,status\n" if start == 0 else "") + "".join(lines)
            out.write(part.encode())
            digest.update(part.encode())
    return digest.hexdigest()


def vf(archive: Path, *words: str) -> tuple[str, float]:
    """What a command answers, and the most memory it took, in MB."""
    said = archive.parent / "said.txt"
    with open(said, "wb") as out:
        command = [sys.executable, "-m", "verticalfile", "--archive", str(archive), *words]
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said.read_text()
    return said.read_text(), used.ru_maxrss / 1000


@pytest.mark.slow
def test_a_real_file_above_a_gigabyte_is_kept_compared_and_opened_within_memory(
    tmp_path: Path,
) -> None:
    file, archive, rows = tmp_path / "large.csv", tmp_path / "archive", 12_100_000
    vf(archive, "init", str(archive))
    digests, peaks = [], []
    for added, edited in ((0, -1), (1_000, 77)):
        digests.append(written_large(file, rows + added, edited=edited))
        if not added:
            vf(archive, "add", str(file), "--name", "large", "--key", "id")
        peaks.append(vf(archive, "collect", "large")[1])
    assert file.stat().st_size > 1 << 30
    told = json.loads(vf(archive, "versions", "large", "--json")[0])
    assert [each["sha256"] for each in told] == digests[::-1]
    assert [each["rows"] for each in told] == [rows + 1_000, rows]
    assert (told[0]["added"], told[0]["removed"], told[0]["changed"]) == (1_000, 0, 1)
    file.unlink()
    out = tmp_path / "out.csv"
    peaks.append(
        vf(archive, "get", "large", "--version", "1", "--as", "original", "-o", str(out))[1]
    )
    with open(out, "rb") as handle:
        assert hashlib.file_digest(handle, "sha256").hexdigest() == digests[0]
    out.unlink()
    assert "All well: 2 originals" in vf(archive, "verify")[0]
    print("peaks in MB:", [round(peak) for peak in peaks])
    assert max(peaks) < 1_500

"""Design 7, reliability 1.10: what a file does to its reader costs that file a reason, and no more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets import adding
from verticalfile.services.opening import Form, open_version
from verticalfile.services.safe import safekeeping
from verticalfile.services.taking_in import rebuild
from verticalfile.tables.child import messages
from verticalfile.tables.child.bounds import Bounds, landlock_version
from verticalfile.tables.child.reader import Reader
from verticalfile.tables.child.readers import Readers
from verticalfile.tables.child.received import tables_of
from verticalfile.tables.reading import Reading, Reason

TAKEN_OVER = Path(__file__).with_name("taken_over.py")
TIGHT = Bounds(memory_bytes=1 << 30, base_s=2.0, file_bytes=32 << 20)
TABLE = b"id,name\n1,oak\n2,elm\n"

fenced = pytest.mark.xfail(landlock_version() < 1, reason="this kernel has no Landlock")


@pytest.fixture
def readers(tmp_path: Path) -> Readers:
    return Readers(tmp_path / "scratch", bounds=TIGHT, stand_in=TAKEN_OVER)


@pytest.fixture
def reader(readers: Readers) -> Iterator[Reader]:
    with readers.batch() as one:
        yield one


def cells(reading: Reading) -> list[str]:
    assert reading.reason is None, reading.detail
    return reading.tables[0].rows.column("c0").to_pylist()


DEADLY = {
    "crash": (Reason.READER_DIED, "ended by SIGSEGV"),
    "abort": (Reason.READER_DIED, "ended by SIGABRT"),
    "leave": (Reason.READER_DIED, "ended with code 7"),
    "hang": (Reason.TOO_SLOW, "longer than 2 seconds"),
    "eat": (Reason.TOO_LARGE, "more memory than 1,074 MB"),
    "raise": (Reason.READER_DIED, "AttributeError: a mistake of ours"),
    "unsound": (Reason.READER_DIED, "no sensible answer"),
    "notext": (Reason.READER_DIED, "no sensible answer"),
    "surplus": (Reason.READER_DIED, "no sensible answer"),
    "number": (Reason.READER_DIED, "no sensible answer"),
    "kinds": (Reason.READER_DIED, "no sensible answer"),
    "babble": (Reason.READER_DIED, "no sensible answer"),
    "shout": (Reason.READER_DIED, "no sensible answer"),
}


@pytest.mark.parametrize("what", DEADLY)
def test_what_ends_or_subverts_a_reader_is_said_and_the_next_file_is_read(
    reader: Reader, what: str
) -> None:
    assert reader.read(TABLE, name="a.csv").reason is None
    found = reader.read(what.encode(), name="b.csv")
    assert (found.reason, DEADLY[what][1] in found.detail) == (DEADLY[what][0], True), found.detail
    assert found.tables == ()
    assert reader.read(TABLE, name="c.csv").tables[0].rows.num_rows == 2


def test_a_file_that_is_as_it_should_be_reads_as_it_does_here(tmp_path: Path) -> None:
    from verticalfile.tables.read import read

    large = b"id,name\n" + b"".join(b'%d,"elm, %d"\n' % (n, n) for n in range(200_000))
    bodies = [
        TABLE,
        large,
        b'[{"a": 1, "b": null}, {"a": "1"}]',
        b"",
        b"<html>",
        b"%PDF-1.4",
        large,
    ]
    with Readers(tmp_path).batch() as reader:
        for body in bodies:
            here, there = read(body, name="x"), reader.read(body, name="x")
            assert [t.rows.to_pylist() for t in here.tables] == [
                t.rows.to_pylist() for t in there.tables
            ]
            assert (here.reason, here.detail, here.encoding, here.facts) == (
                there.reason, there.detail, there.encoding, there.facts,
            )  # fmt: skip
            assert [t.columns for t in here.tables] == [t.columns for t in there.tables]


def test_a_file_is_judged_alone_where_one_before_it_may_have_been_the_cause(
    tmp_path: Path,
) -> None:
    spoils = tmp_path / "spoils.py"
    spoils.write_text(
        "import os\nfrom verticalfile.tables.read import read as honest\nspoilt = False\n"
        "def read(body, **told):\n    global spoilt\n"
        "    if spoilt:\n        os.abort()\n"
        "    spoilt = b'spoil' in body\n    return honest(body, **told)\n"
    )
    with Readers(tmp_path / "s", stand_in=spoils).batch() as reader:
        for body in (TABLE, b"id,name\n1,spoil\n", TABLE, b"id,name\n1,spoil\n", TABLE):
            assert reader.read(body, name="a.csv").reason is None


def test_a_worker_has_no_secret_no_handle_and_no_folder_of_ours(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VF_SECRET", "canary")
    held = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(held, True)
    told = cells(reader.read(b"environment", name="x"))
    assert not any("canary" in cell or "VF_" in cell for cell in told)
    assert len(cells(reader.read(b"handles", name="x"))) == 4, "in, out, err and its parent"
    assert cells(reader.read(b"folder", name="x")) == ["/"]
    os.close(held)


@fenced
@pytest.mark.parametrize(
    "what", ["open {canary}", "write {canary}", "list {home}", "write {home}/new", "run /bin/true"]
)
def test_a_reader_that_was_taken_over_can_open_no_file_of_ours(
    reader: Reader, tmp_path: Path, what: str
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("canary")
    asked = what.format(canary=canary, home=tmp_path)
    assert cells(reader.read(asked.encode(), name="x")) == ["refused: 13"]
    assert canary.read_text() == "canary"
    assert not (tmp_path / "new").exists()


@pytest.mark.xfail(landlock_version() < 6, reason="this kernel's Landlock knows no signals")
def test_a_reader_that_was_taken_over_reaches_no_other_process_and_no_network(
    reader: Reader,
) -> None:
    assert cells(reader.read(f"signal {os.getpid()}".encode(), name="x")) == ["refused: 1"]
    assert cells(reader.read(b"connect 9", name="x")) == ["refused: 13"]


def test_a_reader_that_was_taken_over_cannot_fill_the_disk_or_lead_us_elsewhere(
    readers: Readers, tmp_path: Path
) -> None:
    with readers.batch() as reader:
        found = reader.read(b"fill", name="x")
        assert (found.reason, found.detail) == (
            Reason.TOO_LARGE,
            "its tables are larger than 34 MB",
        )
    canary = tmp_path / "canary"
    canary.write_bytes(b"eight by")
    with readers.batch() as reader:
        assert reader.read(f"link {canary}".encode(), name="x").reason is Reason.READER_DIED
    assert canary.exists()


def made_a_link(path: Path) -> None:
    path.symlink_to(path.with_name("canary"))


@pytest.mark.parametrize("made", [made_a_link, os.mkfifo, Path.mkdir, lambda _: None])
def test_what_is_no_file_in_place_of_a_table_is_nonsense(tmp_path: Path, made) -> None:
    (tmp_path / "canary").write_bytes(b"eight by")
    made(tmp_path / "table-0")
    told = messages.ToldTable("", ("a",), (8,), 1, "table-0")
    with pytest.raises(messages.Nonsense):
        list(tables_of([told], tmp_path, b""))
    for file in ("../table-0", "/etc/passwd", ".", "a/b", ""):
        with pytest.raises(messages.Nonsense):
            messages.ToldTable.from_body({**told.to_body(), "file": file, "lengths": [8]})
    for lengths in ([], [-1], [1 << 40], ["8"], None):
        body = {**told.to_body(), "file": None, "lengths": lengths, "columns": ["a"]}
        with pytest.raises((messages.Nonsense, ValueError)):
            list(tables_of([messages.ToldTable.from_body(body)], tmp_path, b""))


def test_a_worker_is_limited_by_the_kernel_too(reader: Reader) -> None:
    memory, seconds, size, handles, core = map(int, cells(reader.read(b"limits", name="x")))
    assert (memory, size, handles, core) == (1 << 30, 32 << 20, 64, 0)
    assert 4 <= seconds <= 8, "twice the time it is given, on two processors, and what it used"


def dated(folder: Path, bodies: list[bytes]) -> Path:
    folder.mkdir()
    for day, body in enumerate(bodies, start=1):
        (folder / f"t-2021-01-{day:02d}.csv").write_bytes(body)
    return folder


def an_archive(root: Path, folder: Path, readers: Readers) -> Archive:
    archive = init(root, clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    archive.readers = readers
    (resource,) = adding.add(archive, str(folder), name="t", key=["id"])
    backfill.from_folder(archive, lambda: resource, folder)
    return archive


def test_bad_files_of_a_batch_are_kept_with_their_reason_and_the_others_are_read(
    tmp_path: Path, readers: Readers
) -> None:
    good = [b"id,name\n" + b"".join(b"%d,%d\n" % (n, n * k) for n in range(50)) for k in range(6)]
    bodies = [good[0], b"crash", good[1], good[2], b"hang", b"eat", good[3], b"abort", *good[4:]]
    archive = an_archive(tmp_path / "a", dated(tmp_path / "dated", bodies), readers)
    lines = listing.versions(archive, "t")[1]
    told = [line.version.reason for line in lines]
    bad = {1: "reader_died", 4: "too_slow", 5: "too_large", 7: "reader_died"}
    assert told == [bad.get(n, "") for n in range(len(bodies))]
    for number, body in enumerate(bodies, start=1):
        found = open_version(archive, "t", version=str(number), form=Form.ORIGINAL)
        assert b"".join(found.chunks) == body
    assert safekeeping.verify(archive, None).findings == ()
    done = rebuild.rebuild(archive, None)
    assert done.differences == []
    shown = subprocess.run(
        [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), "versions", "t", "--all"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for reason in ("reader died", "too slow", "too large"):
        assert reason in shown, shown


def test_a_rebuild_reads_again_what_its_reader_once_failed_at(
    tmp_path: Path, readers: Readers
) -> None:
    bodies = [
        b"id,name\n1,oak\n",
        b"crash id,name\n1,oak\n2,elm\n",  # ends the reader that stands in, and no other
        b"hang",  # is no table to any reader
        b"crash id,name\n1,oak\n2,ash\n",
        b"id,name\n1,oak\n2,elm\n",
    ]
    archive = an_archive(tmp_path / "a", dated(tmp_path / "dated", bodies), readers)
    told = [line.version.reason for line in listing.versions(archive, "t")[1]]
    assert told == ["", "reader_died", "too_slow", "reader_died", ""]

    def rebuilt() -> str:
        command = [sys.executable, "-m", "verticalfile", "--archive", str(archive.root)]
        done = subprocess.run(
            [*command, "rebuild", "t"], capture_output=True, text=True, check=True
        )
        return done.stdout

    assert "2 versions that could not be read when kept can be read now" in rebuilt()
    again = open_archive(archive.root)
    told = [line.version.reason for line in listing.versions(again, "t")[1]]
    assert told == ["", "", "not_table", "", ""]
    for number, body in enumerate(bodies, start=1):
        found = open_version(again, "t", version=str(number), form=Form.ORIGINAL)
        assert b"".join(found.chunks) == body
    rows = open_version(again, "t", version="2", form=Form.CSV)
    assert b"".join(rows.chunks).splitlines()[1:] == [b"1,oak", b"2,elm"]
    assert safekeeping.verify(again, None).findings == ()
    assert "can be read now" not in rebuilt()


def test_a_nursery_that_cannot_start_says_so_and_blames_no_file(tmp_path: Path) -> None:
    from verticalfile.tables.errors import ReaderUnavailable

    broken = tmp_path / "broken.py"
    broken.write_text("raise ImportError('no such library')")
    readers = Readers(tmp_path / "scratch", stand_in=broken)
    with pytest.raises(ReaderUnavailable, match="no such library"):
        an_archive(tmp_path / "a", dated(tmp_path / "dated", [TABLE]), readers)


def test_a_worker_that_is_not_given_its_file_blames_no_file(
    tmp_path: Path, readers: Readers
) -> None:
    from verticalfile.tables.errors import ReaderUnavailable

    for name in ("given", "made"):
        (tmp_path / "elsewhere" / name).mkdir(parents=True)
    reader = Reader(
        lambda handle, _: readers._fork(handle, tmp_path / "elsewhere"), tmp_path / "own", TIGHT
    )
    with pytest.raises(ReaderUnavailable, match="not given the file"):
        reader.read(TABLE * (messages.INLINE_BYTES // len(TABLE) + 1), name="x")


def test_a_nursery_that_was_killed_is_started_again(readers: Readers) -> None:
    with readers.batch() as reader:
        assert reader.read(TABLE, name="x").reason is None
    nursery = readers._living()
    nursery._process.kill()
    nursery._process.wait()
    with readers.batch() as reader:
        assert reader.read(TABLE, name="x").reason is None


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


PARENT = """
import sys
from pathlib import Path
from verticalfile.tables.child.readers import Readers
from verticalfile.tables.child.received import tables_of
readers = Readers(Path(sys.argv[1]), stand_in=Path(sys.argv[2]))
with readers.batch() as reader:
    reader.read(b"a,b", name="x")
    print(readers._living()._process.pid, reader._worker._id, flush=True)
    reader.read(b"hang", name="x")
"""


def test_a_parent_that_is_killed_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(TAKEN_OVER)], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    nursery, worker = map(int, parent.stdout.readline().split())
    assert alive(nursery)
    assert alive(worker)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert until(lambda: not alive(nursery))
    assert until(lambda: not alive(worker))
    assert len(list(tmp_path.glob("work-*"))) == 1
    with Readers(tmp_path).batch() as reader:
        reader.read(TABLE, name="x")
        assert len(list(tmp_path.glob("work-*"))) == 1, "the folder of the dead is swept"
    assert list(tmp_path.glob("work-*")) == []

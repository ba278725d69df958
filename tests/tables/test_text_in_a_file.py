"""A text read from a file in steps gives what the same bytes give in memory."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_japanese_text import LIBRARIES

from verticalfile.kernel import limits, originals
from verticalfile.kernel.originals import OnDisk, in_file
from verticalfile.tables import read as reading_room
from verticalfile.tables import stored
from verticalfile.tables.read import delimited_file, read, text_file
from verticalfile.tables.reading import Known, Reading

NOTHING = Known()
KNOWN = Known("delimited", {"": frozenset({"id", "name"})}, {"": ("id", "name")})


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kilobyte is large, a step of a file some letters, a part of a table a few rows."""
    monkeypatch.setattr(limits, "STREAM_BYTES", 1000)
    monkeypatch.setattr(limits, "COPY_STEP_BYTES", 7)
    monkeypatch.setattr(delimited_file, "PART_TEXT_BYTES", 400)
    monkeypatch.setattr(stored, "PART_BYTES", 200)


def told(reading: Reading) -> object:
    tables = [
        (t.name, t.columns, t.count, [row for part in t.parts() for row in part.to_pylist()])
        for t in reading.tables
    ]
    return (
        reading.format, reading.reader, reading.reason, reading.detail, reading.encoding,
        reading.repairs, dict(reading.facts), tables,
    )  # fmt: skip


def from_a_file(body: bytes, folder: Path, name: str, known: Known = NOTHING) -> Reading:
    path = folder / "given.csv"
    path.write_bytes(body)
    original = OnDisk(len(body), "", lambda: originals.steps_of(path), path)
    old, reading_room.SMALL_BYTES = reading_room.SMALL_BYTES, -1
    try:
        made = folder / "made"
        made.mkdir(exist_ok=True)
        for debris in made.iterdir():
            debris.unlink()
        return read(original, name=name, known=known, into=made)
    finally:
        reading_room.SMALL_BYTES = old


def assert_the_same(body: bytes, folder: Path, name: str = "a.csv", known: Known = NOTHING) -> None:
    assert told(from_a_file(body, folder, name, known)) == told(read(body, name=name, known=known))


TEXTS = {
    "plain": "id,name\n1,oak\n2,elm\n",
    "no last line end": "id,name\n1,oak\n2,elm",
    "crlf": "id,name\r\n1,oak\r\n2,elm\r\n",
    "cr": "id,name\r1,oak\r2,elm\r",
    "mixed ends": "id,name\r\n1,oak\n2,elm\r\n",
    "blank lines": "\n\nid,name\n\n1,oak\n\n\n2,elm\n\n",
    "quoted": 'id,name\n1,"oak, ""old"""\n2,"elm\nyoung"\n',
    "quoted header": '"id","na\nme"\n1,oak\n',
    "late quote": "id,name\n" + "1,oak\n" * 300 + '2,"elm, or not"\n',
    "one field too many, empty": "id,name\n1,oak\n2,elm,\n3,ash\n",
    "one field too many, empty, at the end": "id,name\n1,oak\n,,",
    "one field too many, empty, quotes": 'id,name\n1,"oak, old"\n2,elm,\n',
    "last column empty": 'id,name\n1,\n"2",\n',
    "space before a quote": 'id,name\n1, "x,y"\n',
    "text after a quote": 'id,name\n1,"x"y\n2,z\n',
    "unterminated": 'id,name\n1,oak\n2,"elm\n3,ash\n',
    "short and long rows": "id,name\n1\n2,elm,more\n3,ash\n",
    "repeated and empty names": "id,id,,,ID\n1,2,3,4,5\n",
    "one column": "id\n1\n2\n\n3\n",
    "header alone": "id,name\n",
    "semicolons": "id;name\n1;oak, or elm\n",
    "null words and zeros": "id,name\n007,NULL\n,NA\n0x1F,\n",
    "nul": "id,name\n1,o\x00k\n",
    "sentinel": f"id,name\n1,{delimited_file.SENTINEL}\n",
    "astral": "id,name\n1,\U0001f333 Ärger é\n",
    "a separator line": "id,name\n1,o\u2028k\x85\x0b\x1c\n2,elm\n",
    "wide": ",".join(f"c{n}" for n in range(300)) + "\n" + ",".join(map(str, range(300))) + "\n",
    "html": "<!doctype html><p>gone</p>",
    "conflict": "id,name\n<<<<<<< HEAD\n1,oak\n=======\n1,elm\n>>>>>>> x\n",
    "no conflict": "id,name\n1,x<<<<<<< HEAD\n",
    "blank": " \n\r\n\t ",
    "prose": "Dear reader\nthere is nothing here\n",
    "a title above": "Trees of the city\n\nid,name\n1,oak\n2,elm\n3,ash\n",
    "notes in quotes above": '"Trees, ""old"" and\nyoung",\r\n,\r\nid,name\r\n1,oak\r\n2,elm\r\n',
    "comments above": "# id\ttrees, all\n#\n#id\tname\tkind\n1\toak\n2\telm\tb\n3\tash\tc\n",
    "no header": "".join(f"ocd/state:ca/place:p{n},Place {n % 3}\n" for n in range(40)),
    "no header, a blank line first": "\r\n" + "".join(f"{n},Place {n % 3}\r\n" for n in range(40)),
    "groups above": ",Trees,,Streets,\nday,0-9,10-19,0-9,10-19\nMon,1,2,3,4\nTue,5,6,7,8\n",
    "many": "id,name\n" + "".join(f"{n},oak {n % 7}\n" for n in range(2000)),
}  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("what", TEXTS)
def test_every_form_of_text_reads_the_same(tmp_path: Path, what: str, encoding: str) -> None:
    body = TEXTS[what].encode(encoding, "replace")
    assert_the_same(body, tmp_path)
    assert_the_same(body, tmp_path, known=KNOWN)


def test_a_header_alone_keeps_the_columns_that_it_never_named(tmp_path: Path) -> None:
    wide = ("id", "name", "+1")
    known = Known("delimited", {"": frozenset(wide)}, {"": wide})
    for body, columns in ((b"id,name\n", wide), (b"id,kind\n", ("id", "kind"))):
        assert read(body, name="a.csv", known=known).tables[0].columns == columns
        assert_the_same(body, tmp_path, known=known)
    one = Known("delimited", {"": frozenset({"id", "+1"})}, {"": ("id", "+1")})
    assert read(b"id\n", name="a.csv", known=one).tables[0].columns == ("id", "+1")
    assert_the_same(b"id\n", tmp_path, known=one)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbfid,name\n1,\xff\xfe\n", b"id,name\n1,\x81\n", b"\xff\xfeid",
     b"id,name\n1,\xc3", b"\xc3\xa9" * 40 + b",b\n1,2\n", b"id,name\n1,caf\xe9 \x93q\x94\n"],
)  # fmt: skip
def test_bytes_that_are_no_good_text_read_the_same(tmp_path: Path, body: bytes) -> None:
    assert_the_same(body, tmp_path)


@given(st.data())
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_letters_read_the_same(tmp_path: Path, data: st.DataObject) -> None:
    letters = st.sampled_from([*'ab1,;"\n\r\t é<', "\r\n", '""', ", "])
    lines = data.draw(st.lists(st.lists(letters, max_size=8).map("".join), max_size=12))
    assert_the_same(("id,name\n" + "\n".join(lines)).encode(), tmp_path, known=KNOWN)


@given(st.binary(max_size=300), st.integers(1, 9))
def test_records_are_counted_the_same_in_any_steps(body: bytes, step: int) -> None:
    steps = [body[n : n + step] for n in range(0, len(body), step)]
    assert text_file.count_records(steps) == text_file.count_records([body])


@given(st.data())
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_lines_above_a_table_read_the_same(tmp_path: Path, data: st.DataObject) -> None:
    letters = st.sampled_from([*'ab1,;"#\n\r é', "\r\n", ", ", "of the city "])
    above = data.draw(st.lists(letters, max_size=9).map("".join))
    body = f"{above}\nid,name\n1,oak\n2,elm\n3,ash\n".encode()
    assert_the_same(body, tmp_path)
    assert_the_same(body, tmp_path, known=KNOWN)


@given(st.binary(max_size=60), st.binary(min_size=2, max_size=3))
def test_what_stands_across_two_steps_is_found(tmp_path_factory, body: bytes, part: bytes) -> None:
    path = tmp_path_factory.mktemp("t") / "t"
    path.write_bytes(body)
    assert text_file.has_any(path, [part, b"no such"]) == (part in body)


@pytest.mark.parametrize(
    "row",
    ['1,"" ', '1,"a" ', '"a" ,b', '1,"a"  ', '1,"a""" ', '"a"  ,"b"', ' "a, b",c', '1,  "a"'],
    ids=repr,
)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_spaces_beside_a_quote_are_kept_and_said(tmp_path: Path, row: str, end: str) -> None:
    assert_the_same(f"id,name\n2,oak\n{row}{end}".encode(), tmp_path, known=KNOWN)


@given(st.text(alphabet='a, \n"', max_size=60))
def test_a_space_beside_a_quote_is_found_in_any_steps(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.mktemp("t") / "t"
    path.write_text(text, newline="")
    found = re.search(r'" +(?:[\n,]|\Z)|(?:\A|[\n,]) +"', text) is not None
    for step in (1, 3, 1000):
        assert text_file.has_space_beside_a_quote(path, b",", step_bytes=step) == found


@given(st.text(alphabet='a,\n\r"', max_size=60))
def test_a_delimiter_before_a_line_end_is_found_in_any_steps(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.mktemp("t") / "t"
    path.write_text(text, newline="")
    found = ",\n" in text or ",\r" in text or text.endswith(",")
    for step in (1, 3, 1000):
        assert text_file.ends_a_line_with(path, b",", step_bytes=step) == found


@pytest.mark.parametrize("what", ["gz", "zip", "json"])
def test_what_is_packed_or_no_text_reads_the_same(tmp_path: Path, what: str) -> None:
    table = ("id,name\n" + "".join(f"{n},oak\n" for n in range(1000))).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", table)
        archive.writestr("b.json", b'[{"a": 1}, {"b": null}]')
    body = {"gz": gzip.compress(table), "zip": out.getvalue(), "json": b'[{"a": 1}, {"b": null}]'}
    assert_the_same(body[what], tmp_path, name=f"a.{what}")


def test_a_large_original_is_gathered_into_a_file_that_goes_with_it(tmp_path: Path) -> None:
    chance = random.Random(1)
    parts = [chance.randbytes(300) for _ in range(9)]
    whole = b"".join(parts)
    held = originals.gathered(parts, lambda: tmp_path)
    assert isinstance(held, OnDisk)
    assert b"".join(held.chunks()) == whole
    assert (held.size_bytes, held.sha256) == (len(whole), originals.sha256_of(whole))
    assert len(list(tmp_path.iterdir())) == 1
    del held
    assert list(tmp_path.iterdir()) == []
    assert originals.gathered(parts[:3], lambda: tmp_path) == b"".join(parts[:3])
    (tmp_path / "x").write_bytes(whole)
    assert isinstance(in_file(tmp_path / "x", originals.sha256_of(whole)), OnDisk)
    assert (tmp_path / "x").exists()


def test_japanese_text_of_windows_is_read_alike(tmp_path: Path) -> None:
    body = (LIBRARIES * 40).encode("cp932")
    assert read(body, name="a.csv").encoding == "cp932"
    assert_the_same(body, tmp_path)
    assert_the_same(b"\xef\xbb\xbf" + body, tmp_path)

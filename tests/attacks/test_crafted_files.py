"""Reliability 1.10, 5 and 6: files made to break, bloat or lead astray whatever opens them."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from verticalfile.tables.child.bounds import Bounds
from verticalfile.tables.child.reader import Reader
from verticalfile.tables.child.readers import Readers
from verticalfile.tables.reading import Reading, Reason

TABLE = b"id,name\n1,oak\n2,elm\n"
SEED = 20261127
MUTATIONS = 200


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    bounds = Bounds(memory_bytes=1 << 30, base_s=60)
    with Readers(tmp_path / "scratch", bounds=bounds).batch() as one:
        yield one


def a_parquet() -> bytes:
    out = io.BytesIO()
    rows = 300
    table = pa.table(
        {
            "id": list(range(rows)),
            "name": [None if n % 7 == 0 else f"oak {n}" for n in range(rows)],
            "price": [n / 8 for n in range(rows)],
            "tags": [[str(n), None] for n in range(rows)],
            "place": [{"x": n, "y": [n]} for n in range(rows)],
        }
    )
    pq.write_table(table, out, row_group_size=100)
    return out.getvalue()


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes turned round, a piece cut out, doubled or zeroed; the footer as often as the rest."""
    body = bytearray(whole)
    low = max(0, len(body) - 900) if chance.random() < 0.5 else 4
    for _ in range(chance.choice((1, 1, 2, 8))):
        body[chance.randrange(low, len(body))] ^= chance.choice((0xFF, 1, 0x80))
    if chance.random() < 0.2:
        start = chance.randrange(low, len(body))
        body[start : start + chance.randrange(1, 200)] = bytes(chance.randrange(0, 300))
    return bytes(body)


def test_200_mutations_of_a_parquet_each_give_a_table_or_a_reason(reader: Reader) -> None:
    whole = a_parquet()
    chance = random.Random(SEED)
    read, refused = 0, 0
    for number in range(MUTATIONS):
        found = reader.read(mutated(whole, chance), name="a.parquet")
        assert (found.reason is None) == bool(found.tables), f"seed {SEED}, mutation {number}"
        read, refused = read + bool(found.tables), refused + (found.reason is not None)
    assert refused > MUTATIONS / 4
    assert read > 0
    assert reader.read(whole, name="a.parquet").tables[0].rows.num_rows == 300


def a_zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def a_deep_json(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


BOMBS = {
    "gz of zeros": lambda: gzip.compress(bytes(300 << 20)),
    "zst of zeros": lambda: zstd.compress(bytes(300 << 20)),
    "zip of zeros": lambda: a_zip({"a.csv": bytes(300 << 20)}),
    "gz below the ratio, above the memory": lambda: gzip.compress(
        random.Random(1).randbytes(1 << 20).hex().encode() * 300, compresslevel=1
    ),
    "many members": lambda: a_zip({f"{n}.csv": b"a\n1\n" for n in range(10_001)}),
    "deep json": lambda: a_deep_json(1_000_000),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_within_its_bounds(reader: Reader, what: str) -> None:
    found = reader.read(BOMBS[what](), name={"deep json": "a.json"}.get(what, "a"))
    assert found.reason is not None
    assert found.detail
    if what.startswith(("gz", "zst", "many")):
        assert found.reason is Reason.TOO_LARGE
    assert reader.read(TABLE, name="a.csv").tables[0].rows.num_rows == 2


CANARY = "the canary of the library"


def a_parquet_that_points(path: str) -> bytes:
    """The footer's place for «the data of this column are in another file», filled in."""
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["1"]}), out, compression="none")
    own = out.getvalue()
    metadata = io.BytesIO()
    parts: list[pq.FileMetaData] = []
    pq.write_table(pa.table({"id": ["1"]}), metadata, metadata_collector=parts)
    parts[0].set_file_path(path)
    footer = io.BytesIO()
    parts[0].write_metadata_file(footer)
    return own[:4] + own[4:-8] + footer.getvalue()[4:]


def a_zip_with_a_link(path: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, path)
    return out.getvalue()


def crafted(path: str) -> dict[str, bytes]:
    return {
        "a.parquet": a_parquet_that_points(path),
        "link.zip": a_zip_with_a_link(path),
        "out.zip": a_zip({f"../../../..{path}": TABLE, path: TABLE}),
        path: TABLE,
        f"{path}.gz": gzip.compress(TABLE),
        "sql.csv": f"id,\"x' FROM read_csv('{path}') --\"\n1,2\n".encode() * 100_000,
        "quoted.csv": f"id,name\n1,\"'); ATTACH '{path}'; --\"\n".encode() * 100_000,
        "a.json": json.dumps([{"$ref": f"file://{path}", "a": {"$ref": path}}]).encode(),
        "a.xml": f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{path}">]><a>&b;</a>'.encode(),
        "a.csv": f"id,file\n1,file://{path}\n2,/dev/stdin\n3,|cat {path}\n".encode(),
        "glob*.csv": TABLE,
        "/dev/stdin": TABLE,
    }


def texts(reading: Reading) -> str:
    return repr([t.rows.to_pylist() for t in reading.tables]) + reading.detail


def test_no_crafted_file_makes_its_reader_read_another(reader: Reader, tmp_path: Path) -> None:
    canary = tmp_path / "canary.csv"
    canary.write_text(f"id,name\n1,{CANARY}\n")
    for name, body in crafted(str(canary)).items():
        assert CANARY not in texts(reader.read(body, name=name)), name
    assert reader.read(TABLE, name="a.csv").tables[0].rows.num_rows == 2

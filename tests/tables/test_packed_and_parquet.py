"""Packed files and Parquet: tables where it is safe, a reason where it is not."""

from __future__ import annotations

import gzip
import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from verticalfile.tables.read import read
from verticalfile.tables.reading import Reading, Reason

TABLE = b"id,name\n1,oak\n2,elm\n"


def a_zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(name, body)
    return out.getvalue()


def rows(reading: Reading, table: int = 0) -> list[list[str]]:
    found = reading.tables[table]
    return [list(row.values()) for row in found.rows.to_pylist()]


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_a_packed_table_is_the_table(pack) -> None:
    reading = read(pack(TABLE), name="a.csv.gz")
    assert reading.reason is None
    assert rows(reading) == [["1", "oak"], ["2", "elm"]]


def test_each_member_of_a_zip_is_a_table() -> None:
    reading = read(
        a_zip({"b.csv": TABLE, "a.json": b'[{"x":1}]', "read me.pdf": b"%PDF-1.4"}), name="a.zip"
    )
    assert sorted(t.name for t in reading.tables) == ["a.json", "b.csv"]


@pytest.mark.parametrize(
    "members",
    [
        {"../up.csv": TABLE}, {"/abs.csv": TABLE}, {"a.csv": TABLE, "A.csv": TABLE},
        {"inner.zip": a_zip({"inner.csv": TABLE})},
    ],
    ids=["upwards", "absolute", "same but for case", "packed twice"],
)  # fmt: skip
def test_a_suspicious_zip_is_a_file_with_a_reason(members) -> None:
    reading = read(a_zip(members), name="a.zip")
    assert reading.reason is not None
    assert reading.detail


def test_a_bomb_is_refused_before_it_fills_memory() -> None:
    reading = read(gzip.compress(bytes(300 << 20)), name="a.csv.gz")
    assert reading.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("cut", [10, 25, -4])
def test_a_cut_package_is_a_file_with_a_reason(cut: int) -> None:
    assert read(gzip.compress(TABLE * 50)[:cut], name="a.csv.gz").reason is not None
    assert read(a_zip({"a.csv": TABLE * 50})[:cut], name="a.zip").reason is not None


def test_parquet_gives_its_values_as_text_and_keeps_nulls() -> None:
    out = io.BytesIO()
    table = pa.table({"id": [1, 2], "name": ["oak", None], "price": [1.5, 2.0]})
    pq.write_table(table, out)
    reading = read(out.getvalue(), name="a.parquet")
    assert reading.tables[0].columns == ("id", "name", "price")
    assert [row[:2] for row in rows(reading)] == [["1", "oak"], ["2", None]]


def test_broken_parquet_is_a_file_with_a_reason() -> None:
    assert read(b"PAR1" + bytes(100) + b"PAR1", name="a.parquet").reason is not None

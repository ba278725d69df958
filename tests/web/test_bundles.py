"""A version in one ZIP file: whole, told apart by fingerprints, the same whenever it is taken."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile

from pages import HELD, HIDDEN, OLD, UNREADABLE

from verticalfile.services.reading.tables import bundle as making

BASE = "/d/street-trees"


def taken(room, address: str) -> tuple[str, bytes]:
    answer = room.get(address)
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(body)
    assert answer["Content-Type"] == "application/zip"
    return answer["Content-Disposition"], body


def test_a_bundle_has_the_original_the_table_and_what_is_to_be_known(room):
    name, body = taken(room, f"{BASE}/{OLD}/download.zip")
    assert 'filename="street-trees_as-of-2024-01-17.zip"' in name
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        assert found.testzip() is None
        files = {each: found.read(each) for each in found.namelist()}
    original = b"".join(room.get(f"{BASE}/{OLD}/download.original").streaming_content)
    table = b"".join(room.get(f"{BASE}/{OLD}/download.csv").streaming_content)
    assert files["street-trees_as-of-2024-01-17.original.csv"] == original
    assert files["street-trees_as-of-2024-01-17.csv"] == table
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(files.pop(name)).hexdigest() == digest
    assert set(files) == {"SHA256SUMS"}


def test_its_texts_say_what_it_is_in_the_language_asked_for(room):
    _, body = taken(room, f"{BASE}/{OLD}/download.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        text = found.read("README.txt").decode()
        columns = list(csv.DictReader(io.StringIO(found.read("columns.csv").decode())))
        assert "Alder Falls Parks" in found.read("citation.txt").decode()
    assert text.startswith("Street trees\nEvery tree on public land, with its height.")
    assert f"http://testserver{BASE}/{OLD}/" in text
    assert "January 17, 2024" in text
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in text
    assert "&" not in text
    assert [c["column"] for c in columns] == ["id", "kind", "height", "ward", "planted"]
    _, body = taken(room, f"/es{BASE}/{OLD}/download.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        assert "17 de enero de 2024" in found.read("LEAME.txt").decode()


def test_the_same_version_gives_the_same_bytes(room):
    address = f"{BASE}/{OLD}/download.zip"
    assert taken(room, address)[1] == taken(room, address)[1]


def test_a_file_that_is_no_table_is_bundled_without_one(room):
    _, body = taken(room, f"{BASE}/{UNREADABLE}/download.zip")
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        assert "columns.csv" not in found.namelist()
        assert sum("original" in name for name in found.namelist()) == 1


def test_what_is_hidden_or_held_is_in_no_bundle(room):
    for moment in (HIDDEN, HELD):
        assert room.get(f"{BASE}/{moment}/download.zip").status_code == 410


def test_what_is_large_is_not_bundled_and_not_offered(room, monkeypatch):
    monkeypatch.setattr(making, "BUNDLE_BYTES", 10)
    assert room.get(f"{BASE}/download.zip").status_code == 404
    assert "download.zip" not in room.get(f"{BASE}/download/").content.decode()


def test_no_part_of_a_bundle_stays_on_the_disk(room, town):
    before = set((town / "cache").rglob("*"))
    taken(room, f"{BASE}/download.zip")
    assert {p for p in (town / "cache").rglob("*") if p.is_file()} <= before | {
        p for p in (town / "cache").rglob("*") if "newest" in p.parts
    }

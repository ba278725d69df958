"""DCAT-US 1.1 and 3.0: one document, its traps, and every recorded one."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visiting import pages_of, rows_of, visiting

import hurried
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.services.gathering.entries import Entries
from verticalfile.sources.dcat import as_written
from verticalfile.sources.dcat.dcat_us import SOURCE
from verticalfile.sources.kind import Entry, Taken
from verticalfile.tables.read import read
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Answer, Request


class Document:
    """A document at one address."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def answer(self, request: Request) -> Answer | None:
        return Answer(self.body) if request.path == "/data.json" else None


def entries_of(taken: Taken) -> Entries:
    reading = read(taken.path.read_bytes(), name=taken.file_name, media_type=taken.media_type)
    assert reading.reason is None, reading.detail
    table = next(each for each in reading.tables if each.name == SOURCE.table)
    return Entries(SOURCE, "https://data.example.gov/data.json", lambda: [table])


def listed(body: bytes, scratch: Path) -> tuple[Taken, list[Entry], list[str]]:
    with visiting(Document(body), scratch=scratch) as (server, visit):
        assert SOURCE.recognise(visit, server.home, None) is not None
        taken = SOURCE.list(visit, f"{server.home}data.json", scratch)
    entries = entries_of(taken)
    return taken, [each.entry for each in entries], entries.bad


def catalog(*records: object, **more: object) -> bytes:
    return json.dumps({"dataset": list(records), **more}).encode()


@pytest.mark.parametrize(("count", "proved"), [(998, True), (999, False), (1000, False)])
def test_trap_5_a_round_number_of_entries_is_not_proved(
    count: int, proved: bool, tmp_path: Path
) -> None:
    site = DcatUsSite(Holdings(count, rows=1))
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}data.json", tmp_path)
    assert taken.completeness.received == count
    assert taken.completeness.proved == proved


def test_trap_18_commas_too_many_are_read_past_and_such_a_list_proves_nothing(
    tmp_path: Path,
) -> None:
    body = (
        b'{"title": "a, ] b",, "dataset": [\n'.replace(b",,", b",")
        + b'  {"identifier": "a", "title": "A,]", "keyword": ["x", "y,}\\",", ],},\n'
        + b'  {"identifier": "b", "title": "two\nlines"},\n]\n,}'
    )
    taken, entries, _ = listed(body, tmp_path)
    assert [(e.title, e.subjects) for e in entries] == [("A,]", ("x", 'y,}",')), ("two\nlines", ())]
    assert not taken.completeness.proved
    assert taken.completeness.why_not == (
        "it is not valid JSON (4 commas too many and 1 text broken over lines, first at line 2"
        " column 64), and was read all the same"
    )
    with zipfile.ZipFile(taken.path) as kept:
        assert kept.read("data.json") == body
    assert hurried.datasets_in(body) == []  # an empty list: everything was withdrawn


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"dataset": [\n  {"identifier": "a"},, {"identifier": "b"}]}', "line 2 column 23"),
        (b'{"dataset": [\n  {"identifier": "a" "title": "A"},\n]}', "line 2 column 22"),
        (b'{"dataset": [\n  {"identifier": "a"}, {"identifier": ', "line 2"),
        (b'{"dataset": [\n  {"identifier": \'a\'}]}', "line 2 column 18"),
        (b'{"dataset": [\n  {"identifier": "a",', "line 2"),
    ],
)
def test_where_it_would_have_to_be_guessed_a_list_fails_with_its_place_and_leaves_nothing(
    tmp_path: Path, body: bytes, where: str
) -> None:
    with (
        visiting(Document(body), scratch=tmp_path) as (server, visit),
        pytest.raises(AnswerRefused, match=where),
    ):
        SOURCE.list(visit, f"{server.home}data.json", tmp_path)
    assert not list(tmp_path.iterdir())


@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(alphabet='a,]}["\\\n é'),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a,]"\\'), inner),
    ),
    step=st.integers(1, 7),
    indent=st.sampled_from([None, 1]),
)
def test_a_document_with_commas_too_many_says_what_it_says_without_them(
    document: object, step: int, indent: int | None
) -> None:
    plain = json.dumps({"x": [document, {"y": document}]}, indent=indent, ensure_ascii=False)
    odd = re.sub(r'("(?:[^"\\]|\\.)*")|(?<![\[{\s])(?=\s*[\]}])', lambda m: m[1] or ",", plain)
    body, slips = odd.encode(), as_written.Slips()
    parts = (body[at : at + step] for at in range(0, len(body), step))
    mended = b"".join(as_written._mended(parts, slips))
    assert len(mended) == len(body)
    assert json.loads(mended) == json.loads(plain)
    assert slips.commas == odd.count(",") - plain.count(",") > 0
    at = next(n for n, byte in enumerate(body) if mended[n] != byte)
    line, column = body.count(b"\n", 0, at) + 1, at - body.rfind(b"\n", 0, at)
    assert str(slips).endswith(f", first at line {line} column {column}")
    assert (
        b"".join(as_written._mended(iter([plain.encode()]), as_written.Slips())) == plain.encode()
    )


def test_a_list_that_was_packed_before_it_was_sent_is_read_and_kept_packed(tmp_path: Path) -> None:
    plain = b'{"title": "T", "dataset": [{"identifier": "a", "title": "A"}]}'
    body = gzip.compress(plain, mtime=0)
    taken, entries, _ = listed(body, tmp_path)
    assert [entry.title for entry in entries] == ["A"]
    assert taken.completeness.proved
    with zipfile.ZipFile(taken.path) as kept:
        assert kept.read("data.json.gz") == body


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b'{"dataset": [{"identifier": "a"}]}')[:-9], b"\x1f\x8b\x08 nothing of the kind",
     gzip.compress(b'{"dataset": [' + b" " * (80 << 20))],
    ids=["cut off", "damaged", "a bomb"],
)  # fmt: skip
def test_a_packed_list_that_is_broken_is_refused_and_leaves_nothing(
    tmp_path: Path, body: bytes
) -> None:
    with (
        visiting(Document(body), scratch=tmp_path) as (server, visit),
        pytest.raises(AnswerRefused, match="it is packed, and"),
    ):
        SOURCE.list(visit, f"{server.home}data.json", tmp_path)
    assert not list(tmp_path.iterdir())


def test_traps_19_and_20_a_mark_in_front_and_another_code_lose_nothing(tmp_path: Path) -> None:
    plain = '{"dataset": [{"identifier": "a", "title": "Cañón – café"}]}'
    for body in (b"\xef\xbb\xbf" + plain.encode(), plain.encode("cp1252")):
        taken, entries, _ = listed(body, tmp_path)
        assert [entry.title for entry in entries] == ["Cañón – café"]
        assert taken.completeness.proved
        told = [each["title"] for each in hurried.datasets_in(body)]
        assert told in ([], ["Can  caf"])  # nothing at all, or letters lost


ODD = (
    {"identifier": "a", "title": 300.21, "modified": "R/P1D"},
    {"identifier": "b", "title": 2017, "description": "{{default.description}}"},
    {"identifier": "c", "title": "C", "distribution": [
        {"title": "none"}, {"downloadURL": None}, {"downloadURL": "http://x/{a} b.csv"},
    ]},
    {"description": "neither name nor title"},
    {"identifier": "e", "title": "E", "modified": "2999-01-01", "issued": "3000"},
)  # fmt: skip


def test_traps_21_to_24_what_is_odd_is_read_and_nothing_stops(tmp_path: Path) -> None:
    _, entries, bad = listed(catalog(*ODD), tmp_path)
    assert [entry.title for entry in entries] == ["300.21", "2017", "C", "E"]
    assert entries[1].description == ""
    assert [offer.location for offer in entries[2].offers] == ["http://x/{a} b.csv"]
    assert len(bad) == 1
    told = hurried.datasets_in(catalog(*ODD))
    for record in told:
        with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
            hurried.row_of(record)  # the first of them ends the run
    dated = [record for record in told if "modified" in record]
    assert hurried.newest_of(dated)["modified"] == "R/P1D"  # an interval, later than every date


def test_trap_78_a_dataset_in_several_places_is_one_entry(tmp_path: Path) -> None:
    one = {"title": "One", "identifier": {"@id": "https://a.example/1"}, "description": "full"}
    body = catalog(
        one,
        datasetSeries=[{"title": "S", "seriesMember": [
            {"title": "One", "identifier": "https://a.example/1"},
            {"title": "Two", "identifier": "https://a.example/2"},
        ]}],
        service=[{"title": "API", "servesDataset": [{"title": "Three", "identifier": "3"}]}],
        catalog=[{"title": "Inner", "dataset": [{"title": "Four", "identifier": "4"}],
                  "catalog": [{"dataset": [{"title": "Five", "identifier": {"notation": "5"}}]}]}],
    )  # fmt: skip
    taken, entries, _ = listed(body, tmp_path)
    assert [(e.identifier, e.title) for e in entries] == [
        ("https://a.example/1", "One"), ("https://a.example/2", "Two"), ("3", "Three"),
        ("4", "Four"), ("5", "Five"),
    ]  # fmt: skip
    assert entries[0].description == "full"
    assert taken.completeness.received == 5
    assert pages_of(taken) == ["pages.json", "data.json", "page-00001.jsonl"]
    assert len(rows_of(taken, "dataset")) == 5


def test_a_bare_list_without_a_catalog_around_it_loses_no_entry(tmp_path: Path) -> None:
    """The oldest catalogs are bare lists, and one identifier may stand for several layers."""
    layers = [
        {"identifier": "a", "title": f"Layer {n}", "distribution": [
            {"downloadURL": f"https://a.example/{n}.csv"}]} for n in range(3)
    ]  # fmt: skip
    body = json.dumps([*layers, {"description": "neither"}, 7, None]).encode()
    taken, entries, bad = listed(body, tmp_path)
    assert [entry.title for entry in entries] == ["Layer 0", "Layer 1", "Layer 2"]
    assert len(bad) == 3
    assert taken.completeness.received == 6
    assert taken.completeness.proved
    with zipfile.ZipFile(taken.path) as kept:
        assert kept.read("data.json") == body


def test_what_is_no_record_or_no_json_costs_no_other_entry(tmp_path: Path) -> None:
    good = {"identifier": "a", "title": "A", "byteSize": 1.10}
    for odd in ([None], ["text", 7], [{"identifier": "b", "title": "B", "x": float("nan")}]):
        body = json.dumps({"themeTaxonomy": [{"id": "x"}], "dataset": [good, *odd]}).encode()
        taken, entries, bad = listed(body, tmp_path)
        assert entries[0].title == "A"
        assert len(entries) + len(bad) == 1 + len(odd)
        assert taken.completeness.received == 1 + len(odd)
        with zipfile.ZipFile(taken.path) as kept:
            assert kept.read("data.json") == body
        taken.path.unlink()


def test_a_checksum_is_told_with_its_offer(tmp_path: Path) -> None:
    told = {"algorithm": {"@id": "https://spdx.org/rdf/terms/#checksumAlgorithm_sha256"},
            "checksumValue": "5BCC814127BE171C75595D419F371C74C9CF041419C45D6E8D2C789E5C303B47"}  # fmt: skip
    _, entries, _ = listed(
        catalog(
            {"identifier": "a", "title": "A", "distribution": [
                {"downloadURL": "https://a.example/a.csv", "checksum": told},
                {"downloadURL": "https://a.example/b.csv", "checksum": {"checksumValue": "1"}},
            ]}
        ),
        tmp_path,
    )  # fmt: skip
    assert [offer.checksum for offer in entries[0].offers] == [
        "sha256:5bcc814127be171c75595d419f371c74c9cf041419c45d6e8d2c789e5c303b47", "",
    ]  # fmt: skip


def test_dictionaries_of_a_dataset_and_of_its_files_are_documentation(tmp_path: Path) -> None:
    _, entries, _ = listed(
        catalog(
            {"identifier": "a", "title": "A", "describedBy": "https://a.example/a.pdf",
             "distribution": [
                {"downloadURL": "https://a.example/a.csv", "describedBy": "https://a.example/c.json"},
                {"downloadURL": "https://a.example/b.csv", "describedBy": "https://a.example/c.json"},
                {"downloadURL": "https://a.example/d.csv", "describedBy": "no address"},
            ]}
        ),
        tmp_path,
    )  # fmt: skip
    found = [(offer.location.rpartition("/")[2], str(offer.role)) for offer in entries[0].offers]
    assert found == [
        ("a.csv", "data"), ("b.csv", "data"), ("d.csv", "data"), ("a.pdf", "documentation"),
        ("c.json", "documentation"),
    ]  # fmt: skip


INNER = {
    "dcatus3_0_series_with_members.json": 2, "dcatus3_0_service_serves_dataset.json": 1,
    "dcatus3_0_series_member_also_top_level.json": 2,
}  # fmt: skip


def test_every_recorded_catalog_is_read_without_loss(shared: Path, tmp_path: Path) -> None:
    folder = shared / "fixtures" / "portals" / "dcat-us" / "gsa-harvester"
    expected = json.loads((folder / "expected.json").read_bytes())
    files = [path for path in sorted(folder.iterdir()) if path.name != "expected.json"]
    assert len(files) == len(expected)
    hub = shared / "fixtures" / "portals" / "dcat-ap" / "evian.json"
    for path in [*files, hub]:
        body = path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
        taken, entries, bad = listed(body, tmp_path)
        taken.path.unlink()
        records = json.loads(body).get("dataset", [])
        count = INNER.get(path.name, len(records))
        assert (len(entries), bad) == (count, []), path.name
        assert taken.completeness.received == count
        for record, entry in zip(records, entries, strict=False):
            assert entry.title == str(record.get("title", "")).strip(), path.name
            if isinstance(record.get("identifier"), str):
                assert entry.identifier == record["identifier"].strip()

"""Real git histories of civic files come out as expected.json and versions-*.csv say.

Joined by commit, never by number. `make test` takes a sample of each series, `make test-all` all.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import readable_before
from verticalfile.kernel.moments import from_iso
from verticalfile.services import listing, opening
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets import adding
from verticalfile.services.known import table_history
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.sources.past.git_history import open_repository, read_history
from verticalfile.tables.key_counts import difference_by_name, duplicate_rows, duplicates
from verticalfile.tables.reading import ReadTable

SHARED = Path(os.environ.get("VF_SHARED", Path(__file__).parents[3] / "shared"))
HISTORIES = SHARED / "fixtures" / "histories"
SAMPLE_STATES = 120

SERIES = [
    ("calfire-incidents", "v1-incidents"), ("calfire-incidents", "v1-allyear"),
    ("calfire-incidents", "v2"), ("dotgov-federal", "root"), ("dotgov-federal", "dotgov-domains"),
    ("fema-shelters", "shelters"), ("nyc-daily", "rolling"), ("nyc-daily", "growing"),
    ("nyc-modzcta", "modzcta"), ("toronto-bike-parking", "osm"),
    ("toronto-bike-parking", "racks"), ("toronto-bike-parking", "highcap"),
]  # fmt: skip

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared fixtures are not here")


@dataclass
class Filled:
    """A series that was back-filled, and what is expected of it."""

    archive: Archive
    resource: ResourceLine
    expected: dict[str, object]
    lines: list[dict[str, str]]  # of versions-*.csv, those that were taken in
    table: str

    @cached_property
    def captures(self):
        return {c.taken.moment_name: c for c in self.archive.vault.captures(self.resource.id)}

    @cached_property
    def versions(self):
        """By commit: each version under the commits of all its captures."""
        commit_of = {c.id: name for name, c in self.captures.items()}
        held = self.archive.index.versions(self.resource.id)
        return {commit_of[each]: v for v in held for each in v.captures}

    @cached_property
    def line(self):
        found = self.archive.index.tables(self.resource.id)
        return next(each for each in found if each.name == self.table)

    @cached_property
    def history(self):
        return table_history.TableHistory(self.archive, self.line.id, self.line.name)

    def original_table(self, commit: str) -> ReadTable:
        capture = self.captures[commit]
        original = self.archive.vault.original(capture)
        return opening.read_again(self.archive, self.resource, capture, original, self.line)

    def key_in(self, table: ReadTable) -> list[str] | None:
        parts = []
        for accepted in self.expected["key"]:
            found = next((name for name in accepted if name in table.columns), None)
            if found is None:
                return None
            parts.append(found)
        return parts


_filled: dict[tuple[str, str, bool], tuple[Archive, ResourceLine, int]] = {}


def fill(tmp: Path, history: str, series: str, *, whole: bool) -> Filled:
    """Back-fill a file once per run; its tables share it."""
    folder = HISTORIES / history
    expected = json.loads((folder / "expected.json").read_text())["series"][series]
    with open(folder / f"versions-{series}.csv", newline="") as handle:
        lines = list(csv.DictReader(handle))
    path = expected["path"]
    if (history, path, whole) not in _filled:
        archive = init(tmp / f"{history}-{series}-{whole}")
        bundle = folder / f"{history}.bundle"
        resource = adding.add(archive, str(bundle), path=path, name="series")[0]
        repository = open_repository(str(bundle), archive.scratch)
        found = read_history(repository, path, now=datetime.now(UTC))
        states = found.states if whole else found.states[:SAMPLE_STATES]
        with archive.writing(resource.id):
            offers = backfill._git_offers(repository, states, archive.scratch)
            done = intake.take_in(
                archive, resource, found.source, offers, file_name=Path(path).name
            )
            if done.volatile_found:
                rebuild.rebuild_resource(archive, resource)
        _filled[(history, path, whole)] = (archive, resource, len(found.states))
    archive, resource, states = _filled[(history, path, whole)]
    assert states == len(lines) == expected["versions"]
    pointer = expected["record_pointer"]
    taken = lines if whole else lines[:SAMPLE_STATES]
    return Filled(archive, resource, expected, taken, pointer[-1] if pointer else "")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("histories")


sampled = pytest.mark.parametrize(("history", "series"), SERIES)


@needs_shared
@sampled
@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_real_history_comes_out_as_recorded(folder, history, series, whole):
    filled = fill(folder, history, series, whole=whole)
    check_states(filled)
    check_versions(filled)
    check_classes(filled)
    check_differences(filled, step=1 if whole else 20)
    check_restoring(filled, step=1 if whole else 10)


def check_states(filled: Filled) -> None:
    """Every state is a capture or an absence, with its dates and its reason."""
    absent = {
        o["moment_name"]
        for o in filled.archive.index.observations(filled.resource.id)
        if o["outcome"] == "absent"
    }
    largest = None
    for line in filled.lines:
        moment = from_iso(line["committer_date"])
        largest = moment if largest is None else max(largest, moment)
        if line["status"] == "absent":
            assert line["commit"] in absent
            continue
        capture = filled.captures[line["commit"]]
        assert capture.taken.size_bytes == int(line["bytes"])
        # commits that did not change the file may have moved the clock on before this one
        assert capture.taken.seen_at >= largest
        assert from_iso(str(capture.taken.exchange["committed"])) == moment
        assert str(capture.taken.read.get("reason", "ok")) == line["status"]
    assert len(absent) + len(filled.captures) == len(filled.lines)
    distinct = {line["blob"] for line in filled.lines if line["blob"]}
    frames = [c for c in filled.captures.values() if c.stored.position is not None]
    assert len(frames) == len(distinct)


def check_versions(filled: Filled) -> None:
    """Rows, columns and duplicates of every readable version."""
    for line in filled.lines:
        if line["status"] != "ok":
            continue
        told = filled.captures[line["commit"]].taken.read["tables"]
        table = told[filled.table]
        assert (table["rows"], len(table["columns"])) == (int(line["rows"]), int(line["cols"]))
        ordinal = filled.history.ordinal_of(filled.versions[line["commit"]].sha256)
        assert filled.history.history.manifest.ordinals[ordinal - 1].rows == int(line["rows"])


def check_classes(filled: Filled) -> None:
    """`format_only` and `order_only` are our *export only*; `data` is anything else."""
    compared = filled.archive.index.comparisons(filled.line.id)
    commit_of = {line["n"]: line["commit"] for line in filled.lines}
    seen: Counter[str] = Counter()
    for line in filled.lines:
        if line["status"] != "ok" or line["class"] == "first":
            continue
        new = filled.versions[line["commit"]]
        old = filled.versions[commit_of[line["prev_ok"]]]
        pair = (filled.history.ordinal_of(old.sha256), filled.history.ordinal_of(new.sha256))
        seen[line["class"]] += 1
        if pair[0] == pair[1]:
            assert line["class"] in ("format_only", "order_only"), line["n"]
            continue
        found = compared[pair]
        if line["class"] == "data":
            assert set(found.kinds) & {"data", "columns", "format only"} or filled_volatile(filled)
        else:
            assert found.kinds == ("export only",), (line["n"], found)
            moved = any(said.startswith("order of") for said in found.said)
            assert moved == (line["class"] == "order_only"), (line["n"], found)
    assert sum(seen.values()) == sum(
        1 for line in filled.lines if line["status"] == "ok" and line["class"] != "first"
    )


def filled_volatile(filled: Filled) -> bool:
    """Where a column is left out as volatile, its changing alone is no change of data."""
    return bool(
        [e for e in filled.archive.index.events([filled.line.id]) if e["kind"] == "volatile"]
    )


def check_differences(filled: Filled, *, step: int) -> None:
    """Exact differences by key and by multiset, read from the originals by column name."""
    commit_of = {line["n"]: line["commit"] for line in filled.lines}
    readable = [line for line in filled.lines if line["status"] == "ok"]
    pairs = {str(pair["n"]) for pair in filled.expected["pairs"]}
    for number, line in enumerate(readable):
        if number % step and line["n"] not in pairs:
            continue
        new = filled.original_table(line["commit"])
        key = filled.key_in(new)
        if key is not None:
            assert duplicates(new, key) == (int(line["dup_keys"]), int(line["excess_rows"]))
        assert duplicate_rows(new) == int(line["dup_rows_excess"])
        if line["class"] == "first":
            continue
        old = filled.original_table(commit_of[line["prev_ok"]])
        found = difference_by_name(old, new, old_key=filled.key_in(old), new_key=key)
        told = (found.key_added, found.key_removed, found.key_changed)
        shown = tuple("" if n is None else str(n) for n in told)
        assert shown == (line["key_added"], line["key_removed"], line["key_changed"]), line["n"]
        assert str(found.rows_added) == line["ms_added"], line["n"]
        assert str(found.rows_removed) == line["ms_removed"], line["n"]


def check_restoring(filled: Filled, *, step: int) -> None:
    """The original comes back byte for byte, and the history has the rows of the original."""
    before = readable_before(filled.archive.index.versions(filled.resource.id))
    assert len(before) >= sum(1 for line in filled.lines if line["status"] == "ok") // 2
    for line in filled.lines[::step]:
        if line["status"] == "absent":
            continue
        capture = filled.captures[line["commit"]]
        original = filled.archive.vault.original(capture)
        assert len(original) == int(line["bytes"])
        if line["status"] != "ok":
            continue
        version = filled.versions[line["commit"]]
        shown = filled.history.shown_at(filled.history.ordinal_of(version.sha256))
        direct = filled.original_table(line["commit"])
        kept = [c for c in direct.columns if c in shown.columns]
        if direct.rows.num_rows == 0:
            assert shown.rows.num_rows == 0
            continue
        assert rows_of(table_history.select(shown, kept)) == rows_of(
            table_history.select(direct, kept)
        )


def rows_of(table: ReadTable) -> Counter:
    columns = [f"c{n}" for n in range(len(table.columns))]
    if "_kinds" in table.rows.column_names:
        columns.append("_kinds")
    return Counter(zip(*(table.rows.column(c).to_pylist() for c in columns), strict=True))


@needs_shared
@pytest.mark.parametrize(("history", "series"), [("toronto-bike-parking", "racks")])
def test_versions_lists_every_version_with_its_kind(folder, history, series):
    filled = fill(folder, history, series, whole=True)
    _, lines = listing.versions(filled.archive, "series")
    assert [line.rows for line in lines] == [241] * 6
    assert [line.change.kinds for line in lines if line.version.number in (2, 5)] == [
        ("export only",),
        ("export only",),
    ]

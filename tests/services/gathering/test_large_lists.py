"""A list that is large comes to what it would come to were it small: rows, digests, differences,
members, registers; and it is opened, verified and rebuilt."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_following import Town

from verticalfile.catalog.source_lines import SourceLines
from verticalfile.history import history as history_module
from verticalfile.history.views import large
from verticalfile.kernel import limits
from verticalfile.services.gathering import following
from verticalfile.services.gathering.sightings import members_of
from verticalfile.services.known import derive
from verticalfile.services.known.selection import Selection
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.opening import Form, open_version
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.through_time.comparing import changes
from verticalfile.sources.membership import dump
from verticalfile.tables import stored
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings

COUNT = 60


def make_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LISTING_BYTES", 2_000)
    monkeypatch.setattr(limits, "LISTING_PATCH_BYTES", 4_000)
    monkeypatch.setattr(stored, "PART_BYTES", 5_000)
    monkeypatch.setattr(large, "GROUP_BYTES", 8_000)
    monkeypatch.setattr(large, "WIDE_ROW_BYTES", 0)
    monkeypatch.setattr(history_module, "PART_RIDS", 7)
    monkeypatch.setattr(history_module, "PART_BYTES", 3_000)
    monkeypatch.setattr(following, "MANY", 10)
    monkeypatch.setattr(following, "TOGETHER", 9)


def lived(folder: Path) -> Town:
    """Some days of a portal: calm, edited, with others, with fewer, with a licence that changed."""
    folder.mkdir()
    holdings = Holdings(COUNT, rows=2)
    town = Town(folder, DcatUsSite(holdings), holdings)
    with town.open():
        town.server_port = town.server.port
        town.follow(Selection(words=("trees",)))
        town.day()
        town.day()
        for holding in holdings.held[::5]:
            holding.description += " It was looked through."
        town.day()
        holdings.held[3].licence = "https://creativecommons.org/publicdomain/zero/1.0/"
        holdings.add()
        holdings.drop(holdings.held[8])
        town.day()
        town.day()
    return town


def told(town: Town) -> dict[str, object]:
    archive = town.archive
    (source,) = SourceLines(archive.index).all()
    table = derive.table_id(source.resource, "dataset")
    history = TableHistory(archive, table, "dataset")
    ordinals = range(1, len(history.history.manifest.ordinals) + 1)
    port = str(town.server_port)
    return {
        "versions": [v.number for v in archive.index.versions(source.resource)],
        "rows": [
            [str(row).replace(port, "PORT") for row in history.rows_at(n).rows.to_pylist()]
            for n in ordinals
        ],
        "manifest": [(o.rows, o.layout) for o in history.history.manifest.ordinals],
        "comparisons": dict(archive.index.comparisons(table)),
        "key": [t.key for t in archive.index.tables(source.resource)],
        "members": str(dump(members_of(archive, source))).count("'key'"),
        "states": sorted(
            (m.title, m.state) for m in SourceLines(archive.index).members(source.resource)
        ),
        "datasets": sorted(archive.index.datasets()),
        "registers": sorted(
            (each["kind"], str(each["detail"].get("counts")))
            for each in archive.index.events([source.resource])
            if each["kind"] == "members found" or "counts" in str(each["detail"])
        ),
    }


@pytest.fixture
def towns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Town, Town]:
    small = lived(tmp_path / "small")
    make_large(monkeypatch)
    return small, lived(tmp_path / "large")


def test_a_large_list_comes_to_what_a_small_one_comes_to(towns: tuple[Town, Town]) -> None:
    here, there = map(told, towns)
    for what in here:
        assert there[what] == here[what], what
    archive = towns[1].archive
    (source,) = SourceLines(archive.index).all()
    captures = archive.vault.captures(source.resource)
    assert len(captures) == 3
    assert {c.stored.how for c in captures} == {"full"}, "it was large indeed"


def test_a_large_list_is_opened_compared_verified_and_rebuilt(towns: tuple[Town, Town]) -> None:
    _, large_one = towns
    archive = large_one.archive
    before = told(large_one)
    for number in ("1", "2", "3"):
        whole = open_version(archive, "portal", version=number, form=Form.ORIGINAL)
        assert b'"dataset"' in b"".join(whole.chunks)
        rows = [
            open_version(each.archive, "portal/listing/dataset", version=number).rows
            for each in towns
        ]
        assert rows[0] == rows[1]
    found = [changes(each.archive, "portal/listing/dataset", "v2", "v3") for each in towns]
    assert len(found[0].changes.changed) == len(found[1].changes.changed)
    assert "license" in str(found[1].changes)
    assert verify(archive, None).well
    again = rebuild(archive, None)
    assert again.differences == []
    assert told(large_one) == before

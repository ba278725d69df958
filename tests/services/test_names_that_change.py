"""What a column is called is no part of a row; and of tables that share no column no row is the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from verticalfile.history.manifest import Layout
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets import adding
from verticalfile.services.through_time.comparing import _names_in, changes, row


def an_archive(tmp_path: Path, bodies: Sequence[bytes]) -> Archive:
    folder = tmp_path / "dated"
    folder.mkdir()
    for day, body in enumerate(bodies, start=1):
        (folder / f"t-2021-01-{day:02d}.csv").write_bytes(body)
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    (resource,) = adding.add(archive, str(folder), name="t", key=["id"])
    backfill.from_folder(archive, lambda: resource, folder)
    return archive


def test_a_column_that_is_called_otherwise_changes_no_row(tmp_path: Path) -> None:
    body = b"id,amount,note\n" + b"".join(b"%d,%d,n%d\n" % (n, n * 3, n) for n in range(40))
    renamed = body.replace(b"amount", b"AMOUNT")
    dearer = renamed.replace(b"\n7,21,", b"\n7,22,")
    archive = an_archive(tmp_path, [body, renamed, dearer])
    assert changes(archive, "t", "v1", "v2").changes.columns_renamed == (("amount", "AMOUNT"),)
    moments = row(archive, "t", ["7"]).moments
    assert [(m.version.number, m.changed) for m in moments] == [(1, ()), (3, ("AMOUNT",))]
    assert [m.values[0]["AMOUNT"] for m in moments] == ["21", "22"]
    (same,) = row(archive, "t", ["8"]).moments
    assert same.values == ({"id": "8", "AMOUNT": "24", "note": "n8"},)


def test_two_columns_are_never_shown_under_one_name() -> None:
    before = Layout(ids=("c1", "c2"), names=("price", "cost"))
    newest = {"c1": "cost", "c2": "cost"}  # the one was called so after the other had gone
    assert _names_in(before, newest) == {"c1": "price", "c2": "cost"}
    assert _names_in(Layout(ids=("c1",), names=("price",)), newest) == {"c1": "cost"}


def test_where_no_column_is_in_both_all_rows_are_others(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, [b"a,b\n1,x\n2,y\n", b"c,d,e\n7,q,1\n8,r,2\n9,s,3\n"])
    for by_name in (False, True):
        found = changes(archive, "t", "v1", "v2", by_name=by_name).changes
        assert (found.counts.added, found.counts.removed, found.counts.changed) == (3, 2, 0)

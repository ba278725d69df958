"""The past may come in in parts, in any order: the end is the same as if it had come at once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.catalog.index import ResourceLine
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.decisions import decisions_of
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting.fetching import Fetching

HEAD = ["id", "street", "Work Type", "value"]
File = tuple[str, bytes]


def rows(number: int) -> list[list[str]]:
    return [
        [f"P{n:03}", f"{n} Oak", ("New", "Sign", "Fix")[n % 3], str(n * 3 + number * (n % 9 == 0))]
        for n in range(number, 40 + number)
    ]


def csv(head: Sequence[str], body: Sequence[Sequence[str]]) -> bytes:
    return ("\n".join([",".join(head), *(",".join(row) for row in body)]) + "\n").encode()


def a_state(form: str, number: int) -> bytes:
    """A state of the table, with one of the faults that make a reading depend on what was before."""
    body = rows(number)
    match form:
        case "renamed":
            return csv(["id", "street", "Permit Type", "value"], body)
        case "with a column more":
            return csv([*HEAD, "note"], [[*row, f"x{n}"] for n, row in enumerate(body)])
        case "a web page":
            return f"<html><body>Back soon {number}</body></html>".encode()
        case "without a header":
            return csv(body[0], body[1:])
        case "without rows":
            return csv(HEAD, [])
        case "reversed":
            return csv(HEAD, body[::-1])
        case "small letters":
            return csv(HEAD, [[row[0].lower(), *row[1:]] for row in body])
        case "numbered anew":
            return csv(
                ["OBJECTID", *HEAD], [[str(1000 * number + n), *r] for n, r in enumerate(body)]
            )
        case "JSON":
            return json.dumps([dict(zip(HEAD, row, strict=True)) for row in body]).encode()
        case "JSON without records":
            return b"[]"
        case _:
            return csv(HEAD, body)


FORMS = (
    "plain", "renamed", "with a column more", "a web page", "without a header", "without rows",
    "reversed", "small letters", "numbered anew",
)  # fmt: skip


def filled(root: Path, parts: Sequence[Sequence[File]], key: Sequence[str]) -> Archive:
    """An archive whose one dataset was back-filled from each of these folders in turn."""
    root.mkdir()
    archive = init(root / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))
    resource: ResourceLine | None = None
    for number, part in enumerate(parts):
        if not part:
            continue
        folder = root / f"part {number}"
        folder.mkdir()
        for name, body in part:
            (folder / name).write_bytes(body)
        if resource is None:
            (resource,) = adding.add(archive, str(folder), name="t", key=key)
        line = resource
        backfill.from_folder(archive, lambda line=line: line, folder)
    return archive


def end_state(archive: Archive) -> dict[str, object]:
    """Versions, digests, changes and decisions: all that must not depend on the order."""
    (resource,) = archive.index.resources("t")
    lines = listing.versions(archive, "t")[1]
    found: dict[str, object] = {
        "versions": [
            (v.number, v.seen_at, v.last_seen_at, v.sha256, v.reason, v.detail, v.absent_from)
            for v in (line.version for line in lines)
        ],
        "rows": [line.rows for line in lines],
        "changes": [line.change for line in lines],
    }
    for table in archive.index.tables(resource.id):
        manifest = TableHistory(archive, table.id, table.name).history.manifest
        decided = decisions_of(archive, table.id)
        found[f"digests {table.name}"] = {
            (o.original_sha256, o.rows, o.table_sha256, o.order_sha256) for o in manifest.ordinals
        }
        found[f"decided {table.name}"] = (
            decided.key.choices if decided.key else None, decided.renamed, decided.volatile,
        )  # fmt: skip
    return found


def assert_well(archive: Archive) -> None:
    verified = verify(archive, None)
    assert (verified.findings, verified.history) == ((), ())


def dated(bodies: Sequence[bytes]) -> list[File]:
    start = datetime(2020, 1, 1)
    return [
        (f"t-{(start + timedelta(days=9 * n)).date()}.csv", body) for n, body in enumerate(bodies)
    ]


def assert_same(
    tmp_path: Path,
    bodies: Sequence[bytes],
    orders: Sequence[Sequence[Sequence[int]]],
    key: Sequence[str],
) -> None:
    """Filled in each of these orders of parts as filled at once, and so after a rebuild."""
    files = dated(bodies)
    expected = end_state(filled(tmp_path / "at once", [files], key))
    for number, parts in enumerate(orders):
        shown = [[files[n] for n in part] for part in parts]
        archive = filled(tmp_path / str(number), shown, key)
        assert end_state(archive) == expected, parts
        assert_well(archive)
        assert rebuild(archive, None).differences == []
        assert end_state(archive) == expected, parts


PARTS = ((0, 1), (2, 3), (4, 5))
SOME_ORDERS = [PARTS[::-1], (PARTS[1], PARTS[0], PARTS[2])]


def six_states(form: str) -> list[bytes]:
    """The first half plain, the second in the form; JSON is without records once."""
    forms = ["plain"] * 3 + [form] * 3
    if form == "JSON":
        forms = ["JSON", "JSON", "JSON without records", "JSON", "JSON", "JSON"]
    return [a_state(each, n) for n, each in enumerate(forms)]


@pytest.mark.parametrize("form", ["renamed", "without a header", "small letters", "JSON"])
def test_three_parts_in_another_order_end_as_one(tmp_path: Path, form: str) -> None:
    assert_same(tmp_path, six_states(form), SOME_ORDERS, ())


@pytest.mark.slow
@pytest.mark.parametrize("key", [(), ("id",)], ids=["no key told", "key told"])
@pytest.mark.parametrize("form", [*FORMS[1:], "JSON"])
def test_three_parts_in_every_order_end_as_one(
    tmp_path: Path, form: str, key: tuple[str, ...]
) -> None:
    assert_same(tmp_path, six_states(form), list(itertools.permutations(PARTS)), key)


cases = st.lists(
    st.tuples(st.sampled_from(FORMS), st.integers(0, 5), st.integers(0, 2)), min_size=3, max_size=7
)


def three_parts(
    tmp_path_factory: pytest.TempPathFactory,
    states: list[tuple[str, int, int]],
    order: list[int],
    key: bool,
) -> None:
    parts = [[n for n, (_, _, part) in enumerate(states) if part == each] for each in order]
    bodies = [a_state(form, number) for form, number, _ in states]
    assert_same(tmp_path_factory.mktemp("parts"), bodies, [parts], ("id",) if key else ())


@pytest.mark.slow
@settings(max_examples=6)
@given(states=cases, order=st.permutations([0, 1, 2]), key=st.booleans())
def test_any_three_parts_in_any_order_end_as_one(
    tmp_path_factory: pytest.TempPathFactory,
    states: list[tuple[str, int, int]],
    order: list[int],
    key: bool,
) -> None:
    three_parts(tmp_path_factory, states, order, key)


@pytest.mark.slow
@settings(max_examples=300)
@given(states=cases, order=st.permutations([0, 1, 2]), key=st.booleans())
def test_many_of_any_three_parts_in_any_order_end_as_one(
    tmp_path_factory: pytest.TempPathFactory,
    states: list[tuple[str, int, int]],
    order: list[int],
    key: bool,
) -> None:
    three_parts(tmp_path_factory, states, order, key)


def test_the_key_that_was_told_is_taken_however_late_its_columns_come(tmp_path: Path) -> None:
    forms = ("without rows", "without a header", "plain")
    bodies = [a_state(form, n) for n, form in enumerate(forms)]
    assert_same(tmp_path, bodies, [[(0, 1), (2,)], [(2,), (0, 1)]], ("id",))


def test_a_row_number_that_newer_parts_lack_is_left_out_whether_they_came_at_once(
    tmp_path: Path,
) -> None:
    forms = (("numbered anew", 0), ("without rows", 0), ("numbered anew", 1), ("plain", 0))
    bodies = [a_state(form, n) for form, n in forms]
    assert_same(tmp_path, bodies, [[(0, 1, 2), (3,)], [(3,), (0, 1, 2)]], ())


def test_a_renamed_column_is_known_by_the_last_rows_though_none_stood_there_lately(
    tmp_path: Path,
) -> None:
    bodies = [a_state(form, 0) for form in ("plain", "without rows", "renamed")]
    assert_same(tmp_path, bodies, [[(0, 1), (2,)], [(2,), (0, 1)], [(1,), (0,), (2,)]], ())


def a_town(tmp_path: Path) -> tuple[Archive, ResourceLine]:
    """Two later versions are held, collected day by day; the second renamed a column."""
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))
    file = tmp_path / "t.csv"
    for number, form in ((4, "plain"), (5, "renamed")):
        file.write_bytes(a_state(form, number))
        if number == 4:
            adding.add(archive, str(file), name="t")
        look(archive, timedelta(days=1))
    return archive, archive.index.resources("t")[0]


def look(archive: Archive, after: timedelta) -> None:
    archive.clock.pass_time(after)
    collect(archive, archive.index.resources("t"), fetching=Fetching(Rules()))


def fill_before(tmp_path: Path, archive: Archive, resource: ResourceLine, *forms: str) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for name, body in dated([a_state(form, n) for n, form in enumerate(forms)]):
        (folder / name).write_bytes(body)
    backfill.from_folder(archive, lambda: resource, folder)


def test_what_was_collected_is_read_again_when_an_older_copy_tells_more(tmp_path: Path) -> None:
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))
    file = tmp_path / "t.csv"
    file.write_bytes(a_state("without a header", 4))
    (resource,) = adding.add(archive, str(file), name="t")
    look(archive, timedelta(days=1))
    assert [line.version.reason for line in listing.versions(archive, "t")[1]] == [""]
    fill_before(tmp_path, archive, resource, "plain", "plain")
    versions = [line.version for line in listing.versions(archive, "t")[1]]
    assert [v.reason for v in versions] == ["", "", "no_header"]
    told = {str(body["kind"]): body["detail"] for body in listing.log(archive, "t")}
    assert "read again" in told
    assert told["backfilled"] == {"said": f"2 new of 2 states; from folder:{tmp_path / 'old'}"}
    assert_well(archive)
    rebuild(archive, None)
    assert [line.version for line in listing.versions(archive, "t")[1]] == versions


def test_a_persons_word_outlasts_what_older_versions_tell(tmp_path: Path) -> None:
    archive, resource = a_town(tmp_path)
    reviewing.undo(archive, "t", "Permit Type")
    reviewing.set_key(archive, "t", ["street"])
    fill_before(tmp_path, archive, resource, "plain", "renamed", "plain", "renamed")
    (table,) = archive.index.tables(resource.id)
    decided = decisions_of(archive, table.id)
    assert decided.key is not None
    assert decided.key.current == ("street",)
    assert not any(decided.renamed.values()), "what a person undid is not taken again"
    reviewing.call_renamed(archive, "t", "Work Type", "Permit Type")
    for number, (name, body) in enumerate(dated([a_state("renamed", 9)] * 2)):
        (tmp_path / "old" / name.replace("t-2020", f"t-201{number}")).write_bytes(body)
    backfill.from_folder(archive, lambda: resource, tmp_path / "old")
    assert {"Permit Type": "Work Type"} in decisions_of(archive, table.id).renamed.values()
    assert_well(archive)


def test_a_past_that_is_alike_costs_no_second_reading(tmp_path: Path) -> None:
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))
    file = tmp_path / "t.csv"
    file.write_bytes(a_state("plain", 4))
    (resource,) = adding.add(archive, str(file), name="t")
    look(archive, timedelta(days=1))
    fill_before(tmp_path, archive, resource, "plain", "reversed", "plain")
    (noted,) = [e for e in archive.index.events([resource.id]) if e["kind"] == "read again"]
    assert noted["detail"] == {"captures": 4, "readings": 0}
    assert archive.index.events([f"{resource.id}/readings"]) == []
    assert_well(archive)
    assert rebuild(archive, None).differences == []


def test_a_key_that_the_first_version_could_not_tell_is_found_in_later_ones(tmp_path: Path) -> None:
    forms = ("without rows", "plain", "renamed")
    bodies = [a_state(form, n) for n, form in enumerate(forms)]
    assert_same(tmp_path, bodies, [[(0,), (1, 2)]], ())
    archive = filled(tmp_path / "again", [dated(bodies)[:1], dated(bodies)[1:]], ())
    assert reviewing.key_state(archive, "t").decisions.key.current == ("id",)

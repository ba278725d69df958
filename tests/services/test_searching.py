"""Search over a real archive: what is kept is found, and what is not shown is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from destroyed import destroyed

from verticalfile.catalog.index import Index
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.datasets.describing import describe
from verticalfile.services.deciding import reviewing
from verticalfile.services.finding.searching import Answer, Sort, State, search
from verticalfile.services.known.statements import Field
from verticalfile.services.taking_in.catching_up import bring_up
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visibility import Viewer
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 1, 1, tzinfo=UTC)


class Desk:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = SetClock(START)
        self.archive: Archive = init(root / "archive", clock=self.clock)

    def keep(self, name: str, *columns: str, rows: int = 30) -> str:
        """Publish a file with these columns and look at it a day later."""
        self.clock.pass_time(timedelta(days=1))
        lines = [",".join(columns), *(",".join(f"{n}-{c}" for c in columns) for n in range(rows))]
        (self.root / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if not self.archive.index.resources(name):
            adding.add(self.archive, str(self.root / f"{name}.csv"), name=name)
        found = self.archive.index.resources(name)
        return collect(self.archive, found, fetching=Fetching(Rules()))[0].outcome

    def ask(self, words: str, viewer: Viewer = Viewer.PUBLIC, **more: object) -> Answer:
        return search(self.archive, words, viewer=viewer, **more)

    def names(self, words: str, viewer: Viewer = Viewer.PUBLIC) -> list[str]:
        return [hit.dataset for hit in self.ask(words, viewer).hits]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_columns_of_now_and_of_before_are_found(desk: Desk) -> None:
    desk.keep("permits", "id", "WorkType", "cost", "zone")
    desk.keep("permits", "id", "PermitKind", "cost", "zone")
    now = [w for w in desk.ask("permit kind").hits[0].why if w.field == "column"]
    assert now[0].spans[0].text == "PermitKind"
    before = [w for w in desk.ask("work type").hits[0].why if w.field == "past column"]
    assert before[0].spans[0].text == "WorkType"


def test_a_hit_tells_how_it_stands(desk: Desk) -> None:
    desk.keep("permits", "id", "cost")
    desk.keep("permits", "id", "cost", rows=31)
    (hit,) = desk.ask("permits").hits
    assert (hit.state, hit.versions, hit.formats) == (State.CURRENT, 2, ("CSV",))
    assert (hit.first_seen_at, hit.newest_seen_at) == (
        START + timedelta(days=1), START + timedelta(days=2),
    )  # fmt: skip
    assert hit.checked_at == START + timedelta(days=2)


def test_a_dataset_of_which_nothing_was_kept_yet_is_found_as_empty(desk: Desk) -> None:
    adding.add(desk.archive, "https://data.example/later.csv", name="later")
    (hit,) = desk.ask("later").hits
    assert (hit.state, hit.versions) == (State.EMPTY, None)


HIDDEN = ("hide", "restrict")


@pytest.mark.parametrize("how", HIDDEN)
def test_columns_of_a_hidden_version_are_neither_found_nor_suggested(desk: Desk, how: str) -> None:
    desk.keep("permits", "id", "cost", "zone")
    before = public_view(desk)
    desk.keep("permits", "id", "cost", "zone", "applicantname")
    assert desk.names("applicantname") == ["permits"]
    reviewing.withdraw(
        desk.archive, "permits", version="v2", how=how, reason="names", authority="library"
    )
    assert public_view(desk) == before
    staff = ["permits"] if how == "hide" else []
    assert desk.names("applicantname", Viewer.STAFF) == staff
    reviewing.let_out(desk.archive, "permits", "v2")
    assert desk.names("applicantname") == ["permits"]


def public_view(desk: Desk) -> object:
    """All that a reader can learn of a word that only a hidden version has."""
    found = []
    for words in ("applicantname", "aplicantname", "permits applicantname", "permits"):
        answer = desk.ask(words)
        hits = [(h.dataset, h.versions, h.newest_seen_at, h.why) for h in answer.hits]
        found.append((hits, answer.corrections, answer.unknown, answer.facets, answer.total))
    return found


def test_columns_of_what_is_held_are_for_staff(desk: Desk) -> None:
    desk.keep("permits", "id", "cost", "zone", "street", "ward")
    before = public_view(desk)
    assert desk.keep("permits", "id", "applicantname") == "surprising"
    assert public_view(desk) == before
    assert desk.names("applicantname", Viewer.STAFF) == ["permits"]
    reviewing.release(desk.archive, "permits", accept=True)
    assert desk.names("applicantname") == ["permits"]


def test_a_withdrawn_dataset_is_found_by_its_label_and_tells_no_more(desk: Desk) -> None:
    desk.keep("permits", "id", "applicantname")
    describe(
        desk.archive, "permits",
        {Field.DESCRIPTION: ["Of whom we know"], Field.PUBLISHER: ["Court"], Field.PLACE: ["Mill"]},
    )  # fmt: skip
    reviewing.withdraw(
        desk.archive, "permits", version=None, how="hide", reason="court order", authority="court"
    )
    (hit,) = desk.ask("permits").hits
    assert hit.state is State.WITHDRAWN
    assert hit.withdrawn is not None
    assert (hit.withdrawn.reason, hit.withdrawn.how) == ("court order", "hide")
    assert (hit.title, hit.publisher, hit.places) == ("Permits", "Court", ("Mill",))
    assert (hit.versions, hit.newest_seen_at, hit.first_seen_at, hit.checked_at) == (None,) * 4
    assert (hit.description, hit.formats) == ("", ())
    assert desk.names("applicantname") == []
    assert desk.names("whom") == []
    facets = {f.name: {v.value: v.count for v in f.values} for f in desk.ask("").facets}
    assert facets["state"] == {"withdrawn": 1}
    assert "format" not in facets
    staff = desk.ask("applicantname", Viewer.STAFF).hits[0]
    assert (staff.state, staff.versions, staff.description) == (
        State.WITHDRAWN, 1, "Of whom we know",
    )  # fmt: skip


def test_of_what_is_destroyed_no_column_stays_in_the_index_file(desk: Desk) -> None:
    desk.keep("other", "id", "cost")
    desk.keep("permits", "id", "canarycolumn")
    assert desk.names("canarycolumn") == ["permits"]
    destroyed(desk.archive, "permits", version=None, reason="law", authority="court")
    for viewer in Viewer:
        assert desk.names("canarycolumn", viewer) == []
    assert desk.names("cost") == ["other"]
    left = index_bytes(desk.archive)
    # the journal says which columns were looked at for a key; that is not the index's to forget
    events = desk.archive.index.connection.execute("SELECT body FROM event").fetchall()
    assert left.count(b"canarycolumn") == sum(row[0].count("canarycolumn") for row in events)


def index_bytes(archive: Archive) -> bytes:
    return b"".join(f.read_bytes() for f in archive.root.glob("index.sqlite3*"))


def test_hits_stand_in_the_order_asked_for(desk: Desk) -> None:
    for name in ("gamma", "alpha", "beta"):
        desk.keep(name, "id", "shared")
    desk.keep("gamma", "id", "shared", rows=31)
    order = {
        sort: [h.dataset for h in desk.ask("shared", sort=sort).hits]
        for sort in (Sort.TITLE, Sort.CHANGED, Sort.NEW)
    }
    assert order == {
        Sort.TITLE: ["alpha", "beta", "gamma"],
        Sort.CHANGED: ["gamma", "beta", "alpha"],
        Sort.NEW: ["beta", "alpha", "gamma"],
    }


def test_a_library_has_words_of_its_own(desk: Desk) -> None:
    desk.keep("bus-ridership", "id", "boardings")
    assert desk.names("the loop") == []
    own = desk.archive.root / "synonyms.csv"
    own.write_text("english,spanish\nbus; the loop,autobús; el circuito\n", encoding="utf-8")
    assert desk.names("the loop") == desk.names("el circuito") == ["bus-ridership"]
    own.write_text("bus; the loop\nautobus\n", encoding="utf-8")
    with pytest.raises(InputRefused):
        desk.ask("the loop")


def test_an_unknown_facet_is_refused(desk: Desk) -> None:
    with pytest.raises(InputRefused):
        desk.ask("", filters={"quality": ["5 stars"]})


def test_an_unchanged_check_writes_nothing_of_search_or_registers(desk: Desk) -> None:
    desk.keep("permits", "id", "cost")
    run = desk.archive.index.connection
    tables = ("search_document", "search_card", "register_entry", "statement")
    before = {t: run.execute(f"SELECT * FROM {t}").fetchall() for t in tables}
    assert desk.keep("permits", "id", "cost") == "unchanged"
    after = {t: run.execute(f"SELECT * FROM {t}").fetchall() for t in tables}
    assert after == before  # ids too: no row was made anew


def test_an_index_of_a_program_without_search_is_brought_up(desk: Desk) -> None:
    desk.keep("permits", "id", "cost")
    desk.keep("permits", "id", "cost", rows=31)
    answer = desk.ask("cost")
    make_old(desk.archive.index)
    desk.archive.index.close()
    archive = open_archive(desk.archive.root, clock=desk.clock)
    assert archive.is_behind
    bring_up(archive)
    assert not archive.is_behind
    assert search(archive, "cost", viewer=Viewer.PUBLIC) == answer


def make_old(index: Index) -> None:
    """The index as the first migration left it: what came later was never there."""
    run = index.connection
    for audience in ("public", "staff"):
        for kind in ("words", "plain", "english"):
            run.execute(f"DROP TABLE search_{audience}_{kind}")
    for table in (
        "search_document",
        "search_card",
        "register_entry",
        "statement",
        "shelf",
        "shelved",
        "source",
        "member",
    ):
        run.execute(f"DROP TABLE {table}")
    for (name,) in run.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'resource_source_%'"
    ).fetchall():
        run.execute(f"DROP INDEX {name}")
    for column in ("role", "source", "member"):
        run.execute(f"ALTER TABLE resource DROP COLUMN {column}")
    for column in ("clock_back_from", "withdrawn_at", "withdrawn_why", "partial"):
        run.execute(f"ALTER TABLE version DROP COLUMN {column}")
    run.execute("DELETE FROM django_migrations WHERE app = 'catalog' AND name != '0001_initial'")
    run.execute("PRAGMA user_version = 1")


def test_a_rebuild_answers_the_same(desk: Desk) -> None:
    desk.keep("permits", "id", "WorkType", "zone")
    desk.keep("permits", "id", "PermitKind", "zone")
    desk.keep("secret", "id", "applicantname")
    reviewing.withdraw(
        desk.archive, "secret", version=None, how="hide", reason="names", authority="library"
    )
    asked = [(w, v) for w in ("", "work type", "applicantname") for v in Viewer]
    before = [desk.ask(words, viewer) for words, viewer in asked]
    archive = open_archive(desk.archive.root, clock=desk.clock)
    rebuild(archive, None)
    assert [search(archive, words, viewer=viewer) for words, viewer in asked] == before

"""Copies of a portal's list that others made, taken in later: as if they had come in their time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verticalfile.catalog.register_lines import Register
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import Checked, collect
from verticalfile.services.collecting.rounds import follow_up
from verticalfile.services.gathering.deciding import join, tell_apart, undecided
from verticalfile.services.gathering.recorded import past_members
from verticalfile.services.gathering.sightings import members_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.rights_said import periods
from verticalfile.services.known.selection import Selection
from verticalfile.services.known.statements import description_of
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.telling.registers import lately, told
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.kind import Recognised
from verticalfile.sources.membership import dump
from verticalfile.town.portals.serving import Answer, PortalServer, Request

BEGAN = datetime(2026, 1, 5, 6, tzinfo=UTC)


class ListSite:
    """A site with a `data.json` and nothing else."""

    def __init__(self) -> None:
        self.body = a_list({})

    def answer(self, request: Request) -> Answer | None:
        return Answer(self.body) if request.path == "/data.json" else None


def a_list(titles: Mapping[str, str]) -> bytes:
    """A list of `{identifier: title}`; each has a file whose address follows its title."""
    datasets = [
        {
            "identifier": identifier, "title": title, "issued": f"2015 {title}",
            "license": "https://county.example.org/licence-of-"
            + ("now" if identifier.startswith("https") else "then"),
            "distribution": [{
                "downloadURL": f"https://data.example.org/{title.lower().replace(' ', '-')}.csv",
                "mediaType": "text/csv",
            }],
        }
        for identifier, title in titles.items()
    ]  # fmt: skip
    return json.dumps({"dataset": datasets}).encode()


@dataclass
class Watched:
    """An archive that follows the site; copies are files with dates in their names."""

    folder: Path
    site: ListSite
    server: PortalServer
    parts: int = 0
    clock: SetClock = field(default_factory=lambda: SetClock(BEGAN))

    def __post_init__(self) -> None:
        self.archive = archives.init(self.folder / "archive", clock=self.clock)
        location = f"{self.server.home}data.json"
        recognised = Recognised("dcat-us", location, "A county")
        self.listing = add_source(self.archive, recognised, Selection(), name="county")

    def look(self, titles: Mapping[str, str], days: float) -> Checked:
        """Our own look at the list, so many days after we began."""
        self.clock.move_to(BEGAN + timedelta(days=days))
        self.site.body = a_list(titles)
        rules = Rules(allow_private=True, extra_ports=frozenset({self.server.port}))
        (checked,) = collect(
            self.archive, [self.listing], fetching=Fetching(rules, sleep=lambda _: None)
        )
        return checked

    def fill(self, copies: Sequence[tuple[float, Mapping[str, str]]]) -> backfill.Filled:
        """Copies of so many days before or after we began."""
        self.parts += 1
        folder = self.folder / f"copies-{self.parts}"
        folder.mkdir()
        for days, titles in copies:
            name = (BEGAN + timedelta(days=days)).strftime("%Y%m%dT%H%M%SZ.json")
            (folder / name).write_bytes(a_list(titles))
        return backfill.from_folder(self.archive, lambda: self.listing, folder)

    @property
    def members(self) -> dict[str, tuple[str, str, str]]:
        """By title: state, dataset, key."""
        lines = SourceLines(self.archive.index).members(self.listing.id)
        return {m.title: (m.state, m.dataset, m.member) for m in lines if m.state != "joined"}

    def known(self) -> object:
        """All that is known of the members, and what the index shows of it."""
        source = SourceLines(self.archive.index).of(self.listing.id)
        assert source is not None
        lines = SourceLines(self.archive.index).members(self.listing.id)
        shown = [(m.member, m.title, m.state, m.since, m.record) for m in lines]
        return dump(members_of(self.archive, source)), shown


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    site = ListSite()
    with PortalServer(site) as server:
        yield Watched(folder, site, server)


NOW = {f"https://county.example.org/maps/{n}": f"Map {n}" for n in range(8)}
THEN = {f"http://county.example.org/datasets/{n}": f"Map {n}" for n in range(8)}
GONE = {"http://county.example.org/datasets/trees": "Old Trees"}


def test_an_older_list_tells_what_was_there_and_is_gone(tmp_path: Path) -> None:
    with watched(tmp_path) as county:
        for day in (0, 1, 5, 9):
            county.look(NOW, day)
        before = county.members, county.archive.index.resources()
        county.fill([(-400, THEN | GONE), (-300, THEN | GONE), (-200, THEN)])
        after = county.members
        files = county.archive.index.resources()
        (gone,) = lately(county.archive, (Register.VANISHED,)).entries
        source = SourceLines(county.archive.index).of(county.listing.id)
        assert source is not None
        (past,) = past_members(county.archive, source)
        counted = rebuild(county.archive, None), county.members, county.archive.index.resources()
    assert {t: (s, d) for t, (s, d, _) in before[0].items()} == {
        t: (s, d) for t, (s, d, _) in after.items() if t != "Old Trees"
    }, "what is held goes on under its name"
    assert after["Old Trees"][:2] == ("vanished", "")
    assert [(r.id, r.name, r.location) for r in files] == [
        (r.id, r.name, r.location) for r in before[1]
    ]
    keys = {dataset: key for _, dataset, key in after.values() if dataset}
    assert {r.dataset: r.member for r in files if r.member} == keys, "files go with their member"
    assert (gone.named, gone.copies, gone.dataset) == ("Old Trees", True, "county")
    assert gone.last_seen_at == BEGAN - timedelta(days=300)
    assert gone.at == BEGAN - timedelta(days=200)
    assert "Known from copies that another archive made" in told(gone, UTC)
    assert past.line.title == "Old Trees"
    assert counted[1:] == (after, files), "a rebuild comes to the same"


def test_what_is_known_from_one_copy_vanishes_by_our_own_looks_alone(tmp_path: Path) -> None:
    """Between the copy and our first look nobody looked: so much is known of when it went."""
    with watched(tmp_path) as county:
        county.fill([(-400, THEN | GONE)])
        county.look(NOW, 0)
        assert county.members["Old Trees"][0] == "missing"
        county.look(NOW, 4)
        county.look(NOW, 8)
        (gone,) = lately(county.archive, (Register.VANISHED,)).entries
    assert (gone.last_seen_at, gone.at) == (BEGAN - timedelta(days=400), BEGAN)
    assert gone.copies


def test_our_first_look_is_not_held_against_what_others_saw_years_before(tmp_path: Path) -> None:
    with watched(tmp_path) as county:
        few = dict(list(NOW.items())[:3])
        county.look(few, 0)
        county.fill([(-900, THEN)])
        assert not undecided(county.archive, "county").suspect
        assert [s for s, _, _ in county.members.values()].count("present") == 3
        fewer = county.look({}, 2)
    assert "suspect (empty)" in fewer.said, "later ones are held against our own"


def test_an_empty_copy_of_a_list_is_not_believed(tmp_path: Path) -> None:
    with watched(tmp_path) as county:
        county.look(NOW, 0)
        county.fill([(-400, THEN), (-300, {}), (-200, THEN)])
        assert {s for s, _, _ in county.members.values()} == {"present"}
        (suspect,) = lately(county.archive, (Register.SUSPECT,)).entries
    assert (suspect.lost, suspect.of, suspect.ended_by) == (8, 8, "came back")
    assert suspect.copies


def test_what_a_person_decided_stays(tmp_path: Path) -> None:
    other = {"https://county.example.org/maps/plows": "Snow Plows"}
    with watched(tmp_path) as county:
        county.look(NOW | GONE, 0)
        county.look(NOW | other, 1)
        join(county.archive, "county", "snow-plows", "old-trees")
        county.look(NOW | other, 2)
        county.fill([(-400, THEN | GONE), (-300, THEN)])
        assert county.members["Snow Plows"][:2] == ("present", "old-trees")
        tell_apart(county.archive, "county", "snow-plows", "old-trees")
        county.fill([(-500, THEN)])
        states = {t: s for t, (s, _, _) in county.members.items()}
        known = county.known()
        rebuild(county.archive, None)
        assert county.known() == known
    assert (states["Old Trees"], states["Snow Plows"]) == ("missing", "present")


def test_two_that_older_lists_would_join_stay_apart_where_a_person_said_so(tmp_path: Path) -> None:
    """Without the copy between them, nothing tells that the one became the other."""
    one = {"https://county.example.org/a": "Old Trees"}
    two = {"https://county.example.org/b": "Street Trees"}
    between = {"https://county.example.org/b": "Old Trees"}
    with watched(tmp_path) as county:
        county.look(NOW | one, 0)
        county.look(NOW | two, 3)
        assert county.members["Street Trees"][1] == "street-trees"
        tell_apart(county.archive, "county", "street-trees", "old-trees")
        county.fill([(2, NOW | between)])
        states = {title: (s, d) for title, (s, d, _) in county.members.items()}
        county.look(NOW | two, 4)
        after = {title: (s, d) for title, (s, d, _) in county.members.items()}
    assert states["Street Trees"] == after["Street Trees"] == ("present", "street-trees")
    assert states["Old Trees"] == ("missing", "old-trees")


def test_a_following_that_was_stopped_half_way_is_done_again(tmp_path: Path) -> None:
    """It begins by taking away what was shown: whoever is killed then leaves nothing followed."""
    with watched(tmp_path) as county:
        for day in (0, 4, 9):
            county.look(NOW, day)
        county.fill([(-400, THEN | GONE)])
        expected, files = county.known(), county.archive.index.resources()
        lines = SourceLines(county.archive.index)
        with county.archive.index.writing():
            lines.forget_followed(county.listing.id)
            lines.forget_members(county.listing.id)
        follow_up(county.archive)
        assert (county.known(), county.archive.index.resources()) == (expected, files)


def test_what_was_said_of_a_dataset_in_older_lists_is_told_with_its_dates(tmp_path: Path) -> None:
    with watched(tmp_path) as county:
        county.look(NOW, 0)
        county.fill([(-400, THEN)])
        then = BEGAN - timedelta(days=400)
        said = description_of(county.archive, "map-3").title["en"]
        assert (said.value, said.since) == ("Map 3", then)
        first, second = periods(county.archive, "map-3")
        assert [(p.first_seen, [s.raw for s in p.said]) for p in (first, second)] == [
            (then, ["https://county.example.org/licence-of-then"]),
            (BEGAN, ["https://county.example.org/licence-of-now"]),
        ]


ENTRIES = {f"{s}://county.example.org/{p}/{n}": f"Map {n}" for n in range(4) for s, p in (("http", "datasets"), ("https", "maps"))}  # fmt: skip
lists = st.dictionaries(
    st.sampled_from(sorted(ENTRIES)), st.just(""), min_size=1, max_size=6
).map(lambda found: {identifier: ENTRIES[identifier] for identifier in found})  # fmt: skip


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_in_whatever_order_older_lists_come_in_the_end_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    own = [(float(day), data.draw(lists)) for day in (0, 1, 4, 9)]
    copies = [(day, data.draw(lists)) for day in (-700.5, -600.5, -30.5, 0.5, 5.5)]
    order = data.draw(st.permutations(range(len(copies))))
    cut = data.draw(st.integers(1, len(copies) - 1))
    early = data.draw(st.integers(0, len(own)))  # of our own looks, before the first part comes in

    folder = tmp_path_factory.mktemp("in-order")
    with watched(folder) as county:
        for day, titles in sorted([*own, *copies], key=lambda each: each[0]):
            if (day, titles) in own:
                county.look(titles, day)
            else:
                county.fill([(day, titles)])
        expected = county.known()
    folder = tmp_path_factory.mktemp("as-they-came")
    with watched(folder) as county:  # where it stands is no part of what is known
        for day, titles in own[:early]:
            county.look(titles, day)
        county.fill([copies[n] for n in order[:cut]])
        for day, titles in own[early:]:
            county.look(titles, day)
        county.fill([copies[n] for n in order[cut:]])
        assert county.known() == expected
        rebuild(county.archive, None)
        assert county.known() == expected

"""The numbered traps of harvesting that fool collectors; a naive one beside us falls into each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from portals_of_the_past import NaiveCollector, naive

from verticalfile.kernel.errors import InputRefused
from verticalfile.sources.identity import entry_of_dcat
from verticalfile.sources.membership import (
    Accept,
    Changed,
    Decision,
    Different,
    Doubtful,
    How,
    Listing,
    Members,
    Missing,
    New,
    Outcome,
    Parted,
    Reached,
    Rekeyed,
    Released,
    Returned,
    Same,
    State,
    Step,
    Suspect,
    ToldApart,
    Touched,
    Undo,
    Unproved,
    Unreached,
    Vanished,
    Why,
    copies,
    fold,
    step,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
HOST = "https://data.alderfalls.example.gov"


def record(number: int, **changed: object) -> dict[str, object]:
    """A record as an ArcGIS Hub lists it."""
    name = f"{number:032x}"
    return {
        "identifier": f"{HOST}/datasets/{name}_0",
        "title": f"Layer {number}",
        "issued": f"2020-01-01T00:00:{number % 60:02}.{number:03}Z",
        "modified": "2026-01-01",
        "publisher": {"name": "City of Alder Falls"},
        "distribution": [
            {"accessURL": f"https://gis.example.gov/arcgis/rest/services/L{number}/FeatureServer/0"}
        ],
    } | changed


def on(day: float, records: Sequence[dict[str, object]], *, proved: bool = True) -> Listing:
    entries = tuple(entry_of_dcat(each) for each in records)
    return Listing(START + timedelta(days=day), entries, proved=proved)


def failed(day: float, outcome: Outcome) -> Listing:
    return Listing(START + timedelta(days=day), outcome=outcome, reason="no answer")


def lived(*events: Listing | Decision) -> Step:
    return fold(Members(), events)


def kinds(done: Step, kind: type) -> list:
    return [finding for finding in done.findings if isinstance(finding, kind)]


def by_naive(*events: Listing | Decision) -> NaiveCollector:
    return naive([event for event in events if isinstance(event, Listing)])


def states(done: Step) -> set[State]:
    return {member.state for member in done.members.by_key.values()}


TEN = [record(number) for number in range(10)]
HUNDRED = [record(number) for number in range(120)]


def test_trap_1_an_empty_catalog_changes_nothing_and_recovers_without_new_members():
    events = [on(0, TEN), *(on(day, []) for day in range(1, 30)), on(30, TEN)]
    done = lived(*events)
    assert states(done) == {State.PRESENT}
    assert len(kinds(done, New)) == len(done.members.by_key) == 10
    assert len(kinds(done, Suspect)) == 29
    assert {found.why for found in kinds(done, Suspect)} == {Why.EMPTY}
    assert [found.how for found in kinds(done, Released)] == ["came back"]
    assert not kinds(done, Missing)
    assert len(by_naive(*events).deleted) == 10


def test_trap_1_a_cut_listing_with_some_of_them_gainsays_the_empty_ones():
    """Found by the state machine: seen on day 50 in part, they had been called absent since day 1."""
    cut = on(50, rekeyed(TEN[:2], "https:", "http:"), proved=False)
    events = [on(0, TEN), *(on(day, []) for day in range(1, 50)), cut]
    done = lived(*events, *(on(day, []) for day in range(51, 80)))
    assert states(done) == {State.PRESENT}
    assert by_naive(*events).deleted
    ended = lived(*events, *(on(day, []) for day in range(51, 125)))
    assert {found.since for found in kinds(ended, Vanished)} == {START + timedelta(days=51)}


def test_trap_2_a_portal_that_ended_is_vanished_only_after_many_days_of_it():
    events = [on(0, TEN), *(on(day, []) for day in range(1, 70))]
    before = lived(*events[:61])
    assert states(before) == {State.PRESENT}
    done = lived(*events)
    assert states(done) == {State.VANISHED}
    assert {found.since for found in kinds(done, Vanished)} == {START + timedelta(days=1)}
    assert len(done.members.by_key) == 10
    assert by_naive(*events[:2]).deleted  # on the first day


def test_trap_3_unproved_listings_add_and_update_and_make_nothing_missing():
    changed = record(3, description="of 2026")
    events = [
        on(0, TEN),
        *(on(day, [changed, record(20)], proved=False) for day in range(1, 30)),
    ]
    done = lived(*events)
    assert states(done) == {State.PRESENT}
    assert len(done.members.by_key) == 11
    assert len(kinds(done, Changed)) == 1
    assert kinds(done, Unproved)[0].share_0to1 == pytest.approx(2 / 11)
    assert len(by_naive(*events).deleted) == 9


def test_trap_4_a_constant_count_with_other_members_is_unstable_and_nothing_vanishes():
    """A feed cut at 120 of 160, in an order that changes: as 12b-17097 in 2019."""
    all_there = [record(number) for number in range(160)]
    one, other = all_there[:120], all_there[40:]
    swaps = [on(7 * week, other if week % 2 else one) for week in range(20)]
    done = lived(*swaps, on(141, all_there))
    assert states(done) == {State.PRESENT}
    assert {found.why for found in kinds(done, Suspect)} == {Why.UNSTABLE}
    assert not kinds(done, Vanished)
    assert len(done.members.by_key) == 160
    assert len(by_naive(*swaps).deleted) == 19 * 40


def test_trap_4_a_smaller_swap_at_a_constant_count_proves_nothing_either():
    one = HUNDRED[:105]
    other = [*HUNDRED[15:]]
    events = [on(0, one), *(on(day, other) for day in range(1, 20))]
    done = lived(*events)
    assert states(done) == {State.PRESENT}
    assert len(done.members.by_key) == 120
    assert kinds(done, Unproved)[0].reason == Why.UNSTABLE
    assert len(by_naive(*events).deleted) == 15


@pytest.mark.parametrize("size", [999, 1000, 2000, 100, 500])
def test_trap_5_a_round_number_of_entries_proves_nothing(size: int):
    many = [record(number) for number in range(size + 3)]
    events = [on(0, many), *(on(day, many[:size]) for day in range(1, 20))]
    done = lived(*events)
    assert states(done) == {State.PRESENT}
    assert "page limit" in kinds(done, Unproved)[0].reason
    assert len(by_naive(*events).deleted) == 3


def test_trap_5_a_round_number_that_the_portal_itself_tells_is_believed():
    many = [record(number) for number in range(1003)]
    listings = [on(0, many), *(on(day, many[:1000]) for day in range(1, 20))]
    told = [replace(each, declared=len(each.entries)) for each in listings]
    assert [found.key for found in kinds(lived(*told), Vanished)]


def test_a_portal_that_lies_about_its_count_proves_nothing():
    lying = [replace(on(day, TEN[:8]), declared=10) for day in range(1, 20)]
    done = lived(on(0, TEN), *lying)
    assert states(done) == {State.PRESENT}
    assert "the portal says 10, 8 came" in kinds(done, Unproved)[0].reason


def rekeyed(records: Sequence[dict[str, object]], *old_and_new: str) -> list[dict[str, object]]:
    return [
        each | {"identifier": str(each["identifier"]).replace(*old_and_new)} for each in records
    ]


def slugged(records: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """As Hub did on 2022-01-30: the item's id gives way to a slug of the title."""
    return [
        each
        | {
            "identifier": f"{HOST}/datasets/AF::{str(each['title']).lower().replace(' ', '-')}",
        }
        for each in records
    ]


def joined_after(before: list[dict[str, object]], after: list[dict[str, object]]) -> Step:
    """Held when it comes, joined when it has been the same on three checks over three days."""
    events = [on(0, before), *(on(day, after) for day in range(1, 5))]
    done = lived(*events)
    assert len(kinds(done, Suspect)) == 3
    assert [found.how for found in kinds(done, Released)] == ["repeated"]
    worse = by_naive(*events)
    assert len(worse.deleted) >= 10
    assert len(worse.started) >= 20
    return done


def test_trap_6_http_that_becomes_https_joins_one_to_one():
    done = joined_after(rekeyed(TEN, "https:", "http:"), TEN)
    assert len(done.members.by_key) == len(kinds(done, New)) == 10
    assert {found.how for found in kinds(done, Rekeyed)} == {How.SPELLING}
    assert len({found.key for found in kinds(done, Rekeyed)}) == 10


def test_trap_7_item_ids_that_become_slugs_join_by_service_then_title():
    documents = [record(number, distribution=[]) for number in range(10, 15)]
    done = joined_after([*TEN, *documents], slugged([*TEN, *documents]))
    hows = [found.how for found in kinds(done, Rekeyed)]
    assert (hows.count(How.SERVICE), hows.count(How.TITLE)) == (10, 5)
    assert len(done.members.by_key) == 15


def test_trap_7_what_is_ambiguous_waits_for_a_person_and_is_collected_meanwhile():
    twins = [record(number, title="Parcels", issued="", distribution=[]) for number in (20, 21)]
    new = [
        record(20, identifier=f"{HOST}/datasets/AF::parcels-{n}", title="Parcels", issued="",
               distribution=[])
        for n in (1, 2)
    ]  # fmt: skip
    done = lived(on(0, [*TEN, *twins]), on(1, [*TEN, *new]))
    assert not kinds(done, Rekeyed)
    assert [len(doubt.candidates) for doubt in kinds(done, Doubtful)] == [2, 2]
    assert len(done.members.by_key) == 14


def test_trap_7_two_layers_with_one_service_and_title_are_not_told_by_them():
    place = [{"accessURL": "https://gis.example.gov/arcgis/rest/services/Parcels/MapServer/1"}]
    twins = [
        record(n, title="Parcels", issued=None, distribution=place) for n in (20, 21)
    ]  # fmt: skip
    renamed = [twins[0] | {"identifier": f"{HOST}/datasets/AF::parcels-{n}"} for n in (1, 2)]
    done = lived(on(0, [*TEN, *twins]), on(1, [*TEN, *renamed]))
    assert not kinds(done, Rekeyed)
    assert len(kinds(done, Doubtful)) == 2


def test_an_unproved_listing_joins_nothing_by_service_or_title():
    """The older one may well be in the part that was not shown."""
    done = lived(on(0, TEN), on(1, slugged(TEN[:2]), proved=False))
    assert not kinds(done, Rekeyed)
    assert len(kinds(done, Doubtful)) == 2
    both = fold(done.members, [on(2, [*TEN, *slugged(TEN[:2])])])
    assert len(kinds(both, ToldApart)) == 2


def test_trap_8_one_identifier_for_nine_layers_is_nine_members_in_any_order():
    nine = [
        record(n, identifier=f"{HOST}/datasets/AF::basemap-undefined", title=f"Base {n % 3}")
        for n in range(9)
    ]
    done = lived(on(0, nine), on(1, nine[::-1]), on(2, nine[3:] + nine[:3]))
    assert len(done.members.by_key) == 9
    assert {type(found) for found in done.findings} == {New}
    rest = fold(done.members, [on(day, nine[:8]) for day in range(3, 12)])
    assert [m.state for m in rest.members.by_key.values()].count(State.VANISHED) == 1
    assert len(by_naive(on(0, nine)).held) == 1


def test_trap_9_datasets_that_becomes_maps_is_the_same_dataset():
    done = joined_after(slugged(TEN), rekeyed(slugged(TEN), "/datasets/", "/maps/"))
    assert {found.how for found in kinds(done, Rekeyed)} == {How.SPELLING}
    assert len(done.members.by_key) == 10


def test_trap_9_a_slug_that_is_given_to_another_dataset_joins_nothing():
    slug = {"identifier": f"{HOST}/datasets/AF::overlay-1", "title": "Wetland"}
    other = {"identifier": f"{HOST}/maps/AF::overlay-1", "title": "Floodplain"}
    done = lived(on(0, [*TEN, record(30, **slug)]), on(1, [*TEN, record(31, **other)]))
    assert not kinds(done, Rekeyed)
    assert len(kinds(done, Doubtful)) == 1
    retitled = record(30, **other)  # the same service: an edited title
    done = lived(on(0, [*TEN, record(30, **slug)]), on(1, [*TEN, retitled]))
    assert [found.how for found in kinds(done, Rekeyed)] == [How.SPELLING]


def test_trap_76_a_title_told_twice_joins_by_its_moment_of_issue_unless_services_differ():
    one, other = record(40, title="Footprint"), record(41, title="Footprint")
    moved = {"identifier": f"{HOST}/datasets/AF::footprint"}
    bare = lived(
        on(0, [*TEN, one, other]), on(1, [*TEN, one, other | moved | {"distribution": []}])
    )
    assert [found.how for found in kinds(bare, Rekeyed)] == [How.TITLE]
    elsewhere = other | moved | {"distribution": record(42)["distribution"]}
    done = lived(on(0, [*TEN, one, other]), on(1, [*TEN, one, elsewhere]))
    assert not kinds(done, Rekeyed)
    assert len(kinds(done, Doubtful)) == 1


def test_an_identifier_that_comes_back_is_the_member_that_had_it():
    bare = record(1, identifier="old", distribution=[], issued=None, title="Budget 2026")
    back = bare | {"title": "Budget of 2026, amended"}
    events = [on(0, [*TEN, bare]), on(1, [*TEN, bare | {"identifier": "new"}]), on(2, [*TEN, back])]
    done = lived(*events)
    assert [found.how for found in kinds(done, Rekeyed)] == [How.TITLE, How.FORMER]
    assert len(done.members.by_key) == 11
    assert len(by_naive(*events).started) == 13
    both = fold(done.members, [on(3, [*TEN, back, bare | {"identifier": "new"}])])
    assert [d.candidates[0].how for d in kinds(both, Doubtful)] == [How.FORMER]  # was it one?


def test_trap_10_what_vanishes_returns_and_vanishes_has_one_history_with_two_gaps():
    there, gone = TEN, TEN[:8]
    events = [
        on(0, there),
        *(on(day, gone) for day in range(1, 20)),
        on(20, there),
        *(on(day, gone) for day in range(21, 40)),
        on(40, there),
    ]
    done = lived(*events)
    twice = [m for m in done.members.by_key.values() if m.gaps]
    assert len(done.members.by_key) == 10
    assert [[(g.since - START).days for g in m.gaps] for m in twice] == [[1, 21], [1, 21]]
    assert [[(g.until - START).days for g in m.gaps] for m in twice] == [[20, 40], [20, 40]]
    assert all(gap.vanished for member in twice for gap in member.gaps)
    assert len(kinds(done, Vanished)) == 4
    assert len(by_naive(*events).started) == 14


def test_trap_13_a_listing_of_what_changed_lately_is_not_one_of_all():
    recent = [replace(on(day, TEN[:2]), proved=False) for day in range(1, 30)]
    done = lived(on(0, TEN), *recent)
    assert states(done) == {State.PRESENT}
    assert by_naive(on(0, TEN), *recent).deleted


def test_trap_14_an_entry_added_again_continues_its_record():
    events = [on(0, TEN), *(on(day, TEN[1:]) for day in range(1, 12)), on(12, TEN)]
    done = lived(*events)
    assert len(kinds(done, New)) == 10
    assert [found.had_vanished for found in kinds(done, Returned)] == [True]
    assert len(by_naive(*events).started) == 11


def test_trap_15_the_same_record_twice_is_one_and_a_second_run_changes_nothing():
    twice = [*TEN, *TEN[:4]]
    first = step(Members(), on(0, twice))
    assert len(first.members.by_key) == 10
    assert first.keys[:4] == first.keys[10:]
    naive = [each["title"] for each in twice]  # a dataset a line
    assert len(naive) == 14
    again = step(first.members, on(1, twice[::-1]))
    assert again.findings == ()


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BLOCKED, Outcome.CLOSED])
def test_traps_16_36_and_65_a_source_that_cannot_be_listed_changes_no_member(outcome: Outcome):
    events = [on(0, TEN), *(failed(day, outcome) for day in range(1, 90)), on(90, TEN)]
    done = lived(*events)
    assert states(done) == {State.PRESENT}
    told = kinds(done, Unreached)
    assert [found.times for found in told] == list(range(1, 90))  # one a try, not one a dataset
    assert kinds(done, Reached)[0].since == START + timedelta(days=1)
    assert len(by_naive(*events).deleted) == 10


def test_trap_25_a_tick_of_modified_is_a_touch_and_no_change():
    ticked = [each | {"modified": "2026-03-09"} for each in TEN]
    done = lived(on(0, TEN), on(7, ticked))
    assert len(kinds(done, Touched)) == 10
    assert not kinds(done, Changed)
    assert len(by_naive(on(0, TEN), on(7, ticked)).new_versions) == 10


def test_trap_26_a_known_portal_that_answers_with_nothing_is_suspect_even_unproved():
    done = lived(on(0, TEN), on(1, [], proved=False))
    assert [found.why for found in kinds(done, Suspect)] == [Why.EMPTY]


def test_traps_44_and_76_renumbered_layers_and_titles_told_twice_join_nothing():
    """Minneapolis, 2022-04-17: each overlay moved by one layer, and each slug with it."""
    titles = ["Airport", "Shoreland", "Wetland", "Floodplain"]
    issued = "2021-03-23T20:34:06.000Z"

    def layers(prefix: str, shift: int) -> list[dict[str, object]]:
        place = "https://gis.example.gov/arcgis/rest/services/overlay/FeatureServer"
        return [
            record(0, identifier=f"{HOST}/{prefix}::{title.lower()}-{shift}", title=title,
                   issued=issued, distribution=[{"accessURL": f"{place}/{n + shift}"}])
            for n, title in enumerate(titles)
        ]  # fmt: skip

    events = [on(0, layers("datasets/AF", 1)), on(1, layers("maps/AF", 2))]
    done = lived(*events)
    assert len(by_naive(*events).deleted) == 4
    for found in kinds(done, Rekeyed):
        assert found.before.title == found.after.title
    parcels = [record(n, title="Parcels", distribution=[], issued="") for n in (1, 2)]
    moved = slugged(parcels[:1])
    done = lived(on(0, parcels), on(1, [parcels[1], *moved]))
    assert not kinds(done, Rekeyed)
    assert len(kinds(done, Doubtful)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"issued": "2024-05-05T00:00:00.000Z"},
        {"issued": None},
        {"distribution": []},
        {"distribution": [], "issued": None},
    ],
)
def test_trap_76_a_namesake_by_the_same_publisher_waits_for_a_person(other: dict[str, object]):
    events = [on(0, TEN), on(1, [*TEN[1:], record(77, title="Layer 0", **other)])]
    done = lived(*events)
    assert not kinds(done, Rekeyed)
    assert len(kinds(done, Doubtful)) == 1
    assert len({each.evidence.title for listing in events for each in listing.entries}) == 10


def test_a_title_with_its_publisher_joins_where_nothing_else_could_have_spoken():
    bare = record(1, identifier="old", distribution=[], issued=None, title="Budget 2026")
    done = lived(on(0, [*TEN, bare]), on(1, [*TEN, bare | {"identifier": "new"}]))
    assert [found.how for found in kinds(done, Rekeyed)] == [How.TITLE]
    elsewhere = bare | {"identifier": "new", "publisher": {"name": "Another"}}
    assert not kinds(lived(on(0, [*TEN, bare]), on(1, [*TEN, elsewhere])), Rekeyed)


def test_trap_77_one_dataset_in_three_catalogs_is_linked_and_not_merged():
    shown = {
        source: [(f"{source}-{n}", entry_of_dcat(record(n, **more)).evidence) for n in numbers]
        for source, numbers, more in (
            ("city", (1, 2), {}),
            ("county", (2, 3), {"publisher": "The county's hub"}),
            ("state", (2,), {"identifier": "harvested-1"}),
        )
    }
    naive = {key for held in shown.values() for key, _ in held}
    assert len(naive) == 5
    assert copies(shown) == ((("city", "city-2"), ("county", "county-2"), ("state", "state-2")),)


def test_trap_78_an_identifier_object_and_a_record_told_in_two_places_are_one_entry():
    told = record(1, identifier={"@id": f"{HOST}/id/7", "schemaAgency": "City"})
    again = dict(told)
    plain = record(1, identifier=f"{HOST}/id/7")
    done = lived(on(0, [told, again]), on(1, [plain]))
    assert len(done.members.by_key) == 1
    naive = {str(each["identifier"]) for each in (told, plain)}
    assert len(naive) == 2
    assert not kinds(done, Rekeyed)
    assert not kinds(done, Missing)


def test_a_step_that_loses_a_fifth_is_held_and_one_within_the_allowance_is_not():
    allowed = lived(on(0, HUNDRED), on(1, HUNDRED[:96]))
    assert len(kinds(allowed, Missing)) == 24
    held = lived(on(0, HUNDRED), on(1, [*HUNDRED[:95], record(500)]))
    assert [found.why for found in kinds(held, Suspect)] == [Why.LOST]
    assert len(held.members.by_key) == 120  # what is new in it waits too
    assert not kinds(held, Missing)


def test_a_person_may_accept_a_suspect_listing_and_the_same_one_is_then_taken():
    less = on(1, HUNDRED[:60])
    accept = Accept(START + timedelta(days=1, hours=1), "Ana")
    done = lived(on(0, HUNDRED), less, accept, less)
    assert [found.how for found in kinds(done, Released)] == ["accepted"]
    assert len(kinds(done, Missing)) == 60
    other = lived(on(0, HUNDRED), less, accept, on(2, HUNDRED[60:]))
    assert not kinds(other, Missing)
    with pytest.raises(InputRefused):
        lived(on(0, TEN), accept)


def test_a_join_can_be_undone_and_is_never_made_again():
    before, after = TEN, [*TEN[1:], *slugged(TEN[:1])]
    done = lived(on(0, before), on(1, after))
    (join,) = kinds(done, Rekeyed)
    undo = Undo(START + timedelta(days=2), "Ana", join.key, join.after.identifier)
    parted = fold(done.members, [undo])
    (found,) = kinds(parted, Parted)
    older, newer = parted.members.by_key[join.key], parted.members.by_key[found.new_key]
    assert (older.state, older.entry.evidence) == (State.MISSING, join.before)
    assert (newer.state, newer.entry.evidence) == (State.PRESENT, join.after)
    later = fold(parted.members, [on(day, after) for day in range(3, 14)])
    assert not kinds(later, Rekeyed)
    assert later.members.by_key[join.key].state is State.VANISHED
    back = fold(later.members, [on(14, [*before, after[-1]])])
    assert [f.key for f in kinds(back, Returned)] == [join.key]


def doubtful_pair() -> tuple[Step, str, str]:
    moved = record(0, identifier=f"{HOST}/datasets/AF::renamed", title="Trees", issued="")
    done = lived(on(0, TEN), on(1, [*TEN[1:], moved]))
    (doubt,) = kinds(done, Doubtful)
    return done, doubt.key, doubt.candidates[0].key


def test_a_person_says_that_two_are_the_same_and_may_take_it_back():
    done, newer, older = doubtful_pair()
    moment = START + timedelta(days=2)
    same = fold(done.members, [Same(moment, "Ana", newer, older)])
    assert same.members.by_key[newer].state is State.JOINED
    assert same.members.by_key[newer].continues == older
    goes_on = same.members.by_key[older]
    assert goes_on.state is State.PRESENT
    assert goes_on.first_seen == START
    assert [name.how for name in goes_on.names] == [How.FIRST, How.PERSON]
    listed = [
        *TEN[1:],
        record(0, identifier=f"{HOST}/datasets/AF::renamed", title="Trees", issued=""),
    ]
    assert older in fold(same.members, [on(3, listed)]).keys
    back = fold(same.members, [Different(moment, "Ana", newer, older)])
    assert back.members.by_key[older].state is State.MISSING
    assert back.members.by_key[newer].state is State.PRESENT
    assert set(back.members.by_key) == set(done.members.by_key)
    renamed = f"{HOST}/datasets/AF::renamed"
    undone = fold(same.members, [Undo(moment, "Ana", older, renamed)])
    assert undone.members == back.members


def test_an_older_one_in_doubt_is_not_vanished_until_a_person_has_decided():
    done, newer, older = doubtful_pair()
    listed = [
        *TEN[1:],
        record(0, identifier=f"{HOST}/datasets/AF::renamed", title="Trees", issued=""),
    ]
    waiting = fold(done.members, [on(day, listed) for day in range(2, 30)])
    assert waiting.members.by_key[older].state is State.MISSING
    told = Different(START + timedelta(days=30), "Ana", newer, older)
    decided = fold(waiting.members, [told, on(31, listed)])
    assert decided.members.by_key[older].state is State.VANISHED


def test_the_order_of_a_feed_decides_nothing():
    slugs = slugged(HUNDRED)
    one = lived(on(0, HUNDRED), *(on(day, slugs) for day in range(1, 5)))
    other = lived(
        on(0, HUNDRED[::-1]), *(on(day, slugs[day:] + slugs[:day]) for day in range(1, 5))
    )
    assert one.members == other.members
    assert one.findings == other.findings


def test_entries_without_identifier_are_known_by_service_and_title():
    bare = [record(number, identifier=None) for number in range(6)]
    done = lived(on(0, bare), on(1, bare[::-1]), on(2, bare[:5]))
    assert len(done.members.by_key) == 6
    assert len(kinds(done, Missing)) == 1


def test_keys_do_not_depend_on_when_or_in_what_company_an_entry_was_first_seen():
    one = step(Members(), on(0, TEN))
    other = step(Members(), on(5, [*TEN[3:], record(77)]))
    assert set(one.keys) & set(other.keys) == set(one.keys[3:])


def test_who_was_listed_under_another_name_meanwhile_was_not_absent_then() -> None:
    """A suspicion that ends by repetition tells since when a listing was much the same, and not
    since when it lacked this one: he was in it, re-keyed, until three days ago."""
    other = "https://other.example.gov"

    def rekeyed(numbers: range) -> list[dict[str, object]]:
        return [
            record(n, identifier=f"{other}/datasets/{n:032x}_0") for n in numbers
        ]  # fmt: skip

    six = range(6)
    done = lived(
        on(0, [record(n) for n in six]),
        on(3, rekeyed(six)), on(6, rekeyed(six)),
        *(on(day, rekeyed(range(5))) for day in (7, 8, 9, 10)),
    )  # fmt: skip
    assert kinds(done, Vanished) == []
    later = lived(
        on(0, [record(n) for n in six]),
        on(3, rekeyed(six)), on(6, rekeyed(six)),
        *(on(day, rekeyed(range(5))) for day in range(7, 18)),
    )  # fmt: skip
    (gone,) = kinds(later, Vanished)
    assert gone.moment - gone.since >= timedelta(days=7)
    assert gone.since >= START + timedelta(days=7)


def on_server(day: float, names: Sequence[str], closed: Sequence[str] = ()) -> Listing:
    """A list of a server's layers, `FOLDER/LAYER`, with folders that it could not look into."""
    home = f"{HOST}/arcgis/rest/services"
    addresses = [f"{home}/{name}/FeatureServer/0" for name in names]
    entries = tuple(entry_of_dcat({"identifier": each, "title": each[-60:]}) for each in addresses)
    places = tuple(f"{home}/{folder}" for folder in closed)
    return Listing(START + timedelta(days=day), entries, proved=True, closed=places)


def test_a_folder_behind_a_login_hides_its_own_members_and_no_others() -> None:
    every = [f"{folder}/L{n}" for folder in ("Open", "Secure", "Secured") for n in range(20)]
    outside = [name for name in every if not name.startswith("Secure/")]
    members = step(Members(), on_server(0, every)).members
    members = step(members, on_server(1, outside, ["Secure"])).members
    assert members.present() == 60, "twenty out of sight are not lost"
    assert members.suspicion is None
    for day in range(2, 12):
        done = step(members, on_server(day, outside[1:], ["Secure"]))
        members = done.members
    states = {m.entry.evidence.title[-28:]: m.state for m in members.by_key.others()}
    assert list(states.values()) == [State.VANISHED], "and what vanished elsewhere is told"
    members = step(members, on_server(12, [*outside[1:], *every[20:39]])).members
    assert members.present() == 58, "the folder opened, and one of it is missing"


def test_what_is_out_of_sight_is_not_taken_for_what_is_new_elsewhere() -> None:
    """Its title alone would join the two, where the older were proved to be gone."""
    told = {"title": "Parks", "publisher": {"name": "Town"}, "issued": "2020-01-01"}
    home = f"{HOST}/arcgis/rest/services"
    hidden, other = (
        {"identifier": f"{home}/{f}/Parks/FeatureServer/0", **told} for f in ("A", "B")
    )
    known = step(Members(), on(0, [hidden])).members
    seen = on(1, [other])
    assert step(known, seen).members.by_key.keys() == known.by_key.keys(), "one that was moved"
    done = step(known, replace(seen, closed=(f"{home}/A",)))
    assert len(done.members.by_key) == 2
    assert done.members.present() == 2


def test_a_folder_that_hides_nearly_all_makes_no_list_suspect_and_no_emptiness_believed() -> None:
    every = [f"Secure/L{n}" for n in range(50)]
    members = step(Members(), on_server(0, [*every, "Open/A"])).members
    for day in range(1, 30):
        members = step(members, on_server(day, ["Open/A"], ["Secure"])).members
    assert (members.present(), members.suspicion) == (51, None)
    members = step(members, on_server(30, [], ["Secure"])).members
    assert members.suspicion is not None
    assert members.present() == 51

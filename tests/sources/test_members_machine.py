"""A portal that adds, drops, re-keys, cuts, empties, shuffles and lies, in any order."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from verticalfile.kernel.errors import InputRefused
from verticalfile.sources.identity import Entry, entry_of_dcat
from verticalfile.sources.membership import (
    Accept,
    Decision,
    Different,
    Listing,
    Members,
    Outcome,
    Parted,
    Rekeyed,
    Rules,
    Same,
    State,
    Step,
    Suspect,
    Undo,
    Vanished,
    decide,
    dump,
    fold,
    is_calm,
    load,
    pack,
    seen_again,
    step,
    unpacked,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
RULES = Rules()
ROOTS = (
    "http://hub.example.gov/datasets/{item}_0",
    "https://hub.example.gov/datasets/{item}_0",
    "https://hub.example.gov/datasets/AF::{slug}",
    "https://hub.example.gov/maps/AF::{slug}",
)
TITLES = ("Trees", "Parcels", "Parcels", "Budget", "Calls for service")


class Portal(RuleBasedStateMachine):
    """The truth is a number per thing; the fold never sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = START
        self.generation = 0
        self.offered: dict[int, int] = {}  # thing: edition of its description
        self.withdrawn: dict[int, int] = {}
        self.things = 0
        self.modified = 0
        self.members = Members()
        self.events: list[Listing | Decision] = []
        self.findings: list[object] = []
        self.thing_of_key: dict[str, int] = {}
        self.key_of_name: dict[str, str] = {}
        self.absent: dict[int, list[datetime]] = {}  # proved listings without it since last seen

    def record(self, thing: int, edition: int) -> dict[str, object]:
        # a title with its publisher is the only evidence of a thing without service and issue
        title = TITLES[thing % len(TITLES)] if thing % 12 else f"Report {thing}"
        slug = f"{title.lower().replace(' ', '-')}-{thing}"
        record: dict[str, object] = {
            "identifier": ROOTS[self.generation].format(item=f"{thing:032x}", slug=slug),
            "title": title,
            "issued": f"2020-01-01T00:00:00.{thing:03}Z" if thing % 3 else None,
            "modified": str(self.modified),
            "publisher": {"name": "Alder Falls"},
            "description": f"edition {edition}",
        }
        if thing % 4:
            place = f"https://gis.example.gov/rest/services/S{thing // 3}/MapServer/{thing % 3}"
            record["distribution"] = [{"accessURL": place}]
        return record

    def entries(self, shown: list[int]) -> list[tuple[int, Entry]]:
        return [(thing, entry_of_dcat(self.record(thing, self.offered[thing]))) for thing in shown]

    # what the portal does

    @rule(count=st.integers(1, 12))
    def add(self, count: int) -> None:
        for _ in range(count):
            self.offered[self.things] = 0
            self.things += 1

    @rule(count=st.integers(1, 4), seed=st.integers(0, 99))
    def drop(self, count: int, seed: int) -> None:
        gone = random.Random(seed).sample(sorted(self.offered), min(count, len(self.offered)))
        for thing in gone:
            self.withdrawn[thing] = self.offered.pop(thing)

    @precondition(lambda self: self.withdrawn)
    @rule()
    def bring_back(self) -> None:
        thing = min(self.withdrawn)
        self.offered[thing] = self.withdrawn.pop(thing)

    @precondition(lambda self: self.offered)
    @rule(edits=st.integers(0, 3))
    def edit(self, edits: int) -> None:
        self.modified += 1
        for thing in sorted(self.offered)[:edits]:
            self.offered[thing] += 1

    @rule(generation=st.integers(0, len(ROOTS) - 1))
    def rekey(self, generation: int) -> None:
        self.generation = generation

    # what is seen of it

    @rule(days=st.integers(1, 9), times=st.integers(1, 5), seed=st.integers(0, 99))
    def show(self, days: int, times: int, seed: int) -> None:
        for _ in range(times):
            shown = self.entries(sorted(self.offered))
            random.Random(seed).shuffle(shown)
            self.look(days, shown, proved=True)

    @rule(days=st.integers(0, 9), share=st.floats(0, 1), lies=st.booleans())
    def show_in_part(self, days: int, share: float, lies: bool) -> None:
        shown = self.entries(sorted(self.offered)[: int(share * len(self.offered))])
        whole = len(shown) == len(self.offered)
        self.look(days, shown, proved=lies and not whole, declared=len(self.offered) + whole)

    @rule(days=st.integers(1, 30))
    def show_nothing(self, days: int) -> None:
        self.look(days, [], proved=True)

    @precondition(lambda self: self.offered)
    @rule(days=st.integers(0, 3))
    def show_twice_in_one(self, days: int) -> None:
        shown = self.entries(sorted(self.offered))
        self.look(days, shown + shown[::-1], proved=False)

    @rule(outcome=st.sampled_from([Outcome.FAILED, Outcome.BLOCKED, Outcome.CLOSED]))
    def fail(self, outcome: Outcome) -> None:
        self.moment += timedelta(days=1)
        before = self.members
        listing = Listing(self.moment, outcome=outcome)
        self.took(listing, step(before, listing))
        assert self.members.by_key == before.by_key
        assert self.members.suspicion == before.suspicion

    # what a person does

    @precondition(lambda self: self.members.suspicion is not None)
    @rule()
    def accept(self) -> None:
        decision = Accept(self.moment, "Ana")
        self.took(decision, decide(self.members, decision))

    @precondition(lambda self: any(isinstance(f, Rekeyed) for f in self.findings))
    @rule(pick=st.integers(min_value=0))
    def undo(self, pick: int) -> None:
        joins = [
            join
            for join in self.findings
            if isinstance(join, Rekeyed)
            and self.members.by_key[join.key].entry.evidence == join.after
        ]
        if joins:
            join = joins[pick % len(joins)]
            decision = Undo(self.moment, "Ana", join.key, join.after.identifier)
            done = decide(self.members, decision)
            (parted,) = done.findings
            assert isinstance(parted, Parted)
            thing = self.thing_of_key[join.key]
            self.thing_of_key[parted.new_key] = thing
            self.took(decision, done)
            assert self.members.by_key[join.key].state is State.MISSING
            self.forget_names()

    @precondition(lambda self: any(m.doubts for m in self.members.by_key.values()))
    @rule(pick=st.integers(min_value=0))
    def answer(self, pick: int) -> None:
        doubtful = [m for m in self.members.by_key.values() if m.doubts]
        newer = doubtful[pick % len(doubtful)].key
        older = self.members.by_key[newer].doubts[0]
        same = self.thing_of_key[newer] == self.thing_of_key[older]
        decision = (Same if same else Different)(self.moment, "Ana", newer, older)
        try:
            done = decide(self.members, decision)
        except InputRefused:  # the older one is listed still, or goes on under a third
            return
        self.took(decision, done)
        assert older not in self.members.by_key[newer].doubts
        self.forget_names()

    # what must hold

    def look(
        self,
        days: int,
        shown: list[tuple[int, Entry]],
        *,
        proved: bool,
        declared: int | None = None,
    ) -> None:
        self.moment += timedelta(days=days)
        before = self.members
        entries = tuple(entry for _, entry in shown)
        listing = Listing(self.moment, entries, proved, declared)
        for thing in range(self.things):
            if thing in {each for each, _ in shown}:
                self.absent.pop(thing, None)
            elif proved and declared in (None, len(shown)):
                self.absent.setdefault(thing, []).append(self.moment)
        done = step(before, listing)
        self.took(listing, done)
        self.one_key_is_one_thing(shown, done)
        if any(isinstance(finding, Suspect) for finding in done.findings):
            assert self.members.by_key == before.by_key
        keys = Counter(self.thing_of_key.values())
        for finding in done.findings:
            if isinstance(finding, Vanished):
                thing = self.thing_of_key[finding.key]
                if keys[thing] > 1:  # parted by a person, or in doubt: it may be listed elsewhere
                    assert finding.absences >= RULES.absences
                    assert self.moment - finding.since >= timedelta(days=RULES.absent_days)
                    continue
                without = self.absent[thing]
                assert len(without) >= RULES.absences
                assert without[-1] - without[0] >= timedelta(days=RULES.absent_days)

    def one_key_is_one_thing(self, shown: list[tuple[int, Entry]], done: Step) -> None:
        assert len(done.keys) == len(shown)
        for (thing, entry), key in zip(shown, done.keys, strict=True):
            if key:
                assert self.thing_of_key.setdefault(key, thing) == thing, "a false join"
                name = entry.evidence.identifier
                assert self.key_of_name.setdefault(name, key) == key, "a history was broken off"
        told = {thing: key for (thing, _), key in zip(shown, done.keys, strict=True) if key}
        assert len(set(told.values())) == len(told)

    def took(self, event: Listing | Decision, done: Step) -> None:
        assert set(self.members.by_key) <= set(done.members.by_key), "a member was removed"
        assert all(key == member.key for key, member in done.members.by_key.items())
        self.events.append(event)
        self.findings += done.findings
        self.members = load(json.loads(json.dumps(dump(done.members))))
        assert self.members == done.members
        file = io.BytesIO()
        pack(done.members, file)
        assert unpacked(file.getvalue()) == done.members
        if isinstance(event, Listing) and is_calm(done.members):
            self.the_same_again_is_no_news(event)

    def the_same_again_is_no_news(self, event: Listing) -> None:
        """What is done without reading a listing that has not changed is what reading it does."""
        last, later = self.members.accepted, self.moment + timedelta(days=1)
        assert last is not None
        if last.moment != event.moment or event.outcome is not Outcome.LISTED:
            return  # it was not this one that was taken
        read = step(self.members, replace(event, moment=later))
        assert read.findings == ()
        assert seen_again(self.members, later) == read.members
        held = [m.entry for m in self.members.by_key.values() if m.last_seen == last.moment]
        if len(held) == len(event.entries):
            unread = step(self.members, replace(event, moment=later, entries=tuple(held)))
            assert unread.members == read.members

    def forget_names(self) -> None:
        """A person's parting gives names to other keys."""
        self.key_of_name = {}

    def teardown(self) -> None:
        done = fold(Members(), self.events)
        assert done.members == self.members
        assert list(done.findings) == self.findings


Portal.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestPortal = Portal.TestCase


@pytest.mark.slow
class TestPortalAtLength(Portal.TestCase):
    settings = settings(max_examples=600, stateful_step_count=25)

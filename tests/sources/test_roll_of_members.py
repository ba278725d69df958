"""Members are held in little room, and nobody who asks for one can tell."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from verticalfile.sources.identity import Entry, Evidence, evidence_of
from verticalfile.sources.membership import (
    Gap,
    How,
    Listing,
    Member,
    Members,
    Name,
    State,
    as_known,
    dump,
    pack,
    step,
    unpacked,
)
from verticalfile.sources.membership.matching import places_repeated, told_once
from verticalfile.sources.membership.members import Roll

START = datetime(2026, 1, 1, tzinfo=UTC)
texts = st.text(max_size=6)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
any_evidence = st.builds(
    Evidence, texts, folded=texts, tail=texts, item=texts, layer=st.none() | st.integers(0, 9),
    service=texts, socrata=texts, ckan=texts, title=texts, publisher=texts, issued=texts,
)  # fmt: skip
evidences = st.builds(
    evidence_of,
    st.sampled_from(["", "a", "http://x.gov/d/a/", "https://x.gov/d/a", "x" * 32, "ab12-cd34"]),
    title=texts, publisher=texts, issued=texts,
    addresses=st.lists(st.just("https://x.gov/s/FeatureServer/1"), max_size=1),
)  # fmt: skip
entries = st.builds(Entry, evidences, digests, digests)
days = st.integers(0, 3).map(lambda n: START + timedelta(days=n))


@st.composite
def members(draw: st.DrawFn, key: str) -> Member:
    entry, first = draw(entries), draw(days)
    name = Name(draw(st.sampled_from([entry, draw(entries)])), first, None, How.FIRST)
    member = Member(key, entry, (name,), first, draw(days), seen_by_us=draw(st.none() | days))
    return draw(
        st.sampled_from(
            [
                member,
                replace(member, state=State.MISSING, since=first, absences=1),
                replace(member, names=(name, replace(name, how=How.TITLE))),
                replace(member, gaps=(Gap(first, first, vanished=False),)),
                replace(member, doubts=("k1",)),
                replace(member, also=("k2",)),
            ]
        )
    )


@given(st.data())
def test_a_roll_gives_what_a_dictionary_gives(data: st.DataObject) -> None:
    told = data.draw(st.lists(st.sampled_from(["k1", "k2", "k3", "k4"]), max_size=12))
    plain: dict[str, Member] = {}
    roll = Roll()
    for key in told:
        member = data.draw(members(key))
        earlier, kept = Roll.like(roll), dict(plain)
        plain[key] = roll[key] = member
        assert dict(earlier) == kept, "a roll that was made like it stays as it was"
    assert list(roll.items()) == list(plain.items())
    assert len(roll) == len(plain)
    assert roll == plain
    assert roll.get("k9") is None
    whole = [m for m in plain.values() if not _is_plain(m)]
    assert list(roll.others()) == whole


def _is_plain(member: Member) -> bool:
    name = Name(member.entry, member.first_seen, None, How.FIRST)
    bare = Member(
        member.key, member.entry, (name,), member.first_seen, member.last_seen,
        seen_by_us=member.seen_by_us,
    )  # fmt: skip
    return member == bare


@given(entries)
def test_an_entry_gives_back_what_it_was_made_of(entry: Entry) -> None:
    again = Entry(entry.evidence, entry.digest, entry.steady_digest)
    assert again == entry
    assert (again.digest, again.steady_digest) == (entry.digest, entry.steady_digest)
    assert isinstance(again.evidence, Evidence)
    assert again.evidence == entry.evidence


@given(evidences | any_evidence, digests, digests)
def test_no_evidence_is_lost_in_an_entry(evidence: Evidence, whole: str, steady: str) -> None:
    entry = Entry(evidence, whole, steady)
    assert (entry.evidence, entry.digest, entry.steady_digest) == (evidence, whole, steady)


@given(st.lists(st.sampled_from("abcdef"), max_size=8))
def test_repeated_things_are_found_at_all_their_places(things: list[str]) -> None:
    repeated = [n for n, each in enumerate(things) if things.count(each) > 1]
    found = places_repeated(things)
    assert set(repeated) <= set(found)
    assert found == sorted(found)


@given(st.lists(entries, max_size=8))
def test_of_one_record_told_twice_the_least_digest_stands(told: list[Entry]) -> None:
    def self_of(entry: Entry) -> object:
        known = entry.evidence
        if known.platform:
            return known.platform, known.service
        return known.identifier, known.service, known.title

    expected = []
    for entry in told:
        alike = [n for n, other in enumerate(told) if self_of(other) == self_of(entry)]
        expected.append(min(alike, key=lambda n: (told[n].digest, n)))
    assert told_once(told) == expected


def a_portal() -> Members:
    known = [
        Entry(evidence_of(f"https://x.gov/d/{n}", title=f"Thing {n}"), f"{n:064x}", f"{n:064x}")
        for n in range(5)
    ]
    members = step(Members(), Listing(START, tuple(known), proved=True)).members
    return step(members, Listing(START + timedelta(days=1), tuple(known[1:]), proved=True)).members


def test_members_that_were_written_down_in_earlier_ways_are_still_read() -> None:
    members = a_portal()
    file = io.BytesIO()
    pack(members, file)
    assert unpacked(file.getvalue()) == members
    assert unpacked(base64.b64encode(file.getvalue()).decode()) == members
    assert unpacked(json.dumps(dump(members))) == members


def test_what_is_known_is_found_again_and_nothing_else() -> None:
    members = a_portal()
    for member in members.by_key.values():
        assert as_known(members, member.entry) is member.entry
        other = Entry(member.entry.evidence, "f" * 64, member.entry.steady_digest)
        assert as_known(members, other) is None
    assert as_known(members, Entry(evidence_of("https://x.gov/d/9"), "0" * 64, "0" * 64)) is None

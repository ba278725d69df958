"""47 days of crawls that were cut short without an error: nothing is taken for withdrawn."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from portals_of_the_past import crawl_listing, crawls, days, naive

from verticalfile.sources.membership import (
    Listing,
    Members,
    Missing,
    State,
    Unproved,
    Vanished,
    step,
)

DOMAINS = (
    *("data.nola.gov", "data.cambridgema.gov", "data.cincinnati-oh.gov"),
    *("data.montgomerycountymd.gov", "data.princegeorgescountymd.gov"),
)


@pytest.mark.parametrize("domain", DOMAINS)
def test_trap_3_no_crawl_that_was_cut_makes_anything_vanish(shared: Path, domain: str):
    expected = crawls(shared)[domain]
    members = Members()
    listings: list[Listing] = []
    shares: list[float] = []
    for day, results in days(shared, domain):
        listing = crawl_listing(day, results)
        done = step(members, listing)
        members = done.members
        listings.append(listing)
        assert not [f for f in done.findings if isinstance(f, (Missing, Vanished))]
        assert "" not in done.keys
        shares += [f.share_0to1 for f in done.findings if isinstance(f, Unproved)]
    withdrawn = [m for m in members.by_key.values() if m.state is not State.PRESENT]
    assert len(withdrawn) == expected["proved_withdrawals"] == 0
    assert len(members.by_key) == expected["union_of_all_days"]
    assert len(shares) == len(listings)  # the share seen is told each day
    assert min(shares[1:]) < 0.5
    assert len(naive(listings).deleted) >= 100


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_recorded_counts_of_the_crawls_come_out(shared: Path, domain: str):
    expected = crawls(shared)[domain]
    taken = list(days(shared, domain))
    whole = next(
        {result["resource"]["id"] for result in results}
        for day, results in taken
        if day.date().isoformat() == expected["fullest_day"]
    )
    assert len(whole) == expected["fullest_day_distinct_ids"]
    seen: set[str] = set()
    before: dict[str, tuple[str, str]] | None = None
    for (day, results), counts in zip(taken, expected["snapshots"], strict=True):
        entries = crawl_listing(day, results).entries
        now: dict[str, tuple[str, str]] = {}
        for result, entry in zip(results, entries, strict=True):
            updated = json.dumps(result["resource"].get("data_updated_at"))
            now.setdefault(entry.evidence.socrata, (entry.digest, updated))
        assert counts["date"] == day.date().isoformat()
        assert (len(results), len(now)) == (counts["lines"], counts["distinct_ids"])
        assert round(len(now) / len(whole), 3) == counts["share_of_fullest_day"]
        lacking = max(whole - set(now), default="")
        first = min((name for name in whole if name > lacking), default=None)
        assert first == counts["complete_from_id"]
        below = sum(first is not None and name < first for name in now)
        assert below == counts["ids_below_that_point"]
        if before is not None:
            old = before
            new = [name for name in now if name not in old]
            kept = [name for name in now if name in old]
            found = {
                "naive_came": sum(name not in seen for name in new),
                "naive_returned": sum(name in seen for name in new),
                "naive_vanished": sum(name not in now for name in old),
                "same_id_changed": sum(now[name][0] != old[name][0] for name in kept),
                "same_id_data_updated_at_changed": sum(
                    now[name][1] != old[name][1] for name in kept
                ),
            }
            assert found == {name: counts[name] for name in found}, counts["date"]
        seen |= set(now)
        before = now
    assert len(seen) == expected["union_of_all_days"]


def test_the_same_id_twice_in_one_crawl_is_one_member(shared: Path):
    day, results = next(days(shared, "data.nola.gov"))
    listing = crawl_listing(day, results)
    told_twice = [
        n for n, often in Counter(r["resource"]["id"] for r in results).items() if often > 1
    ]
    done = step(Members(), listing)
    assert told_twice
    assert len(done.members.by_key) == len(set(done.keys)) == len(listing.entries) - len(told_twice)

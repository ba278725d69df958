"""The portal's promises: it answers by the clock, conditionally, and breaks off where the story does."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from verticalfile import town
from verticalfile.kernel.clock import SetClock
from verticalfile.town import days
from verticalfile.town.portal import Portal

Answer = tuple[int, Mapping[str, str], bytes]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(days.moment_of(days.FIRST_DAY))


@pytest.fixture
def portal(told: tuple[town.Beat, ...], clock: SetClock) -> Iterator[Portal]:
    with Portal(told, clock) as running:
        yield running


def ask(url: str, method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_each_beat_is_answered_from_its_moment_until_the_next(
    told: tuple[town.Beat, ...], portal: Portal, clock: SetClock
) -> None:
    for beat in told:
        if "Content-Length" in beat.headers:
            continue
        clock.move_to(beat.at)
        status, headers, body = ask(portal.url(beat.file))
        assert status == beat.status
        if beat.body is not None:
            assert body == beat.body
            assert {name: headers[name] for name in beat.headers} == beat.headers
        assert parsedate_to_datetime(headers["Date"]) == beat.at


def test_before_its_first_beat_a_file_is_not_there_and_clocks_may_go_back(
    portal: Portal, clock: SetClock
) -> None:
    url = portal.url("building-permits")
    first = ask(url)[2]
    clock.pass_time(-timedelta(seconds=1))
    assert ask(url)[0] == 404
    clock.move_to(datetime(2024, 12, 31, 23, tzinfo=UTC))
    assert ask(url)[2] != first
    clock.move_to(days.moment_of(days.FIRST_DAY))
    assert ask(url)[2] == first


def test_what_is_held_is_answered_with_304_and_no_body(portal: Portal, clock: SetClock) -> None:
    url = portal.url("service-requests")
    _, headers, _ = ask(url)
    tag = headers["ETag"]
    status, again, body = ask(url, If_None_Match=f'"other", W/{tag}')
    assert (status, body, again["ETag"], again["Content-Length"]) == (304, b"", tag, None)
    assert ask(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    long_ago = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)
    assert ask(url, If_Modified_Since=long_ago)[0] == 200
    assert ask(url, If_Modified_Since="last week")[0] == 200
    assert ask(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    clock.pass_time(timedelta(days=28))
    assert ask(url, If_None_Match=tag, If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_a_transfer_that_is_cut_short_promises_more_than_it_sends(
    portal: Portal, clock: SetClock
) -> None:
    clock.move_to(days.moment_of(days.CUT_SHORT))
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(portal.url("building-permits"))
    got = broken.value.partial
    assert got.startswith(b"\xef\xbb\xbfPermit Number,")
    assert not got.endswith(b"\r\n")
    clock.move_to(days.moment_of(date(2023, 5, 23)))
    whole = ask(portal.url("building-permits"))[2]
    assert abs(len(got) + (broken.value.expected or 0) - len(whole)) < 0.1 * len(whole)


def test_the_index_says_that_the_town_is_made_up_and_lists_what_is_there(
    portal: Portal, clock: SetClock
) -> None:
    status, _, body = ask(portal.home)
    assert status == 200
    assert b"made up" in body
    begun = [file for file in town.FILES if portal.beat(file)]
    assert begun == [
        "service-requests", "building-permits", "sidewalk-repair-prices", "restaurant-inspections",
    ]  # fmt: skip
    assert all(f'href="/{town.FILES[file].path}"'.encode() in body for file in begun)
    clock.move_to(days.moment_of(days.VANISHED))
    body = ask(portal.home)[2]
    assert b"sidewalk-repair-prices" not in body
    assert b"library/door-counts.csv" in body


def test_robots_are_welcome_head_has_no_body_and_other_paths_are_not_found(portal: Portal) -> None:
    status, headers, body = ask(f"{portal.home}robots.txt")
    assert (status, body) == (200, b"User-agent: *\nAllow: /\n")
    whole = ask(portal.url("building-permits"))[2]
    status, headers, body = ask(portal.url("building-permits"), method="HEAD")
    assert (status, int(headers["Content-Length"]), body) == (200, len(whole), b"")
    for path in ("data/no-such-table.csv", "data/building-permits", "data/../robots.txt", "admin",
                 "dataset/city-budget", "dictionary/service-requests.csv", "robots.txt/"):  # fmt: skip
        assert ask(portal.home + path)[0] == 404


def test_two_portals_stand_side_by_side_and_leave_their_ports(
    told: tuple[town.Beat, ...], clock: SetClock
) -> None:
    with Portal(told, clock) as one, Portal(told, clock) as other:
        assert one.port != other.port
        left = one.home
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(left, timeout=60)

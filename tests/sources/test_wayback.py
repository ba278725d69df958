"""Web archives: the index in pages, what was recorded, and back-filling from it."""

from __future__ import annotations

import base64
import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from recorded_copies import NEW, TOLD, URL
from visiting import visiting

import hurried
from verticalfile.fetch.errors import Blocked
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting import web_archives
from verticalfile.services.datasets.adding import add
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.past.wayback import Captures, captures_of, lines_in, memento, page_of
from verticalfile.sources.visit import Visit
from verticalfile.town.portals.holdings import START
from verticalfile.town.portals.serving import Fault, PortalServer, status
from verticalfile.town.portals.wayback import WaybackSite


def test_trap_72_pages_of_the_index_are_followed_and_nothing_is_collapsed(tmp_path: Path) -> None:
    site = WaybackSite(TOLD)
    site.lines_max = 2
    with visiting(site, scratch=tmp_path) as (server, visit):
        found = captures_of(visit, server.home.rstrip("/"), URL)
        asked = [r.query for r in server.asked if r.path.startswith("/cdx")]
        first_page = hurried.fetched(f"{server.home}cdx/search/cdx?url={URL}").decode()
    assert [line.timestamp for line in found.lines] == [each.timestamp for each in TOLD]
    assert len(hurried.captures_in(first_page)) == 2  # of five: it is not told that there are more
    assert len(asked) == 3
    assert not any("collapse" in query or "fl" in query for query in asked)


def test_trap_73_lines_that_are_none_are_counted_and_the_rest_is_read(shared: Path) -> None:
    folder = shared / "fixtures" / "portals" / "cdx-wayback"
    for name, bad in (("bad_timestamp_cdx.txt", 2), ("zero_length_cdx.txt", 0)):
        found = Captures()
        texts = folder.joinpath(name).read_text(encoding="utf-8").splitlines()
        lines_in(texts, found)
        assert len(found.lines) + found.bad == len(texts)
        assert found.bad == bad, name
    found = Captures()
    lines_in((folder / "malformed_cdx.txt").read_text(encoding="utf-8").splitlines(), found)
    assert found.bad == 3
    assert {line.original for line in found.lines} == {"https://www.epa.gov/"}
    for name in ("bad_timestamp_cdx.txt", "zero_length_cdx.txt"):
        with pytest.raises(ValueError, match=r"time data|invalid literal"):  # the first ends it
            hurried.captures_in((folder / name).read_text(encoding="utf-8"))
    junk = hurried.captures_in((folder / "malformed_cdx.txt").read_text(encoding="utf-8"))
    assert len(junk) == len(found.lines) + found.bad  # pictures and mail addresses, too


def test_recorded_answers_of_the_index_are_read_with_their_resume_keys(shared: Path) -> None:
    path = shared / "fixtures" / "portals" / "cdx-wayback" / "cassette_test_search_multipage.yaml"
    bodies = re.findall(r"!!binary \|\n((?:\s{8}\S+\n)+)", path.read_text(encoding="utf-8"))
    pages = [page_of(gzip.decompress(base64.b64decode(b)).decode()) for b in bodies]
    assert len(pages) > 2
    assert all(key for _, key in pages[:-1])
    found = Captures()
    for lines, _ in pages:
        lines_in(lines, found)
    assert found.bad == 0
    received = sum(len(lines) for lines, _ in pages)
    assert received > len(found.lines)  # real pages repeat lines
    told = {(line.timestamp, line.original, line.digest, line.status) for line in found.lines}
    assert len(told) == len(found.lines)


def test_an_address_that_may_not_be_shown_is_told(tmp_path: Path) -> None:
    site = WaybackSite(TOLD)
    site.closed = {URL}
    with (
        visiting(site, scratch=tmp_path) as (server, visit),
        pytest.raises(Blocked, match="may not show"),
    ):
        captures_of(visit, server.home.rstrip("/"), URL)


def test_trap_74_an_archived_429_is_no_limit_and_a_live_one_is_waited_for(tmp_path: Path) -> None:
    site = WaybackSite(TOLD)
    with visiting(site, scratch=tmp_path) as (server, visit):
        base = server.home.rstrip("/")
        waited: list[float] = []
        clock = SetClock(START)

        def wait(wait_s: float) -> None:
            waited.append(wait_s)
            clock.pass_time(timedelta(seconds=wait_s))

        visit = Visit(visit.rules, clock, tmp_path, sleep=wait)
        lines = {line.timestamp: line for line in captures_of(visit, base, URL).lines}
        assert memento(visit, base, lines["20200301000000"]) is None
        archived = f"{base}/web/20200301000000id_/{URL}"
        assert [hurried.state_of(archived) for _ in range(3)] == ["gone"] * 3  # tried for ever
        server.faults.append(Fault("/web/", status(429, Retry_After="90"), times=1))
        copy = memento(visit, base, lines["20210101120000"])
    assert copy is not None
    assert copy.got.path.read_bytes() == NEW
    assert copy.digest_matches
    assert 90.0 in waited
    assert waited.count(1.0) >= 3  # a second between any two


def test_a_dataset_is_filled_with_what_a_web_archive_recorded(tmp_path: Path) -> None:
    site = WaybackSite(TOLD)
    site.bad_lines = ["key)/ 20190012000000 http://x/ text/csv 200 AAAA 3"]
    site.wrong_digest = {"20210101120000"}
    with PortalServer(site) as server:
        archive = archives.init(tmp_path / "archive", clock=SetClock(START))
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        (line,) = add(archive, URL, name="permits")
        base = server.home.rstrip("/")
        done = web_archives.from_wayback(
            archive, lambda: line, URL, fetching=fetching, web_archive=base
        )
        again = web_archives.from_wayback(
            archive, lambda: line, URL, fetching=fetching, web_archive=base
        )
    assert (done.kept, done.absences, done.bad_lines, done.differing) == (2, 1, 1, 1)
    assert again.kept == 0
    first, second = archive.index.versions(line.id)
    assert (first.seen_at.year, first.last_seen_at.month, second.seen_at.year) == (2019, 6, 2021)
    assert first.absent_from is not None
    captured = next(iter(web_archives.derive.held(archive, line.id))).taken
    assert captured.seen_how == "captured by another (Wayback)"
    assert captured.moment_name == f"{base}/web/20190101000000id_/{URL}"

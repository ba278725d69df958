"""Web archives that speak Memento: TimeMaps in pages, TimeGates, and back-filling from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_copies import OLD, TOLD, URL
from visiting import visiting

from verticalfile.fetch.errors import AnswerRefused, FetchError
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.archive import Archive
from verticalfile.services.collecting import web_archives
from verticalfile.services.datasets.adding import add
from verticalfile.services.known.derive import held
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.past.memento import copies_of, links_in
from verticalfile.sources.past.timemaps_in_json import json_map
from verticalfile.town.portals.holdings import START
from verticalfile.town.portals.memento import MementoSite
from verticalfile.town.portals.serving import Answer, Fault, PortalServer, Request, status
from verticalfile.town.portals.wayback import Recorded


@pytest.mark.parametrize("begin", ["timemap/1/", "timegate/"])
def test_every_page_of_a_timemap_is_read_whether_it_or_a_timegate_is_named(
    tmp_path: Path, begin: str
) -> None:
    site = MementoSite(TOLD)
    site.lines_max = 2
    with visiting(site, scratch=tmp_path) as (server, visit):
        found = copies_of(visit, f"{server.home}{begin}{URL}")
        later = copies_of(visit, f"{server.home}{begin}{URL}", since="2020", until="20200228")
        asked = [r.path for r in server.asked if r.path.startswith("/timemap")]
    assert [c.moment.strftime("%Y%m%d%H%M%S") for c in found.copies] == [e.timestamp for e in TOLD]
    assert found.original == URL
    assert len(later.copies) == 1
    assert len(asked) == 6, "each page once for each of the two"


def test_lines_that_tell_no_moment_are_counted_and_what_is_no_timemap_is_refused(
    tmp_path: Path,
) -> None:
    site = MementoSite(TOLD)
    site.bad_lines = ['<http://x.example/>; rel="memento"; datetime="some day"', "rubbish"]
    with visiting(site, scratch=tmp_path) as (server, visit):
        found = copies_of(visit, f"{server.home}timemap/1/{URL}")
        assert (len(found.copies), found.bad) == (5, 1)
        with pytest.raises(FetchError):
            copies_of(visit, f"{server.home}timemap/none")
    with (
        visiting(PlainSite(), scratch=tmp_path) as (server, visit),
        pytest.raises(AnswerRefused, match="neither a TimeMap nor a TimeGate"),
    ):
        copies_of(visit, f"{server.home}page")


class PlainSite:
    """One answer to everything."""

    def __init__(self, body: bytes = b"<p>Hello</p>", media_type: str = "text/html") -> None:
        self.body, self.media_type = body, media_type

    def answer(self, request: Request) -> Answer | None:
        return Answer(
            self.body.replace(b"HOME", request.headers["Host"].encode()), 200, self.media_type
        )


MOMENTS = ("20190101000000", "20210101120000")
ROWS = [{"urlkey": "gov,x)/", "timestamp": m, "url": URL, "status": "200"} for m in MOMENTS]
LISTED = [
    {"datetime": "2019-01-01T00:00:00Z", "uri": f"http://HOME/web/{MOMENTS[0]}/{URL}"},
    {"datetime": "2021-01-01T12:00:00Z", "uri": [f"http://HOME/web/{MOMENTS[1]}/{URL}"]},
]
IN_JSON: dict[str, object] = {
    "mementos": {"original_uri": URL, "mementos": {"list": LISTED, "last": LISTED[1]}},
    "a few": {"original_uri": URL, "mementos": {"first": LISTED[0], "closest": LISTED[1]}},
    "rows": [["urlkey", "timestamp", "original"], *(["k", m, URL] for m in MOMENTS)],
}


@pytest.mark.parametrize("form", [*IN_JSON, "lines"])
def test_a_timemap_in_json_tells_the_same_as_one_in_links(tmp_path: Path, form: str) -> None:
    """As MemGator, the Time Travel service, the Wayback Machine and pywb were seen to write it."""
    lines = "\n".join(json.dumps(row) for row in ROWS)
    body = lines if form == "lines" else json.dumps(IN_JSON[form])
    with visiting(PlainSite(body.encode(), "application/json"), scratch=tmp_path) as (
        server,
        visit,
    ):
        found = copies_of(visit, f"{server.home}web/timemap/json/{URL}")
        home = server.home
    assert (found.original, found.bad) == (URL, 0)
    assert [c.address for c in found.copies] == [f"{home}web/{m}/{URL}" for m in MOMENTS]
    assert [c.moment.strftime("%Y%m%d%H%M%S") for c in found.copies] == list(MOMENTS)


def test_an_index_of_timemaps_in_json_is_followed_and_a_circle_ends(tmp_path: Path) -> None:
    told = {"timemap_index": [{"uri": "/timemap/1/x"}, {"uri": "/timemap/2/x"}], "mementos": None}
    with visiting(PlainSite(json.dumps(told).encode(), "application/json"), scratch=tmp_path) as (
        server,
        visit,
    ):
        assert copies_of(visit, f"{server.home}timemap/json/x").copies == []
        assert len(server.asked) <= 4  # robots.txt and three maps


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(MOMENTS),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mementos", "list", "uri", "datetime", "timestamp", "url", "pages",
                             "next", "timemap_index", "timemap_uri", "original_uri"]),
            inner, max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_whatever_json_an_archive_sends_is_read_without_an_error(told: object) -> None:
    json_map(json.dumps(told).encode(), f"https://archive.example/web/timemap/json/{URL}")


def test_json_that_is_no_timemap_is_refused(tmp_path: Path) -> None:
    for body in (b'{"message": "none"}', b"[]", b"[" * 100_000, b'[["a"], 1]'):
        site = PlainSite(body, "application/json")
        with (
            visiting(site, scratch=tmp_path) as (server, visit),
            pytest.raises(AnswerRefused, match="neither a TimeMap nor a TimeGate"),
        ):
            copies_of(visit, f"{server.home}timemap/json/{URL}")


@given(st.text(max_size=200))
def test_whatever_stands_in_a_timemap_is_read_without_an_error(text: str) -> None:
    links_in(f'<{text}>; rel="{text}", {text}', "https://archive.example/map")


class Filling:
    """An archive with one dataset that is filled from the site."""

    def __init__(self, folder: Path, server: PortalServer) -> None:
        self.server = server
        self.archive: Archive = archives.init(folder / "archive", clock=SetClock(START))
        (self.line,) = add(self.archive, URL, name="permits")
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        self.fetching = Fetching(rules, sleep=lambda _: None)

    def fill(self) -> web_archives.Filled:
        return web_archives.from_memento(
            self.archive, lambda: self.line, f"{self.server.home}timegate/{URL}",
            fetching=self.fetching,
        )  # fmt: skip

    def asked(self) -> Sequence[str]:
        return [r.path for r in self.server.asked if r.path.startswith("/web/")]


def test_a_dataset_is_filled_with_what_another_archive_recorded(tmp_path: Path) -> None:
    with PortalServer(MementoSite(TOLD)) as server:
        filling = Filling(tmp_path, server)
        done, before = filling.fill(), len(filling.asked())
        again = filling.fill()
        asked = filling.asked()[before:]
    assert (done.kept, done.absences, done.passed_over, done.rewritten) == (2, 1, 1, 0)
    assert again.kept == 0
    assert not any("2019" in path or "2021" in path for path in asked if "id_" in path)
    first, second = filling.archive.index.versions(filling.line.id)
    assert (first.seen_at.year, first.last_seen_at.month, second.seen_at.year) == (2019, 6, 2021)
    assert first.absent_from is not None
    taken = held(filling.archive, filling.line.id)[0].taken
    assert taken.seen_how == "captured by another (Memento)"
    assert taken.exchange["web_archive"] == {"digest": "the archive tells no digest"}
    assert str(taken.exchange["final_url"]).endswith(f"/web/20190101000000id_/{URL}")


def test_bytes_that_may_have_been_rewritten_say_so(tmp_path: Path) -> None:
    page = [Recorded("20190101000000", URL, b"<p>Terms</p>", 200, "text/html")]
    site = MementoSite([*page, Recorded("20200101000000", URL, OLD)])
    site.has_raw = False
    with PortalServer(site) as server:
        filling = Filling(tmp_path, server)
        done = filling.fill()
        asked = filling.asked()
    assert (done.kept, done.rewritten) == (2, 2)
    assert sum("id_" in path for path in asked) == 1, "an archive without it is asked once"
    told = [c.taken.exchange["web_archive"] for c in held(filling.archive, filling.line.id)]
    assert all("may have been rewritten" in each["bytes"] for each in told)


def test_what_came_before_an_archive_refused_stays(tmp_path: Path) -> None:
    with PortalServer(MementoSite(TOLD)) as server:
        filling = Filling(tmp_path, server)
        server.faults.append(Fault("/web/20210101120000id_", status(403)))
        with pytest.raises(FetchError):
            filling.fill()
        assert len(filling.archive.index.versions(filling.line.id)) == 1
        server.faults.clear()
        assert filling.fill().kept == 1

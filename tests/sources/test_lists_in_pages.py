"""Copies of pages of a list: which are of it, which belong together, and what they make."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portals_of_the_past import crawl_listing, crawls, days

from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources import ckan, opendatasoft
from verticalfile.sources.arcgis import hub_search
from verticalfile.sources.dcat import dcat_ap
from verticalfile.sources.membership import Listing, Members, Missing, State, Vanished, step
from verticalfile.sources.past.lists_in_pages import (
    SPAN,
    Answer,
    Copy,
    CopyRead,
    ListInPages,
    PageRead,
    Place,
    days_of,
    home_in,
    looks_in,
    one_answer,
    page_read,
    together,
)
from verticalfile.sources.socrata.socrata import SOURCE as SOCRATA

BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
HOME = "https://data.example.gov/"
SEARCH = f"{HOME}api/3/action/package_search"


def look_of(
    form: ListInPages, pages: Sequence[tuple[str, Path]], home: str, media_type: str = ""
) -> list[CopyRead]:
    """Copies of a minute, of addresses and files."""
    look = []
    for number, (address, path) in enumerate(pages):
        place = form.place(address, home)
        assert place is not None, address
        copy = Copy(BEGAN + timedelta(minutes=number), address, address, place, str(number))
        answer = Answer(path, address, media_type)
        look.append(CopyRead(copy, answer, page_read(form, answer, home)))
    return look


@pytest.mark.parametrize(
    ("address", "start", "size"),
    [
        (SEARCH, "0", None),
        (f"{SEARCH}?rows=100&start=300", "300", 100),
        (f"{SEARCH}?start=0300&rows=100&sort=name+asc&q=*%3A*&facet.field=%5B%22tags%22%5D", "300", 100),
        ("http://DATA.example.gov:80/api/3/action/package_search/?rows=100", "0", 100),
        (f"{HOME}api/action/package_search?start=", "0", None),
        (f"{SEARCH}?rows=all", "0", None),
    ],
)  # fmt: skip
def test_an_address_of_a_page_tells_where_it_begins(
    address: str, start: str, size: int | None
) -> None:
    place = ckan.PAGES.place(address, HOME)
    assert place is not None
    assert (place.start, place.size) == (start, size)


@pytest.mark.parametrize(
    "address",
    [
        f"{SEARCH}?q=permits", f"{SEARCH}?fq=res_format:CSV", f"{SEARCH}?rows=5&unknown=1",
        f"{SEARCH}?start=5&start=10", f"{SEARCH}?start=-5", f"{SEARCH}?start=5.0",
        f"{SEARCH}?start=\u0665", f"{SEARCH}?start=99999999999", f"{SEARCH}?=5",
        f"{SEARCH}s", f"{HOME}x/api/3/action/package_search", f"{HOME}api/3/action/package_show",
        "https://other.example.gov/api/3/action/package_search",
        "https://data.example.gov:8443/api/3/action/package_search",
        "https://[x/api/3/action/package_search", "https://data.example.gov:x/api/", "",
        f"{SEARCH}?{'&'.join(f'facet{n}=' for n in range(60))}",
    ],
)  # fmt: skip
def test_an_address_of_any_other_question_is_no_page(address: str) -> None:
    assert ckan.PAGES.place(address, HOME) is None


def test_pages_are_of_one_form_where_only_their_place_differs() -> None:
    def form(query: str) -> str:
        place = ckan.PAGES.place(f"{SEARCH}?{query}", HOME)
        assert place is not None
        return place.form

    assert form("rows=10&start=0") == form("start=10&rows=10") == form("rows=10")
    others = {form("rows=20"), form("rows=10&sort=id+asc"), form("")}
    assert len({form("rows=10"), *others}) == 4


def test_a_walk_by_ids_and_one_by_numbers_are_two_forms() -> None:
    (form,) = SOCRATA.in_pages
    asked = f"{HOME}api/catalog/v1?domains=data.example.gov&limit=5"
    numbered, begun, scrolled = (
        form.place(f"{asked}{more}", HOME) for more in ("&offset=5", "&scroll_id=", "&scroll_id=a-b")
    )  # fmt: skip
    assert numbered
    assert begun
    assert scrolled
    assert begun.form == scrolled.form != numbered.form
    assert form.place(f"{asked}&scroll_id=a-b&offset=5", HOME) is None
    platform = "https://api.us.socrata.com/api/catalog/v1?domains=data.example.gov"
    assert form.place(platform, HOME) is not None
    assert form.place(platform.replace("data.", "other."), HOME) is None
    assert form.place(platform.partition("?")[0], HOME) is None, "it is of all domains"


def test_a_home_is_found_in_the_address_of_any_page() -> None:
    assert home_in([ckan.PAGES], f"{SEARCH}?rows=5") == HOME
    assert home_in([ckan.PAGES], f"{HOME}data/api/3/action/package_search") == f"{HOME}data/"
    assert home_in([ckan.PAGES], HOME) == ""
    assert home_in([dcat_ap.PAGES], f"{HOME}catalog.ttl") == f"{HOME}catalog.ttl"
    feed = f"{HOME}api/feed/dcat-us/1.1.json"
    assert home_in([hub_search.PAGES], feed) == ""


def test_the_other_pages_of_a_list_are_written_as_the_one_that_is_known() -> None:
    def beside(form: ListInPages, address: str, home: str, total: int, count: int) -> list[str]:
        place = form.place(address, home)
        assert place is not None
        read = PageRead(total, tuple(map(str, range(count))))
        return [each.partition("?")[2] for each in form.beside(address, place, read)]

    asked = f"{SEARCH}?rows=3&start=3&sort=name+asc"
    assert beside(ckan.PAGES, asked, HOME, 8, 3) == [
        "rows=3&start=0&sort=name+asc", "rows=3&start=6&sort=name+asc",
    ]  # fmt: skip
    assert beside(ckan.PAGES, f"{SEARCH}?rows=5000", HOME, 2500, 1000) == [
        "rows=5000&start=1000", "rows=5000&start=2000",
    ], "a portal that gives fewer than were asked for"  # fmt: skip
    assert beside(ckan.PAGES, f"{SEARCH}?rows=3&start=6", HOME, 8, 2) == [
        "rows=3&start=0", "rows=3&start=3",
    ], "known by its last page"  # fmt: skip
    catalog = f"{HOME}catalog.ttl"
    assert beside(dcat_ap.PAGES, catalog, catalog, 5, 2) == ["page=2", "page=3"]
    assert beside(ckan.PAGES, SEARCH, HOME, 3, 3) == []
    assert len(beside(ckan.PAGES, SEARCH, HOME, 10**9, 1)) < 500, "whatever it claims"


def test_an_index_is_asked_by_what_all_pages_begin_with() -> None:
    catalog = f"{HOME}catalog.ttl?page_size=100"
    assert dcat_ap.PAGES.beginnings(catalog) == [f"{HOME}catalog.ttl"]
    assert dcat_ap.PAGES.place(f"{HOME}catalog.ttl?page=2&page_size=100", catalog) is not None
    assert dcat_ap.PAGES.place(f"{HOME}catalog.ttl?page=2", catalog) is None
    (form,) = SOCRATA.in_pages
    assert form.beginnings(HOME)[0] == f"{HOME}api/catalog/v1?domains=data.example.gov"
    www = SEARCH.replace("data.example", "www.data.example")
    assert ckan.PAGES.place(www, HOME) is not None, "as web archives take it"


moments = st.integers(0, 5 * 24).map(lambda hours: BEGAN + timedelta(hours=hours))
copies = st.builds(
    lambda moment, start, digest, form: Copy(
        moment, f"{moment:%d%H}/{form}/{start}/{digest}", "", Place(form, str(start), 10), digest
    ),
    moments, st.integers(0, 3), st.sampled_from("ab"), st.sampled_from(["small", "large"]),
)  # fmt: skip


@given(st.lists(copies, unique_by=lambda copy: copy.name), st.randoms())
def test_every_copy_is_of_one_day_and_one_look_or_says_what_one_of_its_day_says(found, die) -> None:
    made = days_of(found)
    shuffled = list(found)
    die.shuffle(shuffled)
    assert days_of(shuffled) == made
    for day in made:
        assert day[-1].moment - day[0].moment <= SPAN
    taken = [copy for day in made for copy in day]
    assert len(set(taken)) == len(taken)
    for copy in set(found) - set(taken):
        (same,) = (
            each for day in made for each in day
            if (each.place, each.digest) == (copy.place, copy.digest)
            and timedelta(0) <= copy.moment - day[0].moment <= SPAN
        )  # fmt: skip
        assert same.moment <= copy.moment
    for day in made:
        read = [CopyRead(c, Answer(Path()), PageRead(40 + ord(c.digest), ("x",))) for c in day]
        looks = looks_in(read)
        assert sorted(x.copy.name for look in looks for x in look) == sorted(c.name for c in day)
        for look in looks:
            assert len({(x.copy.place.form, x.read.total) for x in look}) == 1
            starts = [int(x.copy.place.start) for x in look]
            assert starts == sorted(set(starts)), "each page once, in their order"


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 7), unique=True, min_size=1),
    st.integers(1, 4),
    st.integers(-1, 1),
    st.data(),
)
def test_a_list_is_whole_where_every_entry_that_its_pages_count_came_once(
    tmp_path_factory: pytest.TempPathFactory, entries, size, more, data
) -> None:
    folder = tmp_path_factory.mktemp("pages")
    starts = list(range(0, len(entries), size))
    chosen = data.draw(st.lists(st.sampled_from(starts), unique=True, min_size=1))
    moved = data.draw(st.sampled_from([0, 0, 1]))  # one entry came on top after the first page
    pages = []
    for start in sorted(chosen):
        here = entries[max(0, start - moved if start else 0) :][:size]
        body = {"result": {"count": len(entries) + more, "results": [{"id": str(n)} for n in here]}}
        path = folder / f"{start}.json"
        path.write_text(json.dumps(body))
        pages.append((f"{SEARCH}?rows={size}&start={start}", path))
    came = [each["id"] for _, p in pages for each in json.loads(p.read_text())["result"]["results"]]
    try:
        taken = together(ckan.PAGES, look_of(ckan.PAGES, pages, HOME), folder)
    except AnswerRefused:
        return
    told = taken.completeness
    assert told.received == len(set(came))
    assert told.proved == (len(came) == len(set(came)) == len(entries) + more)
    assert told.proved == (not told.why_not)
    with zipfile.ZipFile(taken.path) as kept:
        names = [name for name in kept.namelist() if name.startswith("page-")]
        assert [kept.read(name) for name in names] == [path.read_bytes() for _, path in pages]


def test_recorded_pages_of_hydra_are_put_together(shared: Path, tmp_path: Path) -> None:
    folder = shared / "fixtures/portals/dcat-ap"
    home = "http://data.test.org/catalog.jsonld"
    first, second = (
        (f"{home}?page={n}", folder / f"paged-collection-{n}.jsonld") for n in (1, 2)
    )  # fmt: skip
    media_type = "application/ld+json"
    for number, (pages, why) in enumerate((
        ([first, second], ""),
        ([second, (home, first[1])], ""),  # in any order, and by the plain address
        ([first], "3 of 4 entries came"),
        ([second], "1 of 4 entries came"),
    )):  # fmt: skip
        into = tmp_path / str(number)
        into.mkdir()
        read = look_of(dcat_ap.PAGES, pages, home, media_type)
        (look,) = looks_in(read)
        complete = together(dcat_ap.PAGES, look, into).completeness
        assert (complete.why_not, complete.expected) == (why, 4)
        assert complete.proved is (not why)
    walked = [read for each in looks_in(read) for read in each]
    assert walked


def test_a_recorded_answer_of_ckan_is_a_part_of_its_list(shared: Path, tmp_path: Path) -> None:
    """Its recorder kept the inner part of the answer."""
    inner = json.loads((shared / "fixtures/portals/ckan/ckan_package_search.json").read_text())
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"success": True, "result": inner}))
    complete = one_answer(ckan.PAGES, Answer(path), HOME, tmp_path).completeness
    assert (complete.received, complete.expected, complete.proved) == (3, 102, False)
    assert complete.why_not == "3 of 102 entries came"


@pytest.mark.parametrize("domain", ["data.nola.gov", "data.princegeorgescountymd.gov"])
def test_crawls_that_were_cut_make_parts_of_lists_from_which_nothing_is_missed(
    shared: Path, tmp_path: Path, domain: str
) -> None:
    """47 days of a real portal's discovery, as a web archive would have its pages."""
    expected = crawls(shared)[domain]
    (form,) = SOCRATA.in_pages
    home, total = f"https://{domain}/", expected["fullest_day_distinct_ids"]
    members = Members()
    for day, results in days(shared, domain):
        into = tmp_path / day.date().isoformat()
        into.mkdir()
        pages = []
        for start in range(0, len(results), 50):
            path = into / f"{start}.json"
            told = {"resultSetSize": total, "results": results[start : start + 50]}
            path.write_text(json.dumps(told))
            query = f"domains={domain}&limit=50&offset={start}"
            pages.append((f"{home}api/catalog/v1?{query}", path))
        (look,) = looks_in(look_of(form, pages, home))
        complete = together(form, look, into).completeness
        ids = [each["resource"]["id"] for each in results]
        assert complete.received == len(set(ids))
        assert complete.proved is (len(ids) == len(set(ids)) == total)
        done = step(
            members,
            Listing(
                day, crawl_listing(day, results).entries, proved=complete.proved, declared=total,
                is_copy=True,
            ),
        )  # fmt: skip
        members = done.members
        assert not [f for f in done.findings if isinstance(f, Missing | Vanished)]
    assert len(members.by_key) == expected["union_of_all_days"]
    assert {m.state for m in members.by_key.values()} == {State.PRESENT}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>no</html>", b"null", b"[]", b'{"result": []}', b"[" * 50_000, b"\xff\xfe\x00",
        b'{"result": {"count": 5, "results": {}}}', b'{"result": {"results": [{"id": "a"}]}}',
        b'{"result": {"count": "many", "results": [{"id": "a"}]}}',
        b'{"result": {"count": 5, "results": []}}', b'{"success": false, "error": {}}',
        b'{"result": {"count": 1e999, "results": [{"id": "a"}]}}',
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "answer"
    path.write_bytes(body)
    forms = [ckan.PAGES, *SOCRATA.in_pages, opendatasoft.PAGES, hub_search.PAGES, dcat_ap.PAGES]
    for form in forms:
        with pytest.raises(AnswerRefused):
            page_read(form, Answer(path, SEARCH, "application/json"), HOME)


def test_a_list_that_was_empty_is_one_and_a_page_behind_the_last_is_none(tmp_path: Path) -> None:
    path = tmp_path / "answer"
    path.write_text('{"result": {"count": 0, "results": []}}')
    assert one_answer(ckan.PAGES, Answer(path), HOME, tmp_path).completeness.proved
    path.write_text('{"result": {"count": 9, "results": []}}')
    with pytest.raises(AnswerRefused, match="No entry"):
        page_read(ckan.PAGES, Answer(path, f"{SEARCH}?start=90"), HOME)


def test_two_counts_that_grew_are_two_looks_though_the_entries_would_fit(tmp_path: Path) -> None:
    """Of the eight that the second page counts, the first page has four of seven."""
    pages = []
    for start, count in ((0, 7), (4, 8)):
        path = tmp_path / f"{start}.json"
        results = [{"id": str(n)} for n in range(start, start + 4)]
        path.write_text(json.dumps({"result": {"count": count, "results": results}}))
        pages.append((f"{SEARCH}?rows=4&start={start}", path))
    looks = looks_in(look_of(ckan.PAGES, pages, HOME))
    assert [[x.copy.place.start for x in look] for look in looks] == [["0"], ["4"]]


def test_the_pages_of_the_guide_are_put_together(tmp_path: Path) -> None:
    guide = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-source.md"
    blocks = re.findall(r"```python\n(.+?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    there: dict[str, ListInPages] = {}
    exec(blocks[1], there)  # the guide of this repository
    form, pages = there["MILLPOND"], []
    for start in (0, 2):
        path = tmp_path / f"{start}.json"
        datasets = [{"id": f"d{n}"} for n in (start, start + 1)]
        path.write_text(json.dumps({"total": 4, "datasets": datasets}))
        pages.append((f"{HOME}datasets.json?from={start}&count=2", path))
    for number, (some, why) in enumerate(
        ((pages, ""), (pages[1:], "2 of 4 entries came, on 1 of 2 pages"))
    ):
        into = tmp_path / str(number)
        into.mkdir()
        assert together(form, look_of(form, some, HOME), into).completeness.why_not == why
    assert form.place(f"{HOME}datasets.json?from=0&tag=parks", HOME) is None
    (tmp_path / "0.json").write_text("<html>Back soon</html>")
    with pytest.raises(AnswerRefused):
        page_read(form, Answer(tmp_path / "0.json"), HOME)

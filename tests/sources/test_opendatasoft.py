"""Opendatasoft: its catalog by pages or export, rows with pinned parameters, and its traps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from visiting import pages_of, rows_of, visiting

from verticalfile.fetch.errors import AnswerRefused, Blocked, CutShort, HostWaits
from verticalfile.sources.kind import Role
from verticalfile.sources.opendatasoft import SOURCE
from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.opendatasoft import OpendatasoftSite
from verticalfile.town.portals.serving import Answer, Fault, Request


def export_of(home: str, holding: Holding) -> str:
    return f"{home}api/explore/v2.1/catalog/datasets/{holding.slug}/exports/csv"


def test_a_portal_is_recognised_and_says_that_it_is_untried(tmp_path: Path) -> None:
    with visiting(OpendatasoftSite(Holdings(2)), scratch=tmp_path) as (server, visit):
        found = SOURCE.recognise(visit, f"{server.home}explore/", None)
        assert found is not None
        assert (found.location, found.version) == (server.home, "Explore v2.1")
    assert not SOURCE.is_tried
    with visiting(scratch=tmp_path) as (server, visit):
        assert SOURCE.recognise(visit, server.home, None) is None


def test_every_dataset_is_listed_in_pages(tmp_path: Path) -> None:
    holdings = Holdings(230, rows=1)
    with visiting(OpendatasoftSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        before = rows_of(taken)
        taken.path.unlink()
        holdings.pass_days(1)
        holdings.touch(holdings.held[5])
        again = rows_of(SOURCE.list(visit, server.home, tmp_path))
    complete = taken.completeness
    assert (complete.received, complete.expected, complete.pages) == (230, 230, 3)
    assert complete.proved
    assert [row["dataset_id"] for row in before] == sorted(h.slug for h in holdings.held)
    moved = [name for name in before[0] if name != "dcat"]
    assert [[row[n] for n in moved] for row in before] == [[r[n] for n in moved] for r in again]


def test_trap_50_a_catalog_too_long_for_pages_is_exported(tmp_path: Path) -> None:
    holdings = Holdings(10_050, rows=1)
    with visiting(OpendatasoftSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        assert max(int(r.query.get("offset", 0)) for r in server.asked) == 0
        naive = 0  # page by page, until there is none
        while found := requests.get(
            f"{server.home}api/explore/v2.1/catalog/datasets?limit=100&offset={naive}", timeout=60
        ).json().get("results"):  # fmt: skip
            naive += len(found)
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.method) == (10_050, "catalog export")
    assert pages_of(taken) == ["pages.json", "page-00001.json"]
    assert len(rows_of(taken)) == 10_050
    assert naive == 10_000


def test_a_list_whose_count_moves_meanwhile_is_not_proved(tmp_path: Path) -> None:
    holdings = Holdings(150, rows=1)
    site = OpendatasoftSite(holdings)
    site.between = lambda _: holdings.drop(holdings.held[-1])
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert not taken.completeness.proved


def test_what_an_entry_says_is_read(tmp_path: Path) -> None:
    holdings = Holdings(2)
    holdings.held[0].facts["attached"] = True
    holdings.held[1].facts["federated"] = True
    with visiting(OpendatasoftSite(holdings), scratch=tmp_path) as (server, visit):
        page = visit.json(f"{server.home}api/explore/v2.1/catalog/datasets")
        entries = [SOURCE.entry(r, server.home) for r in page["results"]]
        own, other = sorted(entries, key=lambda e: e.title)
        data, document = own.offers
        assert visit.page(document.location).body.startswith(b"%PDF")
    holding = holdings.held[0]
    assert own.identifier == f"da_{holding.hex32[:6]}"
    assert (own.title, own.publisher) == (holding.title, holding.publisher)
    assert (own.licence, own.licence_field) == (holding.licence, "license_url")
    assert (data.kind, document.role) == ("opendatasoft", Role.DOCUMENTATION)
    assert (own.is_part, other.is_part) == (False, True)


def test_trap_49_rows_come_with_every_parameter_told(tmp_path: Path) -> None:
    holdings = Holdings(1)
    with visiting(OpendatasoftSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, export_of(server.home, holdings.held[0]), tmp_path)
        naive = requests.get(export_of(server.home, holdings.held[0]), timeout=60).content
    rows = rows_of(taken)
    assert list(rows[0]) == list(holdings.held[0].columns)
    assert str(rows[0]["opened"]).endswith("T00:00:00+00:00")
    assert not taken.path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (taken.completeness.received, taken.completeness.proved) == (30, True)
    assert naive.startswith(b"\xef\xbb\xbfId;Street")


def shorter(_: Request, answer: Answer) -> Answer:
    return Answer(b"".join(answer.body.splitlines(keepends=True)[:9]), media_type="text/csv")


def test_rows_that_do_not_meet_their_count_are_asked_for_again_and_not_kept(
    tmp_path: Path,
) -> None:
    holdings = Holdings(1)
    with visiting(OpendatasoftSite(holdings), scratch=tmp_path) as (server, visit):
        location = export_of(server.home, holdings.held[0])
        server.faults.append(Fault("exports/csv", shorter, times=2))
        taken = SOURCE.fetch(visit, location, tmp_path)
        assert taken.completeness.received == 30
        taken.path.unlink()
        server.faults[:] = [Fault("exports/csv", shorter)]
        with pytest.raises(CutShort, match="8 records came where 30"):
            SOURCE.fetch(visit, location, tmp_path)
    assert not list(tmp_path.iterdir())


def test_rows_that_are_processed_meanwhile_are_asked_for_again(tmp_path: Path) -> None:
    holdings = Holdings(1)
    site = OpendatasoftSite(holdings)
    edits = [holdings.held[0]]

    def edit(path: str) -> None:
        if path.endswith("exports/csv") and edits:
            holdings.pass_days(1)
            holdings.edit(edits.pop(), added=0)

    site.between = edit
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, export_of(server.home, holdings.held[0]), tmp_path)
        assert len([r for r in server.asked if r.path.endswith("csv")]) == 2
    assert [row["status"] for row in rows_of(taken)] == [r[3] for r in holdings.held[0].rows]


@pytest.mark.parametrize("by_header", [True, False])
@pytest.mark.parametrize("act", ["list", "fetch"])
def test_trap_51_a_quota_that_is_used_up_is_told_with_its_end(
    act: str, by_header: bool, tmp_path: Path
) -> None:
    holdings = Holdings(150, rows=1)
    site = OpendatasoftSite(holdings)
    site.tells_by_header = by_header
    with visiting(site, scratch=tmp_path) as (server, visit):
        site.quota, site.reset_at = 1, int(visit.clock.now().timestamp()) + 5_000
        doing: dict[str, Callable[[], object]] = {
            "list": lambda: SOURCE.list(visit, server.home, tmp_path),
            "fetch": lambda: SOURCE.fetch(
                visit, export_of(server.home, holdings.held[0]), tmp_path
            ),
        }
        with pytest.raises(Blocked) as caught:
            doing[act]()
        asked_so_far = len(server.asked)
        with pytest.raises(HostWaits):
            doing[act]()
        assert len(server.asked) == asked_so_far
    asked = caught.value.facts["retry_after_s"]
    assert isinstance(asked, float)
    assert 4_000 < asked <= 5_000


def test_an_error_in_a_200_is_an_error(tmp_path: Path) -> None:
    broken = json.dumps({"error_code": "ODSQLError", "message": "Out of order"}).encode()
    with visiting(OpendatasoftSite(Holdings(1)), scratch=tmp_path) as (server, visit):
        location = export_of(server.home, Holdings(1).held[0])
        server.faults.append(Fault("catalog/datasets", lambda _, a: Answer(broken)))
        with pytest.raises(AnswerRefused, match="Out of order"):
            SOURCE.list(visit, server.home, tmp_path)
        server.faults[:] = [Fault("exports/csv", lambda _, a: Answer(broken))]
        with pytest.raises(AnswerRefused, match="Out of order"):
            SOURCE.fetch(visit, location, tmp_path)
    assert not list(tmp_path.iterdir())

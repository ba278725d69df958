"""The client that the authors of RFC 7089 wrote finds versions by their dates, over HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest
import requests
from memento_client import MementoClient
from test_memento import MEMENTOS

MOMENTS = [datetime.strptime(each, "%Y%m%dT%H%M%SZ") for each in MEMENTOS]
NOWHERE = "http://127.0.0.1:1/timegate/"
"""Asked where a page names no TimeGate of its own: nobody is there, and the test fails."""


@pytest.fixture
def client():
    with MementoClient(timegate_uri=NOWHERE) as client:
        yield client


@pytest.fixture
def trees(served: str) -> str:
    return f"{served}/d/street-trees/"


def places(info: dict[str, object]) -> dict[str, tuple[str, datetime]]:
    """Address and date of each memento that was told."""
    return {rel: (told["uri"][0], told["datetime"]) for rel, told in info["mementos"].items()}


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (datetime(2017, 1, 1), 0),
        (MOMENTS[0], 0),
        (datetime(2024, 2, 7, 16), 1),
        (datetime(2024, 3, 20, 14, 59, 59), 1),
        (MOMENTS[2], 2),
        (datetime(2024, 3, 30), 3),
        (MOMENTS[4], 4),
        (datetime(2038, 1, 1), 4),
    ],
)
@pytest.mark.parametrize("language", ["", "/es"])
def test_it_is_led_to_the_version_that_stood_and_told_those_beside_it(
    client, served: str, language: str, asked: datetime, place: int
) -> None:
    trees = f"{served}{language}/d/street-trees/"
    info = client.get_memento_info(trees, asked)
    assert info["original_uri"] == trees
    assert info["timegate_uri"] == f"{trees}timegate/"
    assert info["mementos"]["closest"]["http_status_code"] == 200
    beside = {"closest": place, "first": 0, "prev": place - 1, "next": place + 1, "last": 4}
    assert places(info) == {
        rel: (f"{trees}@{MEMENTOS[n]}/", MOMENTS[n]) for rel, n in beside.items() if n in range(5)
    }


def test_it_knows_what_is_an_original_a_timegate_and_a_memento(client, trees: str) -> None:
    memento = f"{trees}@{MEMENTOS[2]}/"
    assert client.is_memento(memento)
    assert not client.is_timegate(memento)
    assert client.is_timegate(f"{trees}timegate/")
    assert not client.is_memento(f"{trees}timegate/")
    assert not client.is_memento(trees)
    assert not client.is_timegate(trees)
    assert client.get_native_timegate_uri(trees, MOMENTS[2]) == f"{trees}timegate/"


def test_from_a_memento_it_finds_back_to_the_original_and_another_time(client, trees: str) -> None:
    memento = f"{trees}@{MEMENTOS[4]}/"
    assert client.get_original_uri(memento) == trees
    info = client.get_memento_info(memento, MOMENTS[0])
    assert places(info)["closest"] == (f"{trees}@{MEMENTOS[0]}/", MOMENTS[0])


def test_it_reads_the_time_map(client, trees: str) -> None:
    told = client.parse_link_header(requests.head(trees).headers["Link"])
    maps = [place for place, link in told.items() if link["rel"] == ["timemap"]]
    assert maps == [f"{trees}timemap.link", f"{trees}timemap.json"]
    read = client.parse_link_header(requests.get(maps[0]).text)
    listed = {place: link for place, link in read.items() if "memento" in link["rel"]}
    assert list(listed) == [f"{trees}@{each}/" for each in MEMENTOS]
    assert [client.convert_to_datetime(each["datetime"][0]) for each in listed.values()] == MOMENTS
    ends = client.get_uri_dt_for_rel(read, ["first", "last", "original", "timegate", "self"])
    assert ends["first"]["uri"] == f"{trees}@{MEMENTOS[0]}/"
    assert ends["last"]["uri"] == f"{trees}@{MEMENTOS[4]}/"
    assert ends["original"]["uri"] == trees
    assert ends["timegate"]["uri"] == f"{trees}timegate/"
    assert ends["self"]["uri"] == maps[0]


def test_of_what_was_never_kept_it_finds_no_timegate(client, served: str) -> None:
    assert client.get_native_timegate_uri(f"{served}/d/never-collected/", MOMENTS[0]) is None

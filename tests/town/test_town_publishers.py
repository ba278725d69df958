"""The portals of the town's publishers tell the story by the clock, each in its own protocol."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from verticalfile import town
from verticalfile.kernel.clock import SetClock
from verticalfile.town import days
from verticalfile.town.portals.serving import PortalServer
from verticalfile.town.publishers import (
    CITY,
    COUNTY,
    FILES_OF,
    FINANCE,
    LIBRARY,
    address_of,
    open_portals,
)

Portals = Mapping[str, PortalServer]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(days.moment_of(days.FIRST_DAY))


@pytest.fixture
def portals(told: tuple[town.Beat, ...], clock: SetClock) -> Iterator[Portals]:
    with open_portals(told, clock) as running:
        yield running


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def packages(portals: Portals) -> dict[str, str]:
    """Addresses of the city's files by title."""
    body = json.loads(get(f"{portals[CITY].home}api/3/action/package_search?rows=100"))
    return {p["title"]: p["resources"][0]["url"] for p in body["result"]["results"]}


def listed(portals: Portals) -> list[str]:
    """Addresses of the files that the library's list names."""
    (dataset,) = json.loads(get(address_of(LIBRARY, portals[LIBRARY])))["dataset"]
    return [each["downloadURL"] for each in dataset["distribution"]]


def newest(told: tuple[town.Beat, ...], file: str, clock: SetClock) -> bytes:
    return [b for b in told if b.file == file and b.at <= clock.now()][-1].body


def test_every_file_has_one_publisher() -> None:
    assert sorted(f for files in FILES_OF.values() for f in files) == sorted(town.FILES)


def test_a_file_has_the_bytes_of_the_story_whoever_serves_it(
    told: tuple[town.Beat, ...], portals: Portals, clock: SetClock
) -> None:
    clock.move_to(days.moment_of(days.STORM_FILE))
    assert get(packages(portals)["Service requests"]) == newest(told, days.REQUESTS, clock)
    views = json.loads(get(f"{portals[COUNTY].home}api/views"))
    sales = next(v["id"] for v in views if v["name"] == "Housing sales")
    body = get(f"{portals[COUNTY].home}download/{sales}/application%2Fgzip")
    assert body == newest(told, days.SALES, clock)
    clock.move_to(days.moment_of(days.DOORS_ON_PORTAL))
    assert [get(a) for a in listed(portals)] == [newest(told, f, clock) for f in FILES_OF[LIBRARY]]
    page = get(address_of(FINANCE, portals[FINANCE])).decode()
    link = page.split('<a href="')[1].split('"')[0]
    assert get(portals[FINANCE].home + link[1:]) == newest(told, days.BUDGET, clock)


def test_door_counts_are_on_no_portal_while_somebody_saves_them_by_hand(
    portals: Portals, clock: SetClock
) -> None:
    clock.move_to(days.moment_of(days.DOORS_ON_PORTAL) - timedelta(days=1))
    (branches,) = listed(portals)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(branches.replace("branches.geojson", "door-counts.csv"))


def test_what_is_gone_is_off_the_list_and_its_address_says_so(
    portals: Portals, clock: SetClock
) -> None:
    clock.move_to(days.moment_of(days.VANISHED) - timedelta(days=1))
    address = packages(portals)["Sidewalk repair prices"]
    clock.move_to(days.moment_of(days.VANISHED))
    assert "Sidewalk repair prices" not in packages(portals)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(address)
    clock.move_to(days.moment_of(days.RETURNED))
    assert packages(portals)["Sidewalk repair prices"] == address, "it comes back where it was"

"""A list that came and cannot be read is told as that before anything is added."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_following import Town

from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.known.selection import Selection
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Answer, Request


class Document:
    """A data.json."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def answer(self, request: Request) -> Answer | None:
        return Answer(self.body) if request.path == "/data.json" else None


def deep(depth: int) -> object:
    found: object = "x"
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(("records", "why"), [([], ""), ([deep(900)], "it cannot be read")])
def test_a_preview_says_where_nothing_of_a_list_can_be_read(
    tmp_path: Path, records: list[object], why: str
) -> None:
    entries = [{"identifier": "a", "title": "A", "spatial": each} for each in records]
    town = Town(tmp_path, Document(json.dumps({"dataset": entries}).encode()), Holdings(0))
    with (
        town.open(),
        found_at(town.archive, f"{town.server.home}data.json", town.fetching) as found,
    ):
        assert found is not None
        preview = preview_of(found, Selection())
    assert (preview.entries, preview.is_complete) == (0, not why)
    assert preview.why_not.startswith(why)

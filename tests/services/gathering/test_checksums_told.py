"""Checksums that a catalog tells: one that differs is said, and the file is kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from test_following import Town

from verticalfile.services.known import derive
from verticalfile.services.known.selection import Selection
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings


def test_a_checksum_that_differs_is_a_finding_and_the_file_is_kept(tmp_path: Path) -> None:
    holdings = Holdings(2)
    site = DcatUsSite(holdings)
    right, wrong = hashlib.sha256(holdings.held[0].csv()).hexdigest(), "0" * 64

    def with_checksums(body: bytes) -> bytes:
        document = json.loads(body)
        for record, value in zip(document["dataset"], (right, wrong), strict=True):
            told = {"algorithm": "https://spdx.org/rdf/terms/#checksumAlgorithm_sha256"}
            record["distribution"][0]["checksum"] = {**told, "checksumValue": value}
        return json.dumps(document).encode()

    site.change_body = with_checksums
    town = Town(tmp_path, site, holdings)
    with town.open():
        town.follow(Selection())
        said = {c.resource.location: c for c in town.day().values() if c.resource.source}
    found = {}
    for holding in holdings.held:
        checked = next(c for place, c in said.items() if holding.hex32 in place)
        (capture,) = derive.held(town.archive, checked.resource.id)
        found[holding.number] = (
            "another checksum" in checked.said, capture.taken.completeness["checksum"]["agrees"],
        )  # fmt: skip
    assert found == {0: (False, True), 1: (True, False)}

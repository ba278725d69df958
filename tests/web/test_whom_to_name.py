"""The rights box tells a licence and whom to name apart, in both languages."""

from __future__ import annotations

import re

from made_room import Maker

from verticalfile.services.datasets.describing import describe
from verticalfile.services.known.statements import Field


def test_licence_and_source_stand_apart_and_in_the_credit_line(tmp_path, enter) -> None:
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("t.csv", "trees", "Trees")
    maker.collect("trees", "t.csv", "id,kind\n1,oak\n")
    describe(
        maker.archive, "trees",
        {Field.LICENCE: ["CC BY 4.0 - Stadt Wien"], Field.PUBLISHER: ["Magistrat Wien"]},
    )  # fmt: skip
    room = enter(maker.archive.root)
    for address, licence, named in (
        ("/d/trees/", "Licence: CC-BY-4.0", "To be named as the source: Stadt Wien"),
        ("/d/trees/rights/", "Licence: CC-BY-4.0", "To be named as the source: Stadt Wien"),
        ("/es/d/trees/", "Licencia: CC-BY-4.0", "Hay que nombrar como fuente: Stadt Wien"),
    ):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", room.get(address).content.decode()))
        assert licence in text, address
        assert named in text, address
        assert "Stadt Wien, Trees, " in text, "the credit line names whom the publisher asks for"

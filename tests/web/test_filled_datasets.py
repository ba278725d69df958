"""A dataset that is known from its past alone: nobody has looked at its publisher yet."""

from __future__ import annotations

import re

from made_room import LIBRARY

from verticalfile.services.archive import init
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets.adding import add

SAID = {
    "": "The library has not looked itself yet; this was filled from an older record.",
    "/es": "La biblioteca aún no lo ha revisado; esto procede de un registro anterior.",
}


def test_what_was_never_looked_at_says_so_and_gives_no_empty_date(tmp_path, enter):
    dated = tmp_path / "zones"
    dated.mkdir()
    for day in ("2024-01-10", "2024-02-10"):
        (dated / f"zones-{day}.csv").write_text(f"id,day\n1,{day}\n")
    archive = init(tmp_path / "archive", settings=LIBRARY)
    (file,) = add(archive, str(dated), name="zones")
    backfill.from_folder(archive, lambda: file, dated)
    archive.index.close()
    room = enter(tmp_path / "archive")
    for tongue, said in SAID.items():
        text = room.get(f"{tongue}/d/zones/").content.decode()
        assert said in text
        status = re.search(r'<p class="status">(.*?)</p>', text, re.S)
        assert status is not None
        assert " ." not in re.sub(r"<[^>]*>", "", status[1])  # a date that is none

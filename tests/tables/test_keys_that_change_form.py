"""Keys that a publisher writes otherwise one day still name the same rows."""

from __future__ import annotations

import pyarrow as pa
import pytest

from verticalfile.cli.reader.comparing_cmd import PAIRED
from verticalfile.tables.changes import FORMS, compare
from verticalfile.tables.reading import ReadTable

TOWNS = ["09001", "09003", "09005", "09007", "09009", "09011"]


def towns(keys: list[str], people: int = 100) -> ReadTable:
    counts = [str(people + n) for n in range(len(keys))]
    rows = pa.table({"c0": pa.array(keys, pa.string()), "c1": pa.array(counts, pa.string())})
    return ReadTable("", ("geoid", "people"), rows)


@pytest.mark.parametrize(
    "written", ["{:d}", "{:d}.0", "{:06d}"], ids=["no zeros", "as a fraction", "more zeros"]
)
def test_codes_that_lost_their_zeros_are_the_same_codes(written: str) -> None:
    keys = [written.format(int(key)) for key in TOWNS]
    found = compare(towns(TOWNS), towns(keys, people=101), key=("geoid",))
    assert found.key_form == "as number"
    assert (found.added, found.removed) == ((), ())
    assert found.changed[0].cells == {"geoid": ("09001", keys[0]), "people": ("100", "101")}
    back = compare(towns(keys), towns(TOWNS), key=("geoid",))
    assert (back.key_form, len(back.changed)) == ("as number", len(TOWNS))


def test_codes_that_only_zeros_tell_apart_stay_apart() -> None:
    olds, news = ["1", "01", "001", "2"], ["0001", "00001", "000001", "02"]
    found = compare(towns(olds), towns(news), key=("geoid",))
    assert found.key_form == "exact"
    assert (len(found.added), len(found.removed)) == (4, 4)


def test_other_codes_are_other_rows() -> None:
    found = compare(towns(TOWNS), towns([f"1{key}" for key in TOWNS]), key=("geoid",))
    assert found.key_form == "exact"
    assert len(found.added) == len(TOWNS)


def test_every_form_has_its_words() -> None:
    assert set(PAIRED) == set(FORMS)

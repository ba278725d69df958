"""A table of counts without its small ones stands in the place of a file that is withheld."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from destroyed import destroyed

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.originals import chunks_of
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.citing.citing import cite_version
from verticalfile.services.collecting.backfill import from_folder
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.datasets.describing import described
from verticalfile.services.deciding import embargoing, masking, reviewing, withholding
from verticalfile.services.known.masks import mask_of, masks, not_made
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in import rebuild
from verticalfile.services.taking_in.masked_copies import bring_all_up
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.tables.masking.method import Method

HEAD = "tract,young,middle,old,all,rate\r\n"
FIRST = HEAD + "1,3,250,12,265,1.1\r\n2,40,50,60,150,0.2\r\n"
METHOD = Method(("young", "middle", "old"), ("tract",), "all")
SHOWN_HEAD = "tract,young,middle,old,all\r\n"
WHY = "small counts of persons"


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock(datetime(2024, 1, 10, tzinfo=UTC))
        self.archive: Archive = init(folder / "archive", clock=self.clock)
        self.path = folder / "cases.csv"
        self.path.touch()
        add(self.archive, str(self.path), name="cases", title="Cases by tract", every="daily")

    def collect(self, text: str) -> None:
        self.path.write_bytes(text.encode())
        self.clock.pass_time(timedelta(days=7))
        rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
        round_of(self.archive, ["cases"], fetching=rules)

    def mask(self, method: Method = METHOD, **more: object):
        return masking.mask(self.archive, "cases", method, reason=WHY, **more)

    def file(self, name: str = "cases-masked"):
        return self.archive.index.resources(name)[0]

    def versions(self, name: str = "cases-masked"):
        return self.archive.index.versions(self.file(name).id)

    def shown(self, name: str = "cases-masked") -> list[bool]:
        return [visible_to(Viewer.PUBLIC, v) for v in self.versions(name)]

    @property
    def copies(self) -> list[str]:
        vault, file = self.archive.vault, self.file()
        held = sorted(vault.captures(file.id), key=lambda c: c.taken.seen_at)
        return [b"".join(chunks_of(vault.restored(c))).decode() for c in held]


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path)
    found.collect(FIRST)
    return found


def test_the_file_is_withheld_and_a_copy_without_small_counts_is_shown(desk):
    done = desk.mask()
    assert done.name == "cases-masked"
    assert done.cells == (8, 2)
    assert done.left_out == ("rate",)
    assert done.was_public
    assert desk.copies == [SHOWN_HEAD + "1,*,250,*,265\r\n2,40,50,60,150\r\n"]
    assert (desk.shown("cases"), desk.shown()) == ([False], [True])
    assert [v.seen_at for v in desk.versions()] == [v.seen_at for v in desk.versions("cases")]


def test_the_original_stays_in_the_vault_to_the_last_byte(desk):
    desk.mask()
    [capture] = desk.archive.vault.captures(desk.file("cases").id)
    assert desk.archive.vault.restored(capture) == FIRST.encode()


def test_a_trial_records_nothing(desk):
    before = desk.archive.index.events()
    assert desk.mask(is_trial=True).cells == (8, 2)
    assert desk.archive.index.events() == before


def test_every_version_that_comes_is_masked_with_the_one_before_in_mind(desk):
    desk.mask()
    desk.collect(FIRST.replace("1,3,250,12,265", "1,3,250,15,268"))
    desk.collect(FIRST.replace("1,3,250,12,265", "1,30,250,15,295"))
    assert [c.splitlines()[1] for c in desk.copies] == [
        "1,*,250,*,265", "1,*,250,*,268", "1,*,250,*,295",
    ]  # fmt: skip
    assert desk.shown() == [True, True, True]
    assert desk.shown("cases") == [False, False, False]


def test_an_older_version_that_is_filled_in_is_masked_as_well(desk, tmp_path):
    desk.mask()
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "cases-2020-01-31.csv").write_text(FIRST.replace("1,3,250,12", "1,4,249,12"))
    from_folder(desk.archive, lambda: desk.file("cases"), folder)
    assert [c.splitlines()[1] for c in desk.copies] == ["1,*,249,*,265", "1,*,250,*,265"]
    assert desk.versions()[0].seen_at.year == 2020
    assert desk.shown("cases") == [False, False]


def test_last_sightings_and_absences_are_those_of_the_original(desk):
    desk.mask()
    desk.collect(FIRST)
    assert desk.versions()[0].last_seen_at == desk.versions("cases")[0].last_seen_at
    desk.path.unlink()
    desk.clock.pass_time(timedelta(days=7))
    rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
    round_of(desk.archive, ["cases"], fetching=rules)
    absent_from = desk.versions("cases")[0].absent_from
    assert absent_from is not None
    assert desk.versions()[0].absent_from == absent_from


def test_a_version_without_the_columns_gets_no_copy_and_the_reason_is_kept(desk):
    desk.mask()
    desk.collect("tract,kids,middle,old,all\n" + "1,3,250,12,265\n2,40,50,60,150\n")
    assert len(desk.copies) == 1
    [mask] = masks(desk.archive)
    assert list(not_made(desk.archive, mask).values()) == ["it has no column “young”"]
    desk.collect("tract,kids,middle,old,all\n" + "1,3,250,12,265\n2,40,50,60,150\n")
    told = [e for e in desk.archive.index.events([mask.copy]) if e["kind"] == "not masked"]
    assert len(told) == 1


def test_what_is_withdrawn_of_the_original_is_so_of_its_copy(desk):
    desk.mask()
    desk.collect(FIRST.replace("1,3,", "1,4,").replace("265", "266"))
    reviewing.withdraw(
        desk.archive, "cases", version="v1", how="hide", reason="an error", authority="the director"
    )
    assert desk.shown() == [False, True]
    reviewing.let_out(desk.archive, "cases", "v1")
    assert desk.shown() == [True, True]


def test_an_embargo_of_the_original_is_one_of_its_copy_and_ends_with_it(desk):
    desk.mask()
    day = desk.clock.now().date() + timedelta(days=30)
    embargoing.embargo(desk.archive, "cases", until=day, reason="agreed")
    desk.collect(FIRST.replace("1,3,", "1,4,").replace("265", "266"))
    assert (desk.shown("cases"), desk.shown()) == ([False, False], [False, False])
    desk.clock.pass_time(timedelta(days=40))
    embargoing.end_due(desk.archive)
    assert (desk.shown("cases"), desk.shown()) == ([False, False], [True, True])


def test_a_copy_is_not_masked_again(desk):
    desk.mask()
    with pytest.raises(InputRefused, match="is a masked copy"):
        masking.mask(desk.archive, "cases-masked", METHOD, reason=WHY)


def test_of_a_version_that_is_destroyed_no_hidden_count_stays_and_its_copy_is_hidden(desk):
    desk.mask()
    desk.collect(FIRST.replace("1,3,250,12,265", "1,5,250,15,270"))
    [first, _] = desk.versions("cases")
    destroyed(desk.archive, "cases", version="v1", reason="by law", authority="court")
    assert first.sha256 not in str(desk.archive.index.events())
    assert desk.shown() == [False, True]
    desk.collect(FIRST.replace("1,3,250,12,265", "1,30,250,15,295"))
    assert [c.splitlines()[1] for c in desk.copies][-1] == "1,*,250,*,295"
    assert verify(desk.archive, None).well


def test_the_original_is_not_released_beside_its_copy(desk):
    desk.mask()
    with pytest.raises(InputRefused, match="masked copy"):
        withholding.release(desk.archive, "cases", reason="a mistake")
    reviewing.withdraw(
        desk.archive, "cases-masked", version=None, how="hide", reason="not needed", authority="us"
    )
    withholding.release(desk.archive, "cases", reason="of dogs, not of persons")
    assert desk.shown("cases") == [True]


def test_a_file_has_one_masked_copy_and_the_same_again_adds_nothing(desk):
    desk.mask()
    before = (desk.copies, len(desk.archive.index.events([desk.file().id])))
    assert desk.mask().made.copies == []
    assert (desk.copies, len(desk.archive.index.events([desk.file().id]))) == before
    with pytest.raises(InputRefused, match="difference"):
        desk.mask(Method(("young", "middle", "old"), ("tract",), "all", below=20))
    with pytest.raises(InputRefused, match="difference"):
        desk.mask(Method(("young", "middle", "old"), ("tract",), "all", below=20), copy="other")


@pytest.mark.parametrize(
    ("method", "mend"),
    [
        (Method(("young",), ("tract",), below=4), "between 5 and 20"),
        (Method(("young",), ("tract",), below=21), "between 5 and 20"),
        (Method((), ("tract",)), "--counts"),
        (Method(("young",), ()), "--keep"),
        (Method(("aged",), ("tract",)), "young"),
        (Method(("young", "young"), ("tract",)), "once"),
        (Method(("young",), ("tract",), by=("rate",)), "--keep"),
        (Method(("young",), ("middle", "tract"), "middle"), "once"),
    ],
)
def test_a_method_that_cannot_be_is_refused_before_anything_is_recorded(desk, method, mend):
    before = desk.archive.index.events()
    with pytest.raises(InputRefused) as refused:
        desk.mask(method)
    assert mend in refused.value.mend
    assert desk.archive.index.events() == before


def test_a_rebuild_comes_to_the_same_and_to_the_same_bytes(desk):
    desk.mask()
    desk.collect(FIRST.replace("1,3,250,12,265", "1,3,250,15,268"))
    before = (desk.versions(), desk.versions("cases"), desk.copies)
    desk.archive.index.close()
    archive = open_archive(desk.folder / "archive", clock=desk.clock)
    assert rebuild.rebuild(archive, None).differences == []
    desk.archive = archive
    assert (desk.versions(), desk.versions("cases"), desk.copies) == before
    assert mask_of(archive, desk.file().id).method == METHOD
    assert [made.copies for made in bring_all_up(archive).values()] == [[]]


def test_a_crash_before_the_copy_is_kept_is_made_good_by_the_next_round(desk, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(masking, "bring_up", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.mask()
    assert desk.shown("cases") == [False]
    desk.collect(FIRST)
    assert desk.copies == [SHOWN_HEAD + "1,*,250,*,265\r\n2,40,50,60,150\r\n"]


def test_its_method_is_told_in_both_languages_and_in_its_citation(desk):
    desk.mask()
    said = described(desk.archive, "cases-masked")
    assert said.title["en"].value == "Cases by tract, small counts hidden"
    assert "Counts from 1 to 10 are hidden" in said.description["en"].value
    assert "Zeros are shown." in said.description["en"].value
    assert "cantidades de 1 a 10" in said.description["es"].value
    assert "small counts hidden" in cite_version(desk.archive, "cases-masked").text


def test_the_archive_verifies_with_a_masked_copy(desk):
    desk.mask()
    assert verify(desk.archive, None).well

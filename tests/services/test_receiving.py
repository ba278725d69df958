"""A file that was handed over: in its place in time, with how it came, and its letter kept back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from destroyed import destroyed

from verticalfile.catalog.file_names import data_of
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import init, open_archive
from verticalfile.services.citing.citing import Style, cite_version
from verticalfile.services.collecting.collect import Fetching, collect
from verticalfile.services.collecting.due import due
from verticalfile.services.collecting.receiving import receive
from verticalfile.services.datasets.adding import add
from verticalfile.services.deciding import withholding
from verticalfile.services.known.deliveries import Told, delivery_of
from verticalfile.services.rights.concluding import conclusion_of
from verticalfile.services.taking_in import rebuild
from verticalfile.services.visibility import Viewer, visible_to

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
OFFICE = "Example County Assessor"
LETTER = b"Dear Ms Rossi,\nhere, as asked, is the file.\nTom Baker, 12 Elm Street, 555-123-4567\n"
ROWS = b"id,kind\n1,brick\n2,concrete\n"


def told(**more: object) -> Told:
    facts: dict[str, object] = {
        "sender": OFFICE, "received_at": datetime(2026, 11, 24, 7, tzinfo=UTC),
        "as_of": datetime(2025, 12, 31, 7, tzinfo=UTC), "how": "by e-mail",
        "request": "VF-2026-0007", "law": "the public records law",
    }  # fmt: skip
    return Told(**(facts | more))


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock(NOW)
        self.archive = init(folder / "archive", clock=self.clock)

    def file(self, name: str, body: bytes) -> Path:
        (self.folder / name).write_bytes(body)
        return self.folder / name

    def receive(self, body: bytes = ROWS, letter: bytes | None = LETTER, **more: object):
        name = str(more.pop("name", "sidewalks"))
        path = self.file("sidewalks.csv", body)
        sent = self.file("baker.txt", letter) if letter is not None else None
        return receive(self.archive, path, told(**more), letter=sent, name=name)

    def files(self, name: str = "sidewalks"):
        return {r.name: r for r in self.archive.index.resources(name)}

    def versions(self, name: str = "sidewalks"):
        return self.archive.index.versions(data_of(self.archive.index.resources(name))[0].id)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_delivery_stands_where_its_data_is_of_and_tells_how_it_came(desk):
    done = desk.receive()
    assert done.is_new
    assert done.version.seen_at == datetime(2025, 12, 31, 7, tzinfo=UTC)
    came = delivery_of(desk.archive, done.resource.id, done.version)
    assert came.told.sender == OFFICE
    assert (came.told.request, came.told.law) == ("VF-2026-0007", "the public records law")
    assert came.told.received_at == datetime(2026, 11, 24, 7, tzinfo=UTC)
    [capture] = desk.archive.vault.captures(done.resource.id)
    assert capture.taken.exchange["delivery"]["sender"] == OFFICE
    assert "path" not in str(capture.taken.exchange)
    assert desk.archive.vault.restored(capture) == ROWS


def test_without_a_day_of_the_data_it_stands_where_it_was_received(desk):
    done = desk.receive(as_of=None)
    assert done.version.seen_at == datetime(2026, 11, 24, 7, tzinfo=UTC)


def test_the_letter_is_kept_byte_for_byte_beside_the_data_and_withheld(desk):
    done = desk.receive()
    letter = desk.files()[done.delivery.letter]
    assert (letter.name, letter.role) == ("letter-2026-11-24", "documentation")
    [version] = desk.archive.index.versions(letter.id)
    assert not visible_to(Viewer.PUBLIC, version)
    assert visible_to(Viewer.STAFF, version)
    [capture] = desk.archive.vault.captures(letter.id)
    assert desk.archive.vault.restored(capture) == LETTER
    assert [visible_to(Viewer.PUBLIC, v) for v in desk.versions()] == [True]
    withholding.release(desk.archive, "sidewalks/letter-2026-11-24", reason="no person named")
    [version] = desk.archive.index.versions(letter.id)
    assert visible_to(Viewer.PUBLIC, version)


def test_no_word_of_a_letter_becomes_a_column_a_key_or_an_event(desk):
    letter = b"name,phone\nTom Baker,555-123-4567\nEva Stone,555-123-4568\nDan Moor,555-123-4569\n"
    done = desk.receive(letter=letter)
    resource = desk.files()[done.delivery.letter]
    assert desk.archive.index.tables(resource.id) == []
    events = str(desk.archive.index.events())
    for secret in ("Baker", "phone", "555", "Eva"):
        assert secret not in events


def test_receiving_the_same_again_adds_nothing(desk):
    first = desk.receive()
    again = desk.receive()
    assert not again.is_new
    assert again.version == first.version
    assert again.delivery.letter == first.delivery.letter
    assert len(desk.versions()) == 1
    assert len(desk.files()) == 2
    kinds = [e["kind"] for e in desk.archive.index.events([first.resource.id])]
    assert kinds.count("delivered") == 1


def test_a_later_delivery_is_the_next_version_with_a_letter_of_its_own(desk):
    desk.receive()
    desk.clock.pass_time(timedelta(days=365))
    later = desk.receive(
        ROWS + b"3,slate\n", LETTER + b"again", received_at=datetime(2027, 11, 20, 7, tzinfo=UTC),
        as_of=datetime(2027, 1, 1, 7, tzinfo=UTC), request="VF-2027-0001",
    )  # fmt: skip
    assert later.version.number == 2
    assert set(desk.files()) == {"sidewalks", "letter-2026-11-24", "letter-2027-11-20"}
    requests = [
        delivery_of(desk.archive, later.resource.id, v).told.request for v in desk.versions()
    ]
    assert requests == ["VF-2026-0007", "VF-2027-0001"]


def test_an_older_state_of_a_dataset_of_a_portal_is_a_version_of_it(desk):
    path = desk.file("live.csv", ROWS + b"3,slate\n")
    add(desk.archive, str(path), name="sidewalks", every="weekly")
    rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
    collect(desk.archive, desk.archive.index.resources("sidewalks"), fetching=rules)
    done = desk.receive()
    assert [v.number for v in desk.versions()] == [1, 2]
    assert done.version.number == 1
    assert delivery_of(desk.archive, done.resource.id, desk.versions()[1]) is None
    assert desk.files()["live" if "live" in desk.files() else "sidewalks"].kind == "file"


def test_nobody_looks_for_what_was_handed_over(desk):
    done = desk.receive()
    assert due(desk.archive, desk.archive.index.resources()) == []
    desk.clock.pass_time(timedelta(days=400))
    assert due(desk.archive, desk.archive.index.resources()) == []
    rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
    [checked] = collect(desk.archive, [done.resource], fetching=rules)
    assert "vf receive" in checked.said
    assert desk.archive.index.observations(done.resource.id) == []


def test_what_the_letter_says_of_use_is_a_statement_and_a_release_by_law_is_no_licence(desk):
    done = desk.receive(limits="The list may not be sold or used for commercial solicitation.")
    found = conclusion_of(desk.archive, "sidewalks", moment=done.version.seen_at)
    assert found.label == "restricted"
    assert "non-commercial" in found.conditions
    other = desk.receive(b"id\n1\n", None, name="sewers")
    assert (
        conclusion_of(desk.archive, "sewers", moment=other.version.seen_at).label == "no-statement"
    )


@pytest.mark.parametrize(
    ("facts", "mend"),
    [
        ({"sender": "  "}, "--from"),
        ({"sender": "tom.baker@assessor.example.gov"}, "office"),
        ({"how": "by phone, 555-123-4567"}, "office"),
        ({"limits": "ask tom@example.gov"}, "office"),
        ({"received_at": NOW + timedelta(days=2)}, "--received"),
        ({"as_of": NOW}, "--as-of"),
        ({"law": "x" * 300}, "200"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_mend_and_nothing_is_kept(desk, facts, mend):
    with pytest.raises(InputRefused) as refused:
        desk.receive(**facts)
    assert mend in refused.value.mend
    assert desk.files() == {}


def test_a_table_of_persons_that_was_handed_over_is_withheld_as_any_other(desk):
    people = b"id,first_name,last_name,dob\n" + b"".join(
        b"%d,%s,Brown,19%d0-02-03\n" % (n, first, n)
        for n, first in enumerate([b"Ann", b"Bob", b"Carla", b"Dan"], start=4)
    )
    done = desk.receive(people)
    assert not visible_to(Viewer.PUBLIC, done.version)


def test_a_citation_tells_that_it_was_received_and_in_answer_to_what(desk):
    desk.receive()
    text = cite_version(desk.archive, "sidewalks", style=Style.APA).text
    assert "records request VF-2026-0007, received November 24, 2026" in text
    assert "as of December 31, 2025" in text
    assert OFFICE in text
    for style in (Style.BIBTEX, Style.RIS, Style.CSL_JSON):
        assert "VF-2026-0007" in cite_version(desk.archive, "sidewalks", style=style).text


def test_a_rebuild_finds_all_of_it_again(desk):
    done = desk.receive(limits="Not for resale.")
    before = (
        desk.versions(),
        desk.files(),
        delivery_of(desk.archive, done.resource.id, done.version),
    )
    desk.archive.index.close()
    archive = open_archive(desk.folder / "archive")
    assert rebuild.rebuild(archive, None).differences == []
    desk.archive = archive
    assert (
        desk.versions(), desk.files(), delivery_of(archive, done.resource.id, done.version),
    ) == before  # fmt: skip
    [letter] = archive.index.versions(desk.files()["letter-2026-11-24"].id)
    assert not visible_to(Viewer.PUBLIC, letter)


def test_of_a_delivery_that_is_destroyed_no_byte_and_no_digest_stays(desk):
    done = desk.receive()
    for name in ("sidewalks/sidewalks", "sidewalks/letter-2026-11-24"):
        destroyed(
            desk.archive, name, version="v1", reason="court order",
            authority="County Court",
        )  # fmt: skip
    told_of = str(desk.archive.index.events())
    assert done.delivery.captures[0] not in told_of
    assert done.version.sha256 not in told_of
    assert "VF-2026-0007" in told_of

"""What readers type finds what they mean, first. The queries were written before the search."""

from __future__ import annotations

import pytest
from made_catalogue import rows_of

from verticalfile.catalog.search import Audience
from verticalfile.services.archive import Archive
from verticalfile.services.finding.searching import Answer, search
from verticalfile.services.finding.words import understand, words
from verticalfile.services.visibility import Viewer


def ask(archive: Archive, words: str, **more: object) -> Answer:
    return search(archive, words, viewer=Viewer.PUBLIC, **more)


def wrong(archive: Archive, file: str) -> dict[str, list[str]]:
    """By query that does not find first what it should, what it finds."""
    found = {
        row["query"]: [h.dataset for h in ask(archive, row["query"]).hits] for row in rows_of(file)
    }
    expected = {row["query"]: row["expected"] for row in rows_of(file)}
    return {q: hits[:3] for q, hits in found.items() if hits[:1] != [expected[q]]}


def test_36_of_40_queries_find_first_what_they_should(catalogue: Archive) -> None:
    missed = wrong(catalogue, "queries.csv")
    assert len(rows_of("queries.csv")) == 40
    assert len(missed) <= 4, missed


def test_queries_held_out_do_not_fare_much_worse(catalogue: Archive) -> None:
    missed = wrong(catalogue, "held_out.csv")
    assert len(rows_of("held_out.csv")) == 30
    assert len(missed) <= 5, missed


@pytest.mark.parametrize("kind", ["typo", "accent missing", "column name", "question", "synonym"])
def test_each_kind_of_query_is_among_those(kind: str) -> None:
    assert sum(row["about"] == kind for row in rows_of("queries.csv")) >= 2


def test_a_slip_of_the_pen_is_mended_and_said(catalogue: Archive) -> None:
    answer = ask(catalogue, "graffitti")
    assert [(c.typed, c.used) for c in answer.corrections] == [("graffitti", "graffiti")]
    assert answer.hits[0].dataset == "graffiti-removal"


def test_a_correction_is_written_with_its_accents(catalogue: Archive) -> None:
    (correction,) = ask(catalogue, "inundasion").corrections
    assert correction.used == "inundación"


def test_words_run_together_are_parted(catalogue: Archive) -> None:
    answer = ask(catalogue, "buildingpermits")
    assert answer.corrections[0].used == "building permits"
    assert answer.hits[0].dataset == "building-permits"


def test_why_it_was_found_is_told_in_marked_spans(catalogue: Archive) -> None:
    hit = ask(catalogue, "potholes").hits[0]
    told = [[(s.text, s.marked) for s in why.spans] for why in hit.why if why.field == "title"]
    assert told == [
        [("Potholes", True), (" reported and repaired", False)],
        [("Baches", True), (" reportados y reparados", False)],
    ]
    column = ask(catalogue, "license_plate_state").hits[0].why[0]
    assert (column.field, [(s.text, s.marked) for s in column.spans]) == (
        "column", [("license_plate_state", True)],
    )  # fmt: skip
    past = [w for w in ask(catalogue, "Work Type").hits[0].why if w.field == "past column"]
    assert past[0].spans[0].text == "Work Type"


def test_a_word_of_one_language_finds_the_other(catalogue: Archive) -> None:
    answer = ask(catalogue, "bache")
    assert "pothole" in answer.tried[0].also
    # "calle" is no "call": a Spanish word is not cut down by the English stemmer
    assert "police-calls" not in [h.dataset for h in ask(catalogue, "calle").hits]


def test_a_word_that_the_lists_have_in_spanish_alone_has_no_english_stem(
    catalogue: Archive,
) -> None:
    index = catalogue.text_index
    (spanish,) = understand("quitanieves", index, Audience.PUBLIC, words()).concepts
    (english,) = understand("plows", index, Audience.PUBLIC, words()).concepts
    assert (spanish.own[0], english.own[0]) == (0, 1)
    assert "plow" in spanish.english


def test_exact_title_words_come_first(catalogue: Archive) -> None:
    for row in rows_of("catalogue.csv"):
        assert ask(catalogue, row["title"]).hits[0].dataset == row["name"]


def test_where_no_dataset_has_all_words_that_is_said(catalogue: Archive) -> None:
    answer = ask(catalogue, "hydrants ozone")
    assert answer.some
    assert {h.dataset for h in answer.hits} == {"fire-hydrants", "air-quality"}
    assert not ask(catalogue, "fire hydrants").some


def test_nothing_found_helps_on(catalogue: Archive) -> None:
    unknown = ask(catalogue, "xqzzyw")
    assert (unknown.total, unknown.unknown) == (0, ("xqzzyw",))
    tried = ask(catalogue, "mosquito")
    assert tried.total == 0
    assert "insecto" in tried.tried[0].also
    narrow = ask(catalogue, "permits", filters={"subject": ["Animals"], "state": ["current"]})
    assert narrow.total == 0
    (without,) = narrow.alternatives
    assert (without.facet, without.value) == ("subject", "Animals")
    assert without.count == ask(catalogue, "permits", filters={"state": ["current"]}).total > 0


def test_facets_count_and_filters_keep_their_neighbours(catalogue: Archive) -> None:
    answer = ask(catalogue, "", filters={"subject": ["Water"]})
    counts = {f.name: {v.value: v.count for v in f.values} for f in answer.facets}
    expected = [r for r in rows_of("catalogue.csv") if "Water" in r["subjects"].split("; ")]
    assert answer.total == len(expected)
    by_publisher = [r["publisher"] for r in expected]
    assert counts["publisher"] == {p: by_publisher.count(p) for p in set(by_publisher)}
    # the facet that is chosen from still shows what else could be chosen
    assert counts["subject"]["Safety"] == len(
        [r for r in rows_of("catalogue.csv") if "Safety" in r["subjects"].split("; ")]
    )
    both = ask(catalogue, "", filters={"subject": ["Water", "Animals"]})
    assert both.total == answer.total + 2


def test_pages_of_twenty_hold_every_dataset_once(catalogue: Archive) -> None:
    first = ask(catalogue, "")
    names = [h.dataset for n in range(1, first.pages + 1) for h in ask(catalogue, "", page=n).hits]
    assert len(first.hits) == 20
    assert sorted(names) == sorted(r["name"] for r in rows_of("catalogue.csv"))
    assert ask(catalogue, "", page=99).page == first.pages


@pytest.mark.parametrize(
    "words",
    ['"', "'; DROP TABLE dataset; --", "title:crime", "crime*", "NEAR(a b)", "AND OR NOT", "^crime",
     "{title} : x", "-crime", "\x00", "a" * 5000, "( ", "crime " * 300, "😀", "%", "_", "\\"],
)  # fmt: skip
def test_no_question_is_an_operator(catalogue: Archive, words: str) -> None:
    answer = ask(catalogue, words)
    assert answer.total <= 72
    if "crime" in words:
        assert answer.hits[0].dataset == "crime-incidents"


def test_a_question_that_is_cut_is_said_to_be(catalogue: Archive) -> None:
    assert ask(catalogue, "crime " * 30).cut
    assert not ask(catalogue, "crime " * 3).cut


def test_no_question_is_kept(catalogue: Archive) -> None:
    ask(catalogue, "canaryquestion potholes")
    catalogue.index.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for file in catalogue.root.rglob("*"):
        if file.is_file():
            assert b"canaryquestion" not in file.read_bytes().lower(), file.name

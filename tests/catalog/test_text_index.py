"""The text index follows its documents, and what one audience may not see tells it nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.catalog.index import Index
from verticalfile.catalog.search import ENGLISH_TEXTS, TEXTS, Audience, Concept, Document
from verticalfile.catalog.search_fts5 import Fts5Search


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    made = Index(tmp_path_factory.mktemp("text") / "index.sqlite3")
    yield made
    made.close()


def empty(index: Index) -> Fts5Search:
    with index.writing():
        search = Fts5Search(index)
        for (name,) in index.connection.execute("SELECT DISTINCT dataset FROM search_document"):
            search.put(name, [])
    return search


def document(name: str, audience: Audience, **texts: str) -> Document:
    return Document(name, audience, texts, {"place": tuple(texts.get("place", "").split())}, {})


def word(text: str) -> Concept:
    return Concept((text,), (text,), (1, 1))


WORDS = st.lists(st.sampled_from(["street", "trees", "baño", "price", "river"]), max_size=4)
TEXT = WORDS.map(" ".join)
BODY = st.fixed_dictionaries(
    {"title": TEXT, "description_es": TEXT, "columns": TEXT, "place": TEXT}
)
AUDIENCES = st.sampled_from([(Audience.ALL,), (Audience.PUBLIC, Audience.STAFF), (Audience.STAFF,)])
STEP = st.tuples(st.sampled_from("abc"), AUDIENCES, BODY, BODY)


@settings(max_examples=60)
@given(st.lists(STEP, max_size=8))
def test_after_any_replacements_it_answers_as_if_made_at_once(
    index: Index, steps: list[tuple[str, tuple[Audience, ...], dict[str, str], dict[str, str]]]
) -> None:
    search = empty(index)
    last: dict[str, list[Document]] = {}
    for name, audiences, *bodies in steps:
        last[name] = [document(name, a, **b) for a, b in zip(audiences, bodies, strict=False)]
        with index.writing():
            search.put(name, last[name])
    after = answers(search)
    search = empty(index)
    with index.writing():
        for name in sorted(last):
            search.put(name, last[name])
    assert after == answers(search)
    for audience in ("public", "staff"):
        for kind in ("plain", "english"):
            table = f"search_{audience}_{kind}"
            index.connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")


def answers(search: Fts5Search) -> object:
    found = {}
    for audience in (Audience.PUBLIC, Audience.STAFF):
        for text in ("street", "trees", "baño", "price", "river"):
            hits = search.find([word(text)], audience, every=True)
            kept = search.kept([h.document for h in hits])
            pairs = search.pairs({h.card for h in hits})
            found[audience, text] = sorted(
                (kept[h.document].dataset, round(h.score, 9), pairs[h.card]) for h in hits
            )
        found[audience, "near"] = [w.word for w in search.near("rivor", audience)]
    return found


def test_what_staff_alone_may_see_is_nowhere_for_the_public(index: Index) -> None:
    search = empty(index)
    with index.writing():
        search.put("plain", [document("plain", Audience.ALL, title="River levels")])
    before = public_view(search)
    with index.writing():
        search.put(
            "sealed",
            [
                document("sealed", Audience.STAFF, title="River secretword", columns="ssnumber"),
            ],
        )
    assert search.has(word("secretword"), Audience.STAFF)
    assert [w.word for w in search.near("secretwort", Audience.STAFF)] == ["secretword"]
    # not in counts, ranks, or suggestions: not even by difference
    assert public_view(search) == before


def public_view(search: Fts5Search) -> object:
    public = Audience.PUBLIC
    return (
        search.find([word("river")], public, every=True), search.all(public),
        search.near("secretwort", public), search.near("ssnumbr", public),
        search.near("rivr", public), search.has(word("secretword"), public),
    )  # fmt: skip


def test_replacing_a_document_by_itself_writes_nothing(index: Index) -> None:
    search = empty(index)
    same = [document("same", Audience.ALL, title="Street trees")]
    with index.writing():
        search.put("same", same)
    before = index.connection.total_changes
    with index.writing():
        search.put("same", same)
    # the card is offered again and ignored: nothing of the document is written
    assert index.connection.total_changes == before


def test_removed_words_leave_the_vocabulary_and_after_a_purge_the_file(index: Index) -> None:
    search = empty(index)
    with index.writing():
        search.put("gone", [document("gone", Audience.ALL, title="canaryword trees")])
    with index.writing():
        search.put("gone", [document("gone", Audience.ALL, title="trees")])
    assert not search.near("canaryworx", Audience.STAFF)
    search.purge()
    for file in index.path.parent.glob("index.sqlite3*"):
        assert b"canaryword" not in file.read_bytes(), file.name


def test_control_characters_never_reach_the_marks(index: Index) -> None:
    search = empty(index)
    with index.writing():
        search.put("odd", [document("odd", Audience.ALL, title="a\x01river\x02 <b>x</b>")])
    (found,) = search.find([word("river")], Audience.PUBLIC, every=True)
    spans = search.marked(found.document, [word("river")], Audience.PUBLIC)["title"]
    assert [(s.text, s.marked) for s in spans] == [
        ("a ", False), ("river", True), ("  <b>x</b>", False),
    ]  # fmt: skip


def test_the_tables_of_the_migration_have_the_texts_of_the_seam(index: Index) -> None:
    for audience in ("public", "staff"):
        for kind, names in (("plain", TEXTS), ("english", ENGLISH_TEXTS)):
            rows = index.connection.execute(f"PRAGMA table_info(search_{audience}_{kind})")
            assert [row[1] for row in rows] == list(names)


def test_a_search_reads_without_django(tmp_path: Path) -> None:
    import subprocess
    import sys

    Index(tmp_path / "index.sqlite3").datasets()
    script = (
        "import sys; from pathlib import Path\n"
        "from verticalfile.catalog.index import Index\n"
        "from verticalfile.catalog.search import Audience\n"
        "from verticalfile.catalog.search_fts5 import Fts5Search\n"
        f"Fts5Search(Index(Path({str(tmp_path / 'index.sqlite3')!r}))).all(Audience.PUBLIC)\n"
        "assert not [m for m in sys.modules if m.startswith('django')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

"""`TextIndex` on SQLite: two FTS5 tables for each audience, one stemmed for English, one plain.

The plain one holds every word as it stands, without the marks over letters; Spanish is found in
it, and its vocabulary is where slips of the pen are mended from. The tables are made by the
migration and hold no texts of their own: those stand once, in `search_document`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, pairwise

from verticalfile.catalog.index import COLUMNS, Index
from verticalfile.catalog.search import (
    ENGLISH_TEXTS,
    SPANISH_TEXTS,
    TEXTS,
    Audience,
    Concept,
    Document,
    Facets,
    Found,
    Kept,
    Span,
    Word,
)
from verticalfile.catalog.slips import FAR_FROM_LETTERS, furthest, one_slip_from, slips_between

WEIGHTS = {
    "name": 6.0, "title": 10.0, "title_es": 10.0, "description": 3.0, "description_es": 3.0,
    "publisher": 2.0, "place": 4.0, "shelf": 4.0, "shelf_es": 4.0, "columns": 1.5,
    "past_columns": 1.0,
}  # fmt: skip
"""How much more a word counts in one text than in another; only the order of hits follows."""
TITLES = ("name", "title", "title_es")
SYNONYM_IN_TITLE = 0.5
WHOLE_TITLE = 0.2
"""What a title that says nothing else gains over one that says more: it never outweighs a word."""
CARDS_AT_HAND = 20_000
OPEN, CLOSE = "\x01", "\x02"
"""Put around marked words by FTS5; documents hold no control characters."""


class Fts5Search:
    """The index file's own search; writing happens inside `Index.writing`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @property
    def _run(self) -> sqlite3.Connection:
        return self._index.connection

    # writing

    def put(self, dataset: str, documents: Sequence[Document]) -> None:
        """Replace the documents of a dataset; texts that are the same are left alone."""
        names = COLUMNS["search_document"]
        held = {
            row[2]: row
            for row in self._run.execute(
                f"SELECT id, {names} FROM search_document WHERE dataset = ?", (dataset,)
            )
        }
        cards = [row[3] for row in held.values()]
        for document in documents:
            row = self._row(document)
            old = held.pop(document.audience, None)
            if old is not None and old[1:] == row:
                continue
            if old is not None and old[7:] == row[6:]:
                self._run.execute(
                    "UPDATE search_document SET card = ?, newest_at = ?, kept_since = ?, facts = ?"
                    " WHERE id = ?",
                    (*row[2:6], old[0]),
                )
                continue
            if old is not None:
                self._remove(old)
            self._insert(row)
        for old in held.values():
            self._remove(old)
        self._forget_cards(cards)

    def purge(self) -> None:
        """Leave nothing of removed documents in the index's own files; outside of `writing`."""
        for audience in (Audience.PUBLIC, Audience.STAFF):
            for kind in ("plain", "english"):
                table = f"search_{audience}_{kind}"
                self._run.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        self._run.execute("PRAGMA secure_delete = ON")
        self._run.execute("VACUUM")
        self._run.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _row(self, document: Document) -> tuple[object, ...]:
        texts = [_clean(document.texts.get(name, "")) for name in TEXTS]
        return (
            document.dataset, str(document.audience), self._card(document.facets),
            document.newest_at, document.kept_since, _json(document.facts), *texts,
        )  # fmt: skip

    def _card(self, facets: Facets) -> int:
        body = (_json(facets),)
        self._run.execute("INSERT OR IGNORE INTO search_card (body) VALUES (?)", body)
        found = self._run.execute("SELECT id FROM search_card WHERE body = ?", body).fetchone()
        return int(found[0])

    def _forget_cards(self, cards: Iterable[object]) -> None:
        """Remove those of these that no document has any more."""
        self._run.executemany(
            "DELETE FROM search_card WHERE id = ?"
            " AND NOT EXISTS (SELECT 1 FROM search_document WHERE card = ?)",
            [(card, card) for card in cards],
        )

    def _insert(self, row: Sequence[object]) -> None:
        marks = ", ".join("?" * len(row))
        made = self._run.execute(
            f"INSERT INTO search_document ({COLUMNS['search_document']}) VALUES ({marks})", row
        )
        self._in_tables(str(row[1]), made.lastrowid, row[6:], delete=False)

    def _remove(self, old: Sequence[object]) -> None:
        self._in_tables(str(old[2]), old[0], old[7:], delete=True)
        self._run.execute("DELETE FROM search_document WHERE id = ?", (old[0],))

    def _in_tables(
        self, audience: str, number: object, texts: Sequence[object], *, delete: bool
    ) -> None:
        """FTS5 4.4.3: an external content table must be told what it loses, word by word."""
        value = dict(zip(TEXTS, texts, strict=True))
        for each in (Audience.PUBLIC, Audience.STAFF):
            if audience not in (Audience.ALL, each):
                continue
            for kind, names in (("plain", TEXTS), ("english", ENGLISH_TEXTS)):
                table = f"search_{each}_{kind}"
                columns, given = ["rowid", *names], [number, *(value[n] for n in names)]
                if delete:
                    columns, given = [table, *columns], ["delete", *given]
                self._run.execute(
                    f"INSERT INTO {table} ({', '.join(columns)})"
                    f" VALUES ({', '.join('?' * len(given))})",
                    given,
                )

    # reading

    def all(self, audience: Audience) -> list[Found]:
        """All documents of an audience."""
        rows = self._run.execute(
            "SELECT id, card, newest_at, kept_since, title FROM search_document"
            " WHERE audience IN ('all', ?)",
            (audience,),
        )
        return [Found(*row) for row in rows]

    def spanish_titles(self, audience: Audience) -> dict[int, str]:
        """By document, its Spanish title where it has one."""
        return dict(
            self._run.execute(
                "SELECT id, title_es FROM search_document"
                " WHERE title_es <> '' AND audience IN ('all', ?)",
                (audience,),
            )
        )

    def find(self, concepts: Sequence[Concept], audience: Audience, *, every: bool) -> list[Found]:
        """Documents that have every concept that is not optional, or at least half of them."""
        wanted = [c for c in concepts if not c.optional]
        matches = {
            f"search_{audience}_{kind}": match
            for kind in ("english", "plain")
            if (match := _expression(concepts, kind, every=every))
        }
        score = self._scores(matches)
        if not score:
            return []
        titles = self._in_title(wanted, audience)
        counted = self._counted(wanted, audience) if not every else {}
        enough = min((len(wanted) + 1) // 2, max(counted.values(), default=0))
        either = " UNION ".join(f"SELECT rowid FROM {t} WHERE {t} MATCH ?" for t in matches)
        rows = self._run.execute(
            "SELECT id, card, newest_at, kept_since, title FROM search_document"
            f" WHERE id IN ({either})",
            tuple(matches.values()),
        )
        asked = len(wanted)
        return [
            Found(
                number, card, newest_at, kept_since, title,
                asked if every else counted[number],
                _share(titles[number], asked, title) if number in titles else 0.0,
                score[number],
            )
            for number, card, newest_at, kept_since, title in rows
            if every or counted[number] >= enough
        ]  # fmt: skip

    def _scores(self, matches: Mapping[str, str]) -> dict[int, float]:
        """BM25 by document, in the table where it is better; more is better."""
        found: dict[int, float] = {}
        for table, match in matches.items():
            names = TEXTS if table.endswith("plain") else ENGLISH_TEXTS
            weights = ", ".join(str(WEIGHTS[name]) for name in names)
            rows = self._run.execute(
                f"SELECT rowid, -bm25({table}, {weights}) FROM {table} WHERE {table} MATCH ?",
                (match,),
            ).fetchall()
            if not found:
                found = dict(rows)
                continue
            for number, score in rows:
                if score > found.get(number, 0.0):
                    found[number] = score
        return found

    def _in_title(self, wanted: Sequence[Concept], audience: Audience) -> dict[int, float]:
        """By document, how many concepts its title has; a synonym counts half."""
        found: dict[int, float] = {}
        for concept in wanted:
            english, exact = concept.own
            typed = replace(concept, english=concept.english[:english], exact=concept.exact[:exact])
            own = self._having(typed, audience, TITLES)
            also = self._having(concept, audience, TITLES)
            for number in own:
                found[number] = found.get(number, 0.0) + 1.0
            for number in also - own:
                found[number] = found.get(number, 0.0) + SYNONYM_IN_TITLE
        return found

    def _counted(self, wanted: Sequence[Concept], audience: Audience) -> dict[int, int]:
        """By document, how many concepts it has."""
        return Counter(chain.from_iterable(self._having(c, audience, TEXTS) for c in wanted))

    def _having(self, concept: Concept, audience: Audience, names: Sequence[str]) -> set[int]:
        """Documents that have it in one of the texts named."""
        found: set[int] = set()
        for kind, among in (
            ("english", [n for n in names if n in ENGLISH_TEXTS]),
            ("plain", names),
        ):
            match = _either(concept, kind)
            if match and among:
                table = f"search_{audience}_{kind}"
                rows = self._run.execute(
                    f"SELECT rowid FROM {table} WHERE {table} MATCH ?",
                    (f"{{{' '.join(among)}}} : ({match})",),
                )
                found.update(chain.from_iterable(rows))
        return found

    def pairs(self, cards: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
        """By id of the card, its facets as pairs."""
        rows = self._run.execute(
            "SELECT id, body FROM search_card WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(set(cards))),),
        )
        return {number: _pairs_in(body) for number, body in rows}

    def counted(self, facet: str, audience: Audience) -> dict[str, int]:
        """By value of a facet, how many documents have it."""
        rows = self._run.execute(
            "SELECT v.value, sum(d.number) FROM"
            " (SELECT card, count(*) AS number FROM search_document"
            "  WHERE audience IN ('all', ?) GROUP BY card) d"
            " JOIN search_card c ON c.id = d.card, json_each(c.body, '$.' || ?) v GROUP BY v.value",
            (audience, json.dumps(facet)),
        )
        return {str(value): int(number) for value, number in rows}

    def kept(self, documents: Sequence[int]) -> dict[int, Kept]:
        """Documents by id."""
        names = ", ".join(f"d.{name}" for name in TEXTS)
        rows = self._run.execute(
            f"SELECT d.id, d.dataset, d.facts, c.body, {names} FROM search_document d"
            " JOIN search_card c ON c.id = d.card"
            f" WHERE d.id IN ({', '.join('?' * len(documents))})",
            tuple(documents),
        )
        return {
            row[0]: Kept(
                row[1],
                dict(zip(TEXTS, row[4:], strict=True)),
                {name: tuple(values) for name, values in json.loads(row[3]).items()},
                json.loads(row[2]),
            )
            for row in rows
        }

    def marked(
        self, document: int, concepts: Sequence[Concept], audience: Audience
    ) -> dict[str, tuple[Span, ...]]:
        """The texts in which something matched, marked by stems and as they stand."""
        found: dict[str, tuple[Span, ...]] = {}
        for kind, names in (("english", ENGLISH_TEXTS), ("plain", TEXTS)):
            match = _expression(concepts, kind, every=False)
            if not match:
                continue
            table = f"search_{audience}_{kind}"
            texts = ", ".join(
                f"highlight({table}, {place}, '{OPEN}', '{CLOSE}')" for place in range(len(names))
            )
            rows = self._run.execute(
                f"SELECT {texts} FROM {table} WHERE {table} MATCH ? AND rowid = ?",
                (match, document),
            )
            for row in rows:
                for name, text in zip(names, row, strict=True):
                    if OPEN in text:
                        spans = _spans(text)
                        found[name] = _both(found[name], spans) if name in found else spans
        return found

    def has(self, concept: Concept, audience: Audience) -> bool:
        """Whether any document has it."""
        return any(
            match and self._any(f"search_{audience}_{kind}", match)
            for kind in ("english", "plain")
            for match in [_either(concept, kind)]
        )

    def in_spanish_alone(self, word: str, audience: Audience) -> bool:
        """Whether the word stands in Spanish texts, as it is, and in no other."""
        table = f"search_{audience}_plain"
        spanish, other = (
            self._any(table, f"{{{' '.join(names)}}} : {_quoted(word)}")
            for names in (SPANISH_TEXTS, ENGLISH_TEXTS)
        )
        return spanish and not other

    def _any(self, table: str, match: str) -> bool:
        found = self._run.execute(f"SELECT 1 FROM {table} WHERE {table} MATCH ? LIMIT 1", (match,))
        return found.fetchone() is not None

    def near(self, word: str, audience: Audience) -> list[Word]:
        """Words that differ by one slip; by two, where the word is long and its first letter right."""
        if furthest(word) == 0:
            return []
        table = f"search_{audience}_words"
        tried = one_slip_from(word)
        rows = self._run.execute(
            f"SELECT term, doc FROM {table} WHERE term IN ({', '.join('?' * len(tried))})", tried
        )
        close = {term: (1, doc) for term, doc in rows if term != word}
        if not close and furthest(word) > 1:
            rows = self._run.execute(
                f"SELECT term, doc FROM {table} WHERE term >= ? AND term < ?",
                (word[0], word[0] + FAR_FROM_LETTERS),
            )
            close = {
                term: (slips, doc)
                for term, doc in rows
                if term != word and (slips := slips_between(word, term, most=furthest(word)))
            }
        order = sorted(close.items(), key=lambda each: (each[1][0], -each[1][1], each[0]))
        return [Word(term, slips, doc) for term, (slips, doc) in order]


def _quoted(phrase: str) -> str:
    """A phrase as an FTS5 string: nothing in it is an operator."""
    return '"' + phrase.replace('"', '""') + '"'


def _either(concept: Concept, kind: str) -> str:
    """All the words for a concept in FTS5's words; "" where this table has none for it."""
    phrases = concept.english if kind == "english" else concept.exact
    found = [_quoted(phrase) for phrase in dict.fromkeys(phrases)]
    if concept.together and found:
        found.append("(" + " AND ".join(_quoted(word) for word in concept.together) + ")")
    return " OR ".join(found)


def _expression(concepts: Sequence[Concept], kind: str, *, every: bool) -> str:
    """The question in FTS5's words, "" where this table cannot have an answer."""
    said = [
        (f"({match})" if match else "", concept.optional)
        for concept in concepts
        for match in [_either(concept, kind)]
    ]
    wanted = [text for text, may in said if not may]
    if not every:
        return " OR ".join(text for text in wanted if text)
    if not all(wanted) or not wanted:
        return ""
    must = "(" + " AND ".join(wanted) + ")"
    lifts = [text for text, may in said if may and text]
    return f"{must} OR ({must} AND ({' OR '.join(lifts)}))" if lifts else must


def _share(in_title: float, wanted: int, title: str) -> float:
    """How much of the question is in the title, and a little for how much of the title it is."""
    words = max(1, len(title.split()))
    return in_title / wanted + WHOLE_TITLE * min(1.0, in_title / words)


def _spans(text: str) -> tuple[Span, ...]:
    """FTS5's highlighted text as spans."""
    found = []
    for piece in text.split(OPEN):
        inside, close, after = piece.partition(CLOSE)
        if close:
            found += [Span(inside, True), Span(after)]
        else:
            found.append(Span(piece))
    return tuple(span for span in found if span.text)


def _both(one: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    """The same text with what is marked in either."""
    marks = bytearray(sum(len(span.text) for span in one))
    for spans in (one, other):
        at = 0
        for span in spans:
            if span.marked:
                marks[at : at + len(span.text)] = b"\x01" * len(span.text)
            at += len(span.text)
    text = "".join(span.text for span in one)
    cuts = [0, *(n for n in range(1, len(text)) if marks[n] != marks[n - 1]), len(text)]
    return tuple(Span(text[a:b], bool(marks[a])) for a, b in pairwise(cuts) if b > a)


@lru_cache(maxsize=CARDS_AT_HAND)
def _pairs_in(body: str) -> tuple[tuple[str, str], ...]:
    """Facets of a card; the same cards are counted again for nearly every question."""
    return tuple((name, value) for name, values in json.loads(body).items() for value in values)


def _clean(text: str) -> str:
    return "".join(c if c == "\n" or c.isprintable() else " " for c in text)


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

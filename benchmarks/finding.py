"""Search and registers over 10,000 made datasets: CPU time of a warm question."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.measuring import START, Figure
from verticalfile.catalog.register_lines import Register, RegisterLine, RegisterLines
from verticalfile.catalog.search import Audience, Document
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive, init
from verticalfile.services.finding.searching import Sort, search
from verticalfile.services.telling.registers import lately, newest
from verticalfile.services.visibility import Viewer

DATASETS = 10_000
LINES_EACH = 100
THINGS = (
    "Building permits", "Restaurant inspections", "Potholes reported", "Street trees",
    "Property assessments", "Library checkouts", "Crime incidents", "Parking tickets",
    "Bus ridership", "Water quality", "School enrollment", "City budget", "Fire incidents",
    "Housing sales", "Business licenses", "Graffiti removal",
)  # fmt: skip
SYLLABLES = ("al", "ber", "cor", "den", "fal", "gar", "hol", "jor", "kel", "mar", "nor", "pel",
             "quin", "ros", "sta", "tam", "ver", "wes", "yor", "zan")  # fmt: skip
ASKED_MS = 50.0
QUESTIONS = (
    "potholes", "permits", "how many potholes were reported", "graffitti", "bilding permits",
    "restaurantes", "water quality", "department of buildings", "",
    "street building department license",
)  # fmt: skip


def finding(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Median CPU of each kind of question, warm; the first one of a process apart."""
    archive = init(folder / "archive")
    fill(archive)
    figures = [_cold(archive)]
    for words in QUESTIONS:
        spent = _median_ms(lambda words=words: search(archive, words, viewer=Viewer.PUBLIC))
        total = search(archive, words, viewer=Viewer.PUBLIC).total
        what = f"search “{words}” among {DATASETS:,}: {total:,} found" if words else "all, by title"
        figures.append(_figure(what, spent))
    chosen = {"state": ["current"], "subject": ["Streets"]}
    for what, act in (
        ("permits, two facets chosen", lambda: search(archive, "permits", filters=chosen)),
        ("all, lately changed first", lambda: search(archive, "", sort=Sort.CHANGED)),
        ("the newest 5 of all registers", lambda: newest(archive, viewer=Viewer.PUBLIC)),
        ("registers, page 1 of 50,000, counted", lambda: lately(archive, viewer=Viewer.PUBLIC)),
    ):  # fmt: skip
        figures.append(_figure(what, _median_ms(act)))
    return figures


def _figure(what: str, spent_ms: float) -> Figure:
    return Figure(what, f"under {ASKED_MS:.0f} ms CPU", f"{spent_ms:.0f} ms", spent_ms < ASKED_MS)


def _cold(archive: Archive) -> Figure:
    started = time.process_time()
    search(archive, "potholes", viewer=Viewer.PUBLIC)
    spent = (time.process_time() - started) * 1000
    return Figure("the first question of a process", "", f"{spent:.0f} ms", None)


def _median_ms(act: Callable[[], object]) -> float:
    spent = []
    for _ in range(9):
        started = time.process_time()
        act()
        spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent)


def fill(archive: Archive) -> None:
    chance = random.Random(1852)
    towns = ["".join(chance.sample(SYLLABLES, 3)).capitalize() for _ in range(400)]
    lines = RegisterLines(archive.index)
    with archive.index.writing():
        for number in range(DATASETS):
            name, town = f"dataset-{number}", chance.choice(towns)
            title = f"{chance.choice(THINGS)} of {town}"
            columns = ("_".join(chance.sample(SYLLABLES, 2)) for _ in range(16))
            subject = chance.choice(("Streets", "Housing", "Health", "Budget", "Safety"))
            archive.index.put_dataset(name, title, START)
            archive.index.put_resource(
                name, dataset=name, name="file", kind="url", location="", every="daily"
            )
            texts = {
                "name": name, "title": title, "columns": "\n".join(columns), "place": town,
                "publisher": f"Department of {chance.choice(THINGS)}, {town}", "shelf": subject,
                "description": " ".join("".join(chance.sample(SYLLABLES, 2)) for _ in range(25)),
            }  # fmt: skip
            facets = {
                "publisher": (texts["publisher"],), "place": (town,), "subject": (subject,),
                "format": (chance.choice(("CSV", "JSON")),), "state": ("current",),
            }  # fmt: skip
            at = START + timedelta(hours=chance.randrange(40_000))
            told = {"files": 1, "versions": 9}
            document = Document(name, Audience.ALL, texts, facets, told, to_iso(at), to_iso(START))
            archive.text_index.put(name, [document])
            lines.put(name, [_line(name, n, chance) for n in range(LINES_EACH)])


def _line(name: str, number: int, chance: random.Random) -> RegisterLine:
    register = chance.choices((Register.CHANGED, Register.NEW, Register.VANISHED), (90, 5, 5))[0]
    at = START + timedelta(minutes=chance.randrange(2_000_000))
    body = {"noted_at": to_iso(at), "added": number, "evidence": "404", "checks": 3}
    return RegisterLine(f"{name}-{number}", Audience.ALL, register, name, name, at, body)

"""Seeded workloads of engine.md: W1 (a million rows), W2 (a thousand small versions), W4 (export)."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

WORDS = ("oak", "elm", "ash", "fir", "mill", "canal", "depot", "grange", "cedar", "falls")
KINDS = (
    "new single family dwelling", "replace roof with same material",
    "alteration of kitchen and bath", "fence along the rear lot line",
    "illuminated wall sign", "demolition of detached shed", "solar panels on the roof",
)  # fmt: skip
HEADER = "id,permit,address,neighborhood,latitude,longitude,issued,description,value,status,contractor,updated"


def a_row(number: int, chance: random.Random) -> str:
    """12 columns, about 170 bytes; zstd -3 makes a quarter of it."""
    street, place = chance.choice(WORDS), chance.choice(WORDS)
    kind = chance.choice(KINDS)
    return (
        f"{number},PRM-{2015 + number % 10}-{number:07d},{chance.randint(1, 9999)} {street} street,"
        f"{place} {chance.choice(WORDS)},{40 + chance.random():.6f},{-75 - chance.random():.6f},20{chance.randint(10, 24)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d},"
        f"{kind} {chance.choice(WORDS)},{chance.randint(1_000, 900_000)}.00,{chance.choice(('open', 'closed', 'void'))},"
        f"{place} {chance.randint(1, 400)} building llc,2024-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}T{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00\n"
    )


def w1_bodies(*, rows: int, versions: int, seed: int = 1) -> Iterator[bytes]:
    """Per version 1 % edited in place, 0.5 % removed, 1 % appended."""
    chance = random.Random(seed)
    held = [a_row(n, chance) for n in range(rows)]
    following = rows
    for _ in range(versions):
        yield (HEADER + "\n" + "".join(held)).encode()
        for place in chance.sample(range(len(held)), rows // 100):
            held[place] = a_row(int(held[place].split(",", 1)[0]), chance)
        gone = set(chance.sample(range(len(held)), rows // 200))
        held = [row for place, row in enumerate(held) if place not in gone]
        held += [a_row(following + n, chance) for n in range(rows // 100)]
        following += rows // 100


def w1_versions(folder: Path, *, rows: int, versions: int, seed: int = 1) -> list[Path]:
    """`w1_bodies` as files, which are made once."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"w1b-{rows}-{n:02d}.csv" for n in range(1, versions + 1)]
    if not all(path.exists() for path in paths):
        for path, body in zip(
            paths, w1_bodies(rows=rows, versions=versions, seed=seed), strict=True
        ):
            path.write_bytes(body)
    return paths


def w2_versions(
    *, versions: int, rows: int = 200, edited: int = 5, seed: int = 2
) -> Iterator[bytes]:
    chance = random.Random(seed)
    held = [a_row(n, chance) for n in range(rows)]
    for _ in range(versions):
        yield (HEADER + "\n" + "".join(held)).encode()
        for place in chance.sample(range(rows), edited):
            held[place] = a_row(int(held[place].split(",", 1)[0]), chance)


def w4_of(path: Path, seed: int = 4) -> bytes:
    """The same rows shuffled, every field quoted."""
    with open(path, newline="", encoding="utf-8") as handle:
        header, *rows = csv.reader(handle)
    random.Random(seed).shuffle(rows)
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return out.getvalue().encode()

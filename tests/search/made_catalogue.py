"""A city's and a county's catalogue in a real index, made of the values that an archive makes."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from verticalfile.catalog.described import SaidBy
from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.history.manifest import Layout, Manifest, Ordinal
from verticalfile.services.archive import Archive, init
from verticalfile.services.finding.documents import File, Standing, State, document_of
from verticalfile.services.known.statements import Description, Said
from verticalfile.services.visibility import Viewer

HERE = Path(__file__).parent
AT = datetime(2024, 1, 1, tzinfo=UTC)


def rows_of(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def listed(text: str, by: str) -> list[str]:
    return [part.strip() for part in text.split(by) if part.strip()]


def said(text: str) -> Said:
    return Said(text, SaidBy.PUBLISHER, AT)


def description_in(row: dict[str, str]) -> Description:
    spanish = {"title": row["title_es"], "description": row["description_es"]}
    return Description(
        row["name"],
        {"en": said(row["title"])} | ({"es": said(spanish["title"])} if row["title_es"] else {}),
        {"en": said(row["description"])}
        | ({"es": said(spanish["description"])} if row["description_es"] else {}),
        said(row["publisher"]),
        tuple(said(place) for place in listed(row["places"], ";")),
        None,
        tuple(said(subject) for subject in listed(row["subjects"], ";")),
    )


def file_in(row: dict[str, str]) -> File:
    """A file with two versions, of which the first has the columns of before."""
    now, past = listed(row["columns"], "|"), listed(row["past_columns"], "|")
    layouts = (
        Layout((*past, *now[len(past) :]), tuple(f"c{n}" for n in range(len(now)))),
        Layout(tuple(now), tuple(f"c{n}" for n in range(len(now)))),
    )
    shas = [f"{row['name']}-{n}" for n in range(2)]
    ordinals = tuple(Ordinal(sha, "delimited/1", 9, n, "", "") for n, sha in enumerate(shas))
    versions = [
        Version(n + 1, (sha,), AT, AT, sha, 99, "", "", False, "") for n, sha in enumerate(shas)
    ]
    resource = ResourceLine(
        row["name"], row["name"], row["name"], "file", f"{row['name']}.csv", "daily", AT,
        "changed", "", 2, AT, 9, 99, None, 0,
    )  # fmt: skip
    return File(resource, versions, [Manifest("t", layouts=layouts, ordinals=ordinals)])


def make_catalogue(root: Path) -> Archive:
    archive = init(root)
    with archive.index.writing():
        for row in rows_of("catalogue.csv"):
            document = document_of(
                description_in(row), [file_in(row)], Viewer.PUBLIC, Standing(State.CURRENT, {}),
                added_at=AT,
            )  # fmt: skip
            archive.text_index.put(row["name"], [document])
    return archive

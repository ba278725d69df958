"""The portal's `data.json`: DCAT-US 1.1 (the Project Open Data schema), as harvesters read it.

The schema has no place for a title in a second language; `title_es` and `description_es` stand
beside it, as it allows further members.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime

from verticalfile.town.days import FILES
from verticalfile.town.descriptions import DESCRIPTIONS, TERMS_PATH, Description
from verticalfile.town.streets import COUNTY, TOWN

SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
_FORMATS = {
    "text/csv": "CSV",
    "application/gzip": "CSV, packed with gzip",
    "application/json": "JSON",
    "application/geo+json": "GeoJSON",
}


def data_json(
    home: str, modified: Mapping[str, datetime], titles: Mapping[str, str] | None = None
) -> bytes:
    """The catalog of the files that are there now.

    `home` is the portal's address with its last slash; `modified` says by file when it last changed;
    `titles` are those of datasets that this portal calls otherwise.
    """
    listed = [
        name for name in DESCRIPTIONS if any(FILES[file].dataset == name for file in modified)
    ]
    catalog = {
        "@context": f"{SCHEMA}/catalog.jsonld",
        "@id": f"{home}data.json",
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": f"{SCHEMA}/catalog.json",
        "dataset": [
            _dataset(home, name, modified)
            | ({"title": titles[name]} if titles and name in titles else {})
            for name in listed
        ],
    }
    return f"{json.dumps(catalog, ensure_ascii=False, indent=1)}\n".encode()


def dictionary_csv(description: Description) -> bytes:
    """The data dictionary of a dataset: a line for each column."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("Column", "Meaning"), *description.columns.items()])
    return out.getvalue().encode()


def _dataset(home: str, name: str, modified: Mapping[str, datetime]) -> dict[str, object]:
    described = DESCRIPTIONS[name]
    files = [file for file in modified if FILES[file].dataset == name]
    told: dict[str, object] = {
        "@type": "dcat:Dataset",
        "identifier": described.id,
        "title": described.title,
        "description": described.about,
        "keyword": list(described.keywords),
        "modified": max(modified[file] for file in files).date().isoformat(),
        "publisher": {"@type": "org:Organization", "name": described.publisher},
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": described.contact,
            "hasEmail": f"mailto:{described.email}",
        },
        "accessLevel": "public",
        "accrualPeriodicity": described.frequency,
        "landingPage": f"{home}dataset/{name}",
        "language": ["en"],
        "spatial": f"{TOWN}, {COUNTY} (made up)",
        "theme": [described.theme],
        "distribution": [_distribution(home, file) for file in files],
    }
    if described.licence:
        own = described.licence == TERMS_PATH
        told["license"] = f"{home}{TERMS_PATH}" if own else described.licence
    if described.columns:
        told["describedBy"] = f"{home}dictionary/{name}.csv"
        told["describedByType"] = "text/csv"
    others = {
        "rights": described.rights,
        "title_es": described.title_es,
        "description_es": described.about_es,
    }
    return told | {member: text for member, text in others.items() if text}


def _distribution(home: str, file: str) -> dict[str, object]:
    offered = FILES[file]
    name = offered.path.rsplit("/", 1)[1].partition(".")[0]
    return {
        "@type": "dcat:Distribution",
        "title": name.replace("-", " ").capitalize(),
        "downloadURL": f"{home}{offered.path}",
        "mediaType": offered.media_type,
        "format": _FORMATS[offered.media_type],
    }

"""The document of a DCAT-US catalog, read in steps: what it lists, on top and further inside.

In DCAT-US 3.0 datasets also stand inside of series, services and other catalogs, and one may stand
in several places: it is one entry, by its identifier (trap 78). Memory is bounded by the largest
record and, where datasets stand inside of others, by their identifiers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from verticalfile.sources.dcat.as_written import Parts, Slips, is_packed, parts_of
from verticalfile.sources.kind import Record
from verticalfile.sources.pages import PagesFile
from verticalfile.sources.reading import member, text_of
from verticalfile.tables.read.json_steps import Kind, Step, steps_of_json
from verticalfile.tables.read.json_text import Number, coding_of_steps, compact

TABLE = "dataset"
INNER = ("datasetSeries", "service", "catalog")
"""Members of a catalog that may have datasets inside."""
WITHIN = ("dataset", "seriesMember", "servesDataset", "first", "last", *INNER)
"""Members that hold datasets, or what holds them."""
DEPTH_MAX = 8
PAGE_BYTES = 8 << 20
LENIENT = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=str, strict=False)
"""Numbers as published; NaN and its like, which are no JSON, as their text, and line breaks within
texts as they are."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a document is."""

    is_catalog: bool
    count: int  # entries at the top
    has_inner: bool
    title: str = ""
    is_bare: bool = False  # a list without a catalog around it, as the oldest are (2.6)
    is_odd: bool = False  # packed, with slips, or entries that are none: no table by itself
    slips: str = ""  # what is wrong with its JSON and could be mended without guessing


def look_at(path: Path) -> Look:
    """Read a document once, to its last byte, and again where it has slips. Raises ValueError where
    it is no JSON, with what is wrong as it was sent."""
    try:
        return _look(path, None)
    except ValueError as error:
        slips = Slips()
        try:
            found = _look(path, slips)
        except ValueError:
            raise error from None
        return replace(found, is_odd=True, slips=str(slips))


def _look(path: Path, slips: Slips | None) -> Look:
    constants: list[str] = []
    decoder = json.JSONDecoder(parse_constant=constants.append, strict=slips is None)
    count, is_catalog, has_inner, title, is_bare = 0, False, False, "", False
    is_odd = is_packed(path)
    for step in _steps(path, decoder, slips):
        is_top = step.name in ("", TABLE)
        if step.kind is Kind.MEMBER and step.name == "title":
            title = text_of(step.value)
        elif step.kind is Kind.LIST:
            is_catalog = is_catalog or step.name == TABLE
            count = 0 if is_top else count
            is_bare = is_bare or step.name == ""
        elif step.kind is Kind.RECORD and is_top:
            count += 1
            is_odd = is_odd or not isinstance(step.value, Mapping)
            is_catalog = is_catalog or _is_entry(step.value)
        elif step.kind is Kind.RECORD and step.name in INNER and not has_inner:
            has_inner = any(True for _ in inside(step.value))
    is_odd = is_odd or bool(constants)
    return Look(is_catalog or has_inner, count, has_inner, title, is_bare, is_odd)


def _steps(path: Path, decoder: json.JSONDecoder, slips: Slips | None) -> Iterator[Step]:
    """The steps of the document, unpacked, and mended where slips are counted."""
    coding = coding_of_steps(lambda: parts_of(path))
    return steps_of_json(Parts(parts_of(path, slips)), decoder, encoding=coding)


def _is_entry(value: object) -> bool:
    return isinstance(value, Mapping) and ("identifier" in value or "distribution" in value)


def together(
    path: Path, target: Path, volatile: frozenset[str], *, table: str = TABLE
) -> tuple[Path, int]:
    """The document as it came, with every dataset in it beside it; and how many.

    One that stands on top and further inside is one entry; those on top are all kept, as one
    identifier may cover several (trap 8)."""
    seen: set[str] = set()
    count, size = 0, 0
    held: list[bytes] = []
    with PagesFile(target, protocol="dcat-us", records=(), volatile=volatile, table=table) as pages:
        pages.file("data.json.gz" if is_packed(path) else "data.json", path)
        for record, is_top in _everything(path):
            name = identifier_of(record)
            if name and name in seen and not is_top:
                continue
            seen.add(name)
            held.append(_line(record))
            count, size = count + 1, size + len(held[-1])
            if size > PAGE_BYTES:
                pages.page(b"".join(held), "jsonl")
                held, size = [], 0
        pages.page(b"".join(held), "jsonl")
    return target, count


def _line(record: Record) -> bytes:
    try:
        return compact(record).encode("utf-8", "backslashreplace") + b"\n"
    except RecursionError:
        return b'{"@value":"nested too deep"}\n'


def identifier_of(record: Record) -> str:
    """The identifier: a text, or an object with an address or a notation (3.0)."""
    told = record.get("identifier")
    many = told if isinstance(told, list) else [told]
    for each in many:
        found = text_of(member(each, "@id") or member(each, "notation") or each)
        if found:
            return found
    return text_of(record.get("@id"))


def inside(value: object, depth: int = 0) -> Iterator[Record]:
    """The datasets within a series, a service or a catalog."""
    if not isinstance(value, Mapping) or depth > DEPTH_MAX:
        return
    for name in WITHIN:
        held = value.get(name)
        for each in held if isinstance(held, list) else [held]:
            if isinstance(each, Mapping):
                if name not in INNER and text_of(each.get("title")):
                    yield each
                yield from inside(each, depth + 1)


def _everything(path: Path) -> Iterator[tuple[Record, bool]]:
    """Every dataset, and whether it stands on top: those first, as they are the fullest.

    What is no object is a record without a name, so that it is told as an error of its own."""
    for is_top in (True, False):
        for step in _steps(path, LENIENT, Slips()):
            if step.kind is not Kind.RECORD:
                continue
            if is_top and step.name in ("", TABLE):
                odd = {"@value": step.value}
                yield step.value if isinstance(step.value, Mapping) else odd, True
            elif not is_top and step.name in INNER and isinstance(step.value, Mapping):
                yield from ((each, False) for each in inside(step.value))

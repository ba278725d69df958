"""TimeMaps in JSON, for which RFC 7089 has no form: the forms that archives were seen to give.

Memento's own services and MemGator list addresses with their dates under `mementos`; the Wayback
Machine and pywb give lines of their index, from which the address of a memento follows as they make
it: what stands before `timemap/` in the address that was asked, the moment, the original.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from verticalfile.sources.reading import first_text, member, members, text_of

_BEFORE = re.compile(r"^(.*?/)timemap/[a-z]+/", re.IGNORECASE)
_SINGLE = ("first", "last", "closest", "prev", "next")


@dataclass
class JsonMap:
    """What a TimeMap tells: `copies` are pairs of a date as told and an address."""

    original: str = ""
    copies: list[tuple[str, str]] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)  # further TimeMaps


def json_map(body: bytes, asked: str) -> JsonMap | None:
    """The TimeMap in an answer to an address; None where it is none in JSON."""
    text = body.decode("utf-8-sig", "replace")
    try:
        told = json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        return _index(_lines(text), asked)
    if isinstance(told, Mapping):
        return (
            _listed(told)
            if "mementos" in told or "timemap_index" in told
            else _index([told], asked)
        )
    rows = told if isinstance(told, list) else []
    if rows and isinstance(rows[0], list):
        head = [text_of(name) for name in rows[0]]
        rows = [dict(zip(head, row, strict=False)) for row in rows[1:] if isinstance(row, list)]
        return _index(rows, asked) if {"timestamp", "original"} <= set(head) else None
    return _index(rows, asked)


def _listed(told: Mapping[str, object]) -> JsonMap:
    mementos = told.get("mementos")
    found = JsonMap(text_of(told.get("original_uri")))
    listed = members(member(mementos, "list"))
    singles = (each for name in _SINGLE for each in members(member(mementos, name)))
    for each in (*listed, *singles):
        pair = (text_of(each.get("datetime")), first_text(each.get("uri")))
        if pair not in found.copies[-len(_SINGLE) :] and any(pair):
            found.copies.append(pair)
    found.maps = [text_of(each.get("uri")) for each in members(told.get("timemap_index"))]
    found.maps += [text_of(member(member(told.get("pages"), "next"), "uri"))]
    if not listed:  # an answer that tells a few, and where all are
        named = told.get("timemap_uri")
        found.maps.append(text_of(member(named, "link_format") or member(named, "json_format")))
    found.maps = [address for address in found.maps if address]
    return found


def _index(rows: Iterable[object], asked: str) -> JsonMap | None:
    """Lines of an index; None where no line is one."""
    before = _BEFORE.match(asked)
    found = JsonMap()
    for row in rows:
        moment = text_of(member(row, "timestamp"))
        url = text_of(member(row, "url")) or text_of(member(row, "original"))
        if moment and url and before is not None:
            found.original = found.original or url
            found.copies.append((moment, f"{before[1]}{moment}/{url}"))
    return found if found.copies else None


def _lines(text: str) -> Iterator[object]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue

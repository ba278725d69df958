"""The text of an inventory as JSON, strictly: UTF-8, no NaN, no deep nesting, no name lost.

Lists within lists have no place in an inventory: what they hold is dropped, so that nothing that
is read can be nested deeper than DEPTH.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain
from typing import NoReturn

DEPTH = 8  # an inventory needs 4: versions, a version, its state, a list


class JsonObject(dict[str, object]):
    """A JSON object that remembers the names which stood in it more than once."""

    repeated: tuple[str, ...] = ()
    depth = 1


def parse(body: bytes) -> object:
    """The value of a JSON text (RFC 8259); its objects are JsonObjects. Raises ValueError."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    # inventories of large objects have millions of lists: no loop here but in C
    found = JsonObject(pairs)
    kinds = set(map(type, found.values()))
    if list in kinds:
        lists = [value for value in found.values() if isinstance(value, list)]
        if not {list, JsonObject}.isdisjoint(map(type, chain.from_iterable(lists))):
            found.update((name, _flat(value)) for name, value in pairs)
    if JsonObject in kinds:
        found.depth += max(v.depth for v in found.values() if isinstance(v, JsonObject))
    if found.depth > DEPTH:
        raise ValueError("it is nested too deep")
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        found.repeated = tuple(name for name, times in counted.items() if times > 1)
    return found


def _flat(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [type(v)() if isinstance(v, list | JsonObject) else v for v in value]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")

"""The kinds of publishers that are installed: the built-in ones and those of other packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from verticalfile.sources.errors import KindUnknown
from verticalfile.sources.kind import PublisherKind

GROUP = "verticalfile.sources"
OURS = "verticalfile"
NEEDED = (
    "name", "label", "is_tried", "table", "volatile", "recognise", "list", "entry", "fetch",
)  # fmt: skip


@dataclass
class Installed:
    """Kinds by their names, and by the name of an entry point why one is not among them."""

    kinds: dict[str, PublisherKind] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def kinds() -> Mapping[str, PublisherKind]:
    """Every kind by its name, in the order in which an address is tried with them."""
    return installed().kinds


@cache
def installed() -> Installed:
    """What is there. A package that does not load takes nothing from the others."""
    found = Installed()
    ours_first = sorted(entry_points(group=GROUP), key=lambda p: (_package(p) != OURS, p.name))
    for point in ours_first:
        try:
            kind = point.load()
        except Exception as error:  # code of strangers, at its import
            found.broken[point.name] = f"{_package(point)} does not load: {_told(error)}"
            continue
        if missing := [each for each in NEEDED if not hasattr(kind, each)]:
            found.broken[point.name] = f"{_package(point)} has no {missing[0]}"
        elif kind.name in found.kinds:
            found.broken[point.name] = f"{_package(point)} calls itself {kind.name}, which is taken"
        else:
            found.kinds[kind.name] = kind
    found.kinds = dict(sorted(found.kinds.items(), key=lambda item: (_last(item[0]), item[0])))
    return found


def kind_called(name: str) -> PublisherKind:
    """One kind. Raises KindUnknown."""
    try:
        return kinds()[name]
    except KeyError:
        why = installed().broken.get(name)
        raise KindUnknown(
            f"No installed module knows the kind of source “{name}”{f': {why}' if why else ''}.",
            mend="install the package that brings it, then run the same command again.",
        ) from None


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unnamed package"


def _told(error: Exception) -> str:
    return f"{type(error).__name__} {' '.join(str(error).split())[:200]}".strip()


def _last(name: str) -> bool:
    """A catalog file is what nearly every portal also offers, so the portal itself goes first."""
    return name in ("dcat-us", "dcat-ap", "web")

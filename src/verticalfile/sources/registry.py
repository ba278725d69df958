"""The kinds of publishers that are installed: the built-in ones and those of other packages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from verticalfile.sources.errors import KindUnknown
from verticalfile.sources.kind import PublisherKind

GROUP = "verticalfile.sources"


@cache
def kinds() -> Mapping[str, PublisherKind]:
    """Every kind by its name, in the order in which an address is tried with them."""
    found: dict[str, PublisherKind] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        kind = point.load()
        found[kind.name] = kind
    return dict(sorted(found.items(), key=lambda item: (_last(item[0]), item[0])))


def kind_called(name: str) -> PublisherKind:
    """One kind. Raises KindUnknown."""
    try:
        return kinds()[name]
    except KeyError:
        raise KindUnknown(
            f"No installed module knows the kind of source “{name}”.",
            mend="install the package that brings it, then run the same command again.",
        ) from None


def _last(name: str) -> bool:
    """A catalog file is what nearly every portal also offers, so the portal itself goes first."""
    return name in ("dcat-us", "dcat-ap", "web")

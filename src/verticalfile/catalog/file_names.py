"""How a file is called: by its dataset's name, where that has no other file of data."""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.catalog.index import ResourceLine


def data_of(files: Sequence[ResourceLine]) -> list[ResourceLine]:
    """The files of a dataset without what its publisher says about it; all, where there is no other."""
    return [f for f in files if f.is_data] or list(files)


def is_alone(resource: ResourceLine, files: Sequence[ResourceLine]) -> bool:
    """Whether it is the one file of data among those of its dataset. Only ids are compared: other
    facts change by a look."""
    return [each.id for each in data_of(files)] == [resource.id]


def said_among(resource: ResourceLine, files: Sequence[ResourceLine]) -> str:
    """The name as people say it and commands take it. Machines are told the whole name, which
    stays the same when another file comes."""
    return resource.dataset if is_alone(resource, files) else f"{resource.dataset}/{resource.name}"

"""What a dataset is said to be, as every page shows it: the one place that asks."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.services.archive import Archive


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset in words; what nobody said is empty."""

    name: str
    title: str
    description: str = ""  # one plain sentence
    publisher: str = ""
    official: str = ""  # the publisher's own page of it
    language: str = ""  # of title, description, columns and cells


def described(archive: Archive) -> dict[str, Described]:
    """Every dataset by name."""
    return {name: Described(name, title) for name, title in archive.index.datasets().items()}

"""The one style sheet: what pages need, and what charts need, which their own room keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage

from verticalfile.charts import stylesheet

NAME = "room/room.css"
_OWN = Path(__file__).parent / "static" / NAME


def one_sheet() -> str:
    """Both together. The cascade layers of the first are those of the second."""
    return f"{_OWN.read_text(encoding='utf-8')}\n{stylesheet()}"


class _Made(InMemoryStorage):
    def path(self, name: str) -> str:  # what collectstatic says where it copies from
        return name


class OneSheet(BaseFinder):
    """Hands the joined sheet to `collectstatic`, before the finder that has the half of it."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.storage = _Made(location="/")
        self.storage.save(NAME, ContentFile(one_sheet().encode()))

    def find(self, path: str, find_all: bool = False, **_: Any) -> list[str]:
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        yield NAME, self.storage

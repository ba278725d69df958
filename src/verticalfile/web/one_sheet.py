"""The one style sheet: what pages need, what charts need, which their own room keeps, and where the
font is, if the build brought one. A page waits for each sheet before it shows anything."""

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
_FONT = Path(__file__).parent / "static" / "font" / "font.css"


def one_sheet() -> str:
    """All together. The cascade layers of the first are those of the second."""
    return f"{_OWN.read_text(encoding='utf-8')}\n{stylesheet()}\n{_font()}"


def _font() -> str:
    """The build's rule for the font, whose file is in the folder beside ours."""
    if not _FONT.exists():
        return ""
    return _FONT.read_text(encoding="utf-8").replace('url("', f'url("../{_FONT.parent.name}/')


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

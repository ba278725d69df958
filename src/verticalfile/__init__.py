"""Vertical File: keep, open, explain and teach the civic data of a city and its county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from verticalfile.api.library import open_library

    open = open_library


def __getattr__(name: str) -> Any:
    """`verticalfile.open`, imported when it is used: the command line starts without it."""
    if name == "open":
        from verticalfile.api.library import open_library

        return open_library
    raise AttributeError(f"module 'verticalfile' has no attribute {name!r}")

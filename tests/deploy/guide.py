"""`docs/how-to/deploy.md`, block by block, as it stands."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
HOST = "data.library.example"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def block(kind: str) -> str:
    """The only one of its kind."""
    (found,) = blocks(kind)
    return found


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each old piece, which must be there, replaced."""
    for old, new in pairs:
        assert old in text, f"the guide does not say {old!r} any more"
        text = text.replace(old, new)
    return text

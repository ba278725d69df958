"""Every `.po` of the site becomes the `.mo` that Django reads, by Babel."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "src/verticalfile/web/locale"


def compile_words() -> None:
    """Write the compiled files beside their sources."""
    for source in LOCALE.rglob("*.po"):
        with open(source, "rb") as given, open(source.with_suffix(".mo"), "wb") as made:
            write_mo(made, read_po(given))


if __name__ == "__main__":
    compile_words()

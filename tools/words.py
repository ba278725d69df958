"""The words of the site: `python tools/words.py` brings `es/…/django.po` up to the code.

New sentences come in empty, to be translated by a person; what is gone is dropped. Uses Babel and
Django's own reader of templates; gettext's programs are not needed.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src/verticalfile/web"
SPANISH = WEB / "locale/es/LC_MESSAGES/django.po"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def found_in_code() -> Catalog:
    """Every sentence of templates and code, with where it stands."""
    catalog = Catalog(charset="utf-8")
    for path in sorted([*WEB.rglob("*.py"), *(WEB / "templates").rglob("*.*")]):
        text = path.read_text(encoding="utf-8")
        code = text if path.suffix == ".py" else _as_code(text)
        name = path.relative_to(ROOT).as_posix()
        for line, message, comments, context in extract(
            "python", io.BytesIO(code.encode()), keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            catalog.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def _as_code(template: str) -> str:
    """A template as calls of gettext, a line for a line."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def brought_up(held: Catalog, found: Catalog) -> Catalog:
    """The held translations for the sentences that are there now; no guesses."""
    since = held.creation_date  # its change alone would be one in every merge
    held.update(found, no_fuzzy_matching=True)
    held.creation_date = since
    held.obsolete.clear()
    return held


def main() -> None:
    """Write the file; say how many sentences wait for a translator."""
    with open(SPANISH, "rb") as given:
        catalog = brought_up(read_po(given, locale="es"), found_in_code())
    with open(SPANISH, "wb") as made:
        write_po(made, catalog, width=0, no_location=True, sort_output=True, omit_header=False)
    waiting = sum(
        not (all(m.string) if isinstance(m.string, tuple | list) else m.string)
        for m in catalog
        if m.id
    )
    print(f"{len(catalog)} sentences, {waiting} of them wait for a translation.", file=sys.stderr)


if __name__ == "__main__":
    main()

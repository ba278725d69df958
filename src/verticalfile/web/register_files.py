"""A register as CSV: every entry, with the sentences of its page in the language of the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.urls import reverse
from django.utils import translation

from verticalfile.catalog.register_lines import Register
from verticalfile.kernel.moments import day_of, to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.reading import news
from verticalfile.services.reading.tables.taking import TYPES, Taken
from verticalfile.services.telling.registers import NEWS
from verticalfile.services.visibility import Viewer
from verticalfile.web.words.register_words import happened, known

HEAD = ("happened_at", "noted_at", "register", "dataset", "title", "file", "what_happened", "how_we_know", "entry")  # fmt: skip
"""Names that programs read are the same in both languages."""


def taken(archive: Archive, wanted: Register | None, base: str, viewer: Viewer) -> Taken:
    """One register, or all news."""
    day = day_of(archive.clock.now(), archive.zone)
    name = f"register-{wanted or 'news'}_{day}.csv"
    language = translation.get_language() or "en"
    return Taken(name, TYPES["csv"], _lines(archive, wanted, base, viewer, language))


def _lines(
    archive: Archive, wanted: Register | None, base: str, viewer: Viewer, language: str
) -> Iterator[bytes]:
    """Sent piece by piece after the request's own language is gone, so it is set for each."""
    yield _line(HEAD)
    for part in news.every(archive, (wanted,) if wanted else NEWS, viewer=viewer):
        with translation.override(language):
            body = b"".join(_line(_row(each, base)) for each in part)
        yield body
    archive.index.close()


def _row(each: news.News, base: str) -> tuple[str, ...]:
    entry = each.entry
    return (
        to_iso(entry.at), to_iso(entry.noted_at), str(entry.register), entry.dataset,
        each.dataset.title_in(translation.get_language() or "en").text, entry.file,
        happened(entry), known(entry), base + reverse("entry", kwargs={"number": entry.id}),
    )  # fmt: skip


def _line(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()

"""Many answers kept as one file: a stored zip of the pages as received, with a note on top.

What a portal hands over in pages is kept page by page, byte for byte, so that anybody can see what
came with `unzip` alone. The note `pages.json` says where in a page the records stand, which of
their members move by themselves and by what they are sorted; `tables.read.pages` reads it. It holds
no date, so that the same pages make the same file.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

FORM = "verticalfile-pages/1"
NOTE = "pages.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class PagesFile:
    """Writes the file while the `with` block lasts."""

    def __init__(
        self,
        path: Path,
        *,
        protocol: str,
        records: Sequence[str],
        key: Sequence[str] = (),
        volatile: Iterable[str] = (),
        inside: Sequence[str] = (),
        columns: Sequence[str] = (),
        is_distinct: bool = False,
        table: str = "",
        no_table: str = "",
    ) -> None:
        """`records`: the members that lead to the list of records in a page; `key`: the member
        by which records are sorted, as a path; `inside`: members of a record whose own members
        are taken as the record's; `columns`: their order, where the publisher tells one;
        `is_distinct`: pages overlap, and equal records are one; `table`: the table's name;
        `no_table`: why there is none, of documents that are kept alone."""
        self.path = path
        self.pages = 0
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_STORED)
        note: dict[str, object] = {
            "form": FORM, "protocol": protocol, "records": list(records), "key": list(key),
            "volatile": sorted(volatile), "inside": list(inside),
        }  # fmt: skip
        note |= {"columns": list(columns)} if columns else {}
        note |= {"is_distinct": True} if is_distinct else {}
        note |= {"table": table} if table else {}
        note |= {"no_table": no_table} if no_table else {}
        self._write(NOTE, json.dumps(note, indent=1).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def page(self, body: bytes, ending: str = "json") -> None:
        """The next page: a JSON document, or JSON Lines with the ending `jsonl`."""
        self.pages += 1
        self._write(f"page-{self.pages:05}.{ending}", body)

    def document(self, name: str, body: bytes) -> None:
        """What belongs to the pages and holds no records, such as the description of a layer."""
        self._write(name, body)

    def file(self, name: str, path: Path) -> None:
        """A large document, copied in steps."""
        member = zipfile.ZipInfo(name, _EPOCH)
        member.external_attr = 0o644 << 16
        member.file_size = path.stat().st_size
        with open(path, "rb") as source, self._zip.open(member, "w") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def _write(self, name: str, body: bytes) -> None:
        member = zipfile.ZipInfo(name, _EPOCH)
        member.external_attr = 0o644 << 16
        self._zip.writestr(member, body)


def digest_and_size(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file that was put together here."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest(), path.stat().st_size

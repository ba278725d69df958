"""What stands behind one asset of Socrata: its rows, proved by their count, and what is said of it.

Rows have no order of their own (trap 27) and 1,000 of them come unless told (trap 29): they are
asked for in one answer, as CSV, ordered by `:id`, with a limit above the count. They are whole
where the count before, the count after and the records received are equal and `rowsUpdatedAt` did
not move meanwhile; else they are asked for again. Where an endpoint hands over no more than some
round number at once, they come in pages, which are kept as they came, and their ids prove that
none came twice. CSV names every column, while JSON leaves out what is empty (trap 30).
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from verticalfile.fetch.client import Got
from verticalfile.fetch.errors import AnswerRefused, CutShort, FetchError, NotFound, NotReady
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.counting import count_records
from verticalfile.sources.kind import Completeness, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.reading import member, members, number_of, text_of, texts_of
from verticalfile.sources.visit import Page, Visit, with_query
from verticalfile.tables.read.delimited import CELL_BYTES

ROUNDS = 3
"""How often rows are asked for until they agree with their count."""
MORE = 1_000
"""Asked for above the count, so that a row too many is seen."""
READY_TRIES, READY_WAIT_S = 5, 4.0
"""202 says that the answer is being prepared (dev.socrata.com)."""
CAP_STEP = 1_000
"""Endpoints cut at round numbers; another number is a broken answer, not a page."""
SELECT_MAX_CHARS = 5_000
"""Column names in an address; servers refuse addresses above 8 KB."""
COMPUTED = ":@computed_region"
"""Columns that the platform adds by itself."""
CHILDREN_MAX = 50
ATTACHMENTS_MAX = 50
PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")

csv.field_size_limit(CELL_BYTES)

_T = TypeVar("_T")


def rows_of_view(visit: Visit, home: str, identifier: str, into: Path) -> Taken:
    """The rows of a table, or of the tables behind a map. Raises CutShort where they stay unproved."""
    view = view_of(visit, home, identifier)
    children = texts_of(view.get("childViews"))[:CHILDREN_MAX]
    if not members(view.get("columns")) and not children and view.get("blobId"):
        return _blob(visit, home, identifier, view)
    if members(view.get("columns")) or not children:
        return _Table(visit, home, identifier, into).take(view)
    taken = [_Table(visit, home, each, into).take(view_of(visit, home, each)) for each in children]
    if len(taken) == 1:
        return taken[0]
    return _together(visit, identifier, children, taken, into)


def _blob(visit: Visit, home: str, identifier: str, view: Mapping[str, object]) -> Taken:
    """The file behind a view that has no table, such as a zipped shapefile."""
    media = text_of(view.get("blobMimeType")).partition(";")[0].strip() or "file"
    got = visit.file(f"{home}download/{identifier}/{quote(media, safe='')}")
    assert isinstance(got, Got)
    told = number_of(view.get("blobFileSize"))
    name = Path(text_of(view.get("blobFilename")).replace("\\", "/")).name or got.file_name
    is_known = got.completeness.get("known") == "length" or told == got.size_bytes
    complete = Completeness(
        got.size_bytes, told, "file", ended="end of file", proved=is_known,
        why_not="" if is_known else "neither the portal nor the answer told its size",
    )  # fmt: skip
    return replace(_single(got), file_name=name, completeness=complete)


def about_view(visit: Visit, home: str, identifier: str, into: Path) -> Taken:
    """The description of a view, whose columns are its table, with the files attached to it."""
    page = visit.page(f"{home}api/views/{identifier}.json")
    view = answer_of(page)
    attached = members(member(member(view, "metadata"), "attachments"))[:ATTACHMENTS_MAX]
    path = into / f"about-{identifier}.zip"
    missing = []
    with PagesFile(
        path, protocol="socrata", records=("columns",), key=("position",),
        volatile=("cachedContents", "width"),
    ) as pages:  # fmt: skip
        pages.page(page.body)
        for number, each in enumerate(attached, 1):
            name = text_of(each.get("filename")) or text_of(each.get("name"))
            try:
                body = visit.page(*_attachment(home, identifier, each)).body
            except (FetchError, LimitReached):
                missing.append(name)
                continue
            plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[-80:]
            pages.document(f"attachment-{number:02}-{plain}", body)
    sha256, size_bytes = digest_and_size(path)
    complete = Completeness(
        received=1 + len(attached) - len(missing), expected=1 + len(attached),
        method="description and attachments", ended="all asked for", proved=not missing,
        why_not=f"not to be had: {', '.join(missing)}" if missing else "",
    )  # fmt: skip
    return Taken(
        path, sha256, size_bytes, path.name, "application/zip", complete, page.exchange
    )  # fmt: skip


def answer_of(page: Page) -> object:
    """The JSON of an answer. Raises AnswerRefused for an error, which may come with a 200."""
    return _without_error(page.json(), page.final_url, page.exchange)


def view_of(visit: Visit, home: str, identifier: str) -> Mapping[str, object]:
    """What the portal says of a view."""
    page = _when_ready(visit, lambda: visit.page(f"{home}api/views/{identifier}.json"))
    view = answer_of(page)
    if not isinstance(view, Mapping):
        raise AnswerRefused(
            f"{page.final_url} describes no table.",
            mend="run the same command again later; nothing was changed.",
            exchange=page.exchange,
        )
    return view


@dataclass
class _Table:
    """One table while it is taken."""

    visit: Visit
    home: str
    identifier: str
    into: Path

    def take(self, view: Mapping[str, object]) -> Taken:
        """Its rows, asked for until they are proved."""
        columns, why = _asked_columns(view), ""
        moved, count = number_of(view.get("rowsUpdatedAt")), self._count()
        for _ in range(ROUNDS):
            got, received = self._whole(columns, count)
            pages = 1
            if received < count and received and received % CAP_STEP == 0:
                got.path.unlink()
                taken, received, pages = self._paged(columns, received, count)
            else:
                taken = _single(got)
            moved_after = number_of(
                view_of(self.visit, self.home, self.identifier).get("rowsUpdatedAt")
            )
            count_after = self._count()
            why = _why_not(count, received, count_after, moved, moved_after)
            if not why:
                how = "pages ordered by :id" if pages > 1 else "one answer ordered by :id"
                complete = Completeness(
                    received, count_after, f"rows as CSV, {how}", pages, "count reached", True
                )
                return replace(taken, completeness=complete)
            taken.path.unlink()
            moved, count = moved_after, count_after
        raise CutShort(
            f"The rows of {self.identifier} at {self.home} did not agree with their count in"
            f" {ROUNDS} tries: {why}.",
            mend="run the same command again later; the last good version stays.",
            exchange=self.visit.last_exchange,
        )

    def _count(self) -> int:
        address = f"{self.home}resource/{self.identifier}.json"
        page = _when_ready(self.visit, lambda: self.visit.page(address, {"$select": "count(*)"}))
        answer = answer_of(page)
        first = answer[0] if isinstance(answer, list) and answer else None
        told = [number_of(value) for value in first.values()] if isinstance(first, dict) else []
        if len(told) != 1 or told[0] is None:
            raise AnswerRefused(
                f"{page.final_url} does not tell how many rows there are.",
                mend="open the dataset's page: it may hold a file or a map in place of rows.",
                exchange=page.exchange,
            )
        return told[0]

    def _whole(self, columns: str, count: int) -> tuple[Got, int]:
        got = self._csv(columns, count + MORE, 0)
        return got, count_records(got.path)

    def _csv(self, columns: str, limit: int, offset: int) -> Got:
        query: dict[str, object] = {"$select": columns} if columns else {}
        query |= {"$order": ":id", "$limit": limit}
        query |= {"$offset": offset} if offset else {}
        address = with_query(f"{self.home}resource/{self.identifier}.csv", query)
        got = _when_ready(self.visit, lambda: self.visit.file(address))
        assert isinstance(got, Got)
        with open(got.path, "rb") as handle:
            start = handle.read(4096).lstrip(b"\xef\xbb\xbf \r\n")
        if start[:1] in (b"{", b"[", b"<"):
            body = got.path.read_bytes()[: 1 << 20]
            got.path.unlink()
            _refuse_no_csv(body, address, got.exchange)
        return got

    def _paged(self, columns: str, size: int, count: int) -> tuple[Taken, int, int]:
        """Pages of as many rows as the endpoint gives, kept as they came, with their ids."""
        path = self.into / f"{self.identifier}.zip"
        path.unlink(missing_ok=True)
        ids: set[str] = set()
        received = 0
        exchange: Mapping[str, object] = {}
        with PagesFile(path, protocol="socrata", records=(), volatile=(":id",)) as pages:
            while received < count + MORE:
                got = self._csv(f":id,{columns or '*'}", size, received)
                body, exchange = got.path.read_bytes(), got.exchange
                got.path.unlink()
                found = _ids(body)
                if not found:
                    break
                pages.page(body, "csv")
                ids.update(found)
                received += len(found)
        sha256, size_bytes = digest_and_size(path)
        taken = Taken(
            path, sha256, size_bytes, path.name, "application/zip", Completeness(0), exchange
        )
        return taken, len(ids), pages.pages


def _why_not(
    count: int, received: int, count_after: int, moved: int | None, moved_after: int | None
) -> str:
    if received != count:
        return f"{received:,} different rows came where {count:,} were counted"
    if count_after != count:
        return f"{count:,} rows were counted before and {count_after:,} after"
    if moved != moved_after:
        return "rows were replaced meanwhile"
    return ""


def _asked_columns(view: Mapping[str, object]) -> str:
    """The publisher's columns where the platform added some of its own; "" for all."""
    names = [text_of(each.get("fieldName")) for each in members(view.get("columns"))]
    own = [name for name in names if name and not name.startswith(COMPUTED)]
    if not own or len(own) == len(names):
        return ""
    asked = ",".join(name if PLAIN_NAME.fullmatch(name) else f"`{name}`" for name in own)
    return asked if len(asked) <= SELECT_MAX_CHARS else ""


def _ids(body: bytes) -> list[str]:
    """The first cells of the records of a page."""
    text = io.StringIO(body.decode("utf-8-sig", "replace"), newline="")
    try:
        rows = iter(csv.reader(text))
        next(rows, None)
        return [row[0] for row in rows if row]
    except csv.Error:
        return []


def _single(got: Got) -> Taken:
    exchange = {**got.exchange, "etag": got.etag, "last_modified": got.last_modified}
    return Taken(
        got.path, got.sha256, got.size_bytes, got.file_name, got.media_type, Completeness(0),
        exchange,
    )  # fmt: skip


def _together(
    visit: Visit, identifier: str, children: list[str], taken: list[Taken], into: Path
) -> Taken:
    """The tables behind a map of several layers: one zip, each a file as it came."""
    path = into / f"{identifier}-layers.zip"
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as archive:
        for child, each in zip(children, taken, strict=True):
            note = zipfile.ZipInfo(f"{child}{Path(each.file_name).suffix}", (1980, 1, 1, 0, 0, 0))
            note.file_size = each.size_bytes
            with open(each.path, "rb") as source, archive.open(note, "w") as target:
                while part := source.read(1 << 20):
                    target.write(part)
            each.path.unlink()
    received = sum(each.completeness.received for each in taken)
    complete = Completeness(
        received, received, f"rows as CSV of {len(taken)} layers, each ordered by :id",
        sum(each.completeness.pages for each in taken), "count reached", True,
    )  # fmt: skip
    sha256, size_bytes = digest_and_size(path)
    return Taken(
        path, sha256, size_bytes, path.name, "application/zip", complete, visit.last_exchange
    )


def _attachment(
    home: str, identifier: str, told: Mapping[str, object]
) -> tuple[str, dict[str, object]]:
    """Where an attachment lies: older ones have a blob in place of an asset."""
    asset = text_of(told.get("assetId"))
    name = text_of(told.get("filename")) or text_of(told.get("name"))
    if asset:
        address = f"{home}api/views/{identifier}/files/{asset}"
        return address, {"download": "true", "filename": name}
    return f"{home}api/assets/{text_of(told.get('blobId'))}", {"download": "true"}


def _when_ready(visit: Visit, ask: Callable[[], _T]) -> _T:
    """The answer, asked for again while the portal says that it is not ready."""
    for _ in range(READY_TRIES - 1):
        try:
            return ask()
        except NotReady:
            visit.sleep(READY_WAIT_S)
    return ask()


def _refuse_no_csv(body: bytes, address: str, exchange: Mapping[str, object]) -> None:
    with contextlib.suppress(ValueError, RecursionError):
        _without_error(json.loads(body), address, exchange)
    raise AnswerRefused(
        f"{address} answers with something else than rows.",
        mend="open the address in a browser; the publisher may be out of order.",
        exchange=exchange,
    )


def _without_error(answer: object, address: str, exchange: Mapping[str, object]) -> object:
    if not isinstance(answer, Mapping) or not (answer.get("error") or answer.get("errorCode")):
        return answer
    told = text_of(answer.get("message")) or text_of(answer.get("code")) or "no reason given"
    if text_of(answer.get("code")) in ("not_found", "dataset.missing"):
        raise NotFound(
            f"{address} answers that nothing is there: {told}.",
            mend="look on the publisher's page for its new address.",
            exchange=exchange,
        )
    raise AnswerRefused(
        f"{address} answers with an error: {told}.",
        mend="run the same command again later; nothing was changed.",
        exchange=exchange,
    )

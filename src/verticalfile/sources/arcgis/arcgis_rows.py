"""The rows of an ArcGIS layer, by sorted object ids, in its own projection.

The ids and the count are asked for before and after. What came is whole where the ids of before,
of the rows and of after are the same and the count is met; else all is asked for again, then given
up. Two things are kept although they are not whole, and say so: a layer of which single rows can
never be had (trap 43), and one whose server tells no ids (trap 40, `arcgis_unproved`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from verticalfile.fetch.errors import (
    AnswerRefused,
    Closed,
    CutShort,
    FetchError,
    NotFound,
    SourceAway,
)
from verticalfile.sources.arcgis.arcgis_answers import asked, judged
from verticalfile.sources.arcgis.arcgis_layer import (
    Layer,
    Rows,
    exact,
    ids_in,
    layer_of,
    plain_ids,
    rows_in,
    without_rows,
)
from verticalfile.sources.arcgis.arcgis_unproved import rows_without_ids
from verticalfile.sources.kind import Completeness, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.visit import Page, Visit

ATTEMPTS = 2
ROWS_ASKED = 2_000
"""Rows of a page; layers cap at 1,000 or 2,000 mostly, and more make answers slow."""
IDS_IN_FORM = 1_000
"""Ids of one list, where ranges of ids are not understood; servers take so many (harvesting.md 2.4)."""
IDS_IN_ADDRESS = 100
"""Ids of one list, where forms are not taken either; addresses must stay short."""
IDS_IN_ADDRESS_LEAST = 10
"""Where an address of so few ids is called too long, it is something else."""
TOO_LONG = (404, 414)
"""What servers say of an address that is too long for them; IIS has nothing there, 404.15."""
LOST_MAX = 50
"""So many single rows may fail; beyond that the service is out of order."""
LOST_SHARE = 2
"""One row in two that fails is no trouble of single rows: a small layer would be kept empty."""
NAMES_SHOWN = 20
WITH_LOSS = "some rows cannot be had"


def rows_of_layer(visit: Visit, location: str, into: Path) -> Taken:
    """The rows, whole or marked; of a picture its description. Raises CutShort, Blocked, SourceAway,
    AnswerRefused."""
    told: dict[str, object] = {}
    for attempt in range(1, ATTEMPTS + 1):
        path = into / f"rows-{attempt}.zip"
        described, about = asked(visit, location)
        if kind := without_rows(about):
            return _description(visit, described, kind, into)
        layer = layer_of(location, about)
        answered, ids = ids_of(visit, layer)
        with PagesFile(
            path, protocol="arcgis", records=("features",), inside=("attributes",),
            key=(layer.oid,) if layer.oid else (), columns=layer.columns,
            is_distinct=ids is None,
        ) as pages:  # fmt: skip
            pages.document("layer.json", described.body)
            if ids is None:
                complete = rows_without_ids(visit, layer, pages, count_of(visit, layer))
            else:
                pages.document("ids.json", answered.body)
                complete = _rows_by_ids(visit, layer, ids, pages)
        if complete.proved or ids is None or complete.ended == WITH_LOSS:
            sha256, size_bytes = digest_and_size(path)
            return Taken(
                path, sha256, size_bytes, "rows.zip", "application/zip", complete,
                {**visit.last_exchange, "layer": layer.told()}, layer.told(),
            )  # fmt: skip
        path.unlink()
        told = complete.told()
    raise CutShort(
        f"{location} did not stand still: {told['why_not']}.",
        mend="it is tried again at the next run; the last whole version stays.",
        exchange=visit.last_exchange, completeness=told,
    )  # fmt: skip


def _description(visit: Visit, described: Page, kind: str, into: Path) -> Taken:
    """What a layer without rows says of itself, which is all that there is of it."""
    path = into / "layer.zip"
    why = f"a layer of the kind {kind[:60]} has no rows, and so no table"
    with PagesFile(path, protocol="arcgis", records=(), no_table=why) as pages:
        pages.document("layer.json", described.body)
    complete = Completeness(1, method="description of a layer", ended="end of answer", proved=True)
    return Taken(
        path, *digest_and_size(path), path.name, "application/zip", complete, visit.last_exchange
    )


def _rows_by_ids(visit: Visit, layer: Layer, ids: list[int], pages: PagesFile) -> Completeness:
    counted = count_of(visit, layer)
    walk = _Walk(visit, layer, pages)
    walk.take(sorted(set(ids)))
    _, after = ids_of(visit, layer)
    why = walk.why_not(ids, after, counted, count_of(visit, layer))
    ended = "not whole" if why else "count reached"
    if walk.lost and not why:
        shown = ", ".join(map(str, walk.lost[:NAMES_SHOWN]))
        more = ", ..." if len(walk.lost) > NAMES_SHOWN else ""
        why = f"incomplete: {len(walk.lost):,} rows could not be had, ids {shown}{more}"
        ended = WITH_LOSS
    expected = len(ids) if counted is None else counted
    return Completeness(walk.received, expected, walk.method, pages.pages, ended, not why, why)


def ids_of(visit: Visit, layer: Layer) -> tuple[Page, list[int] | None]:
    """All object ids; None where the server does not tell them."""
    page = visit.page(layer.query_url, {"where": "1=1", "returnIdsOnly": "true", "f": "json"})
    if layer.oid and (ids := plain_ids(page)) is not None:
        return page, ids
    try:
        answer = judged(exact(page), layer.query_url, page.exchange)
    except AnswerRefused:
        if page.body.lstrip()[:1] != b"{":
            raise  # no answer of such a server at all
        return page, None
    return page, ids_in(answer) if layer.oid else None


def count_of(visit: Visit, layer: Layer) -> int | None:
    """How many rows there are; None where the server does not tell."""
    try:
        _, answer = asked(visit, layer.query_url, {"where": "1=1", "returnCountOnly": "true"})
    except AnswerRefused:
        return None
    count = answer.get("count")
    return count if isinstance(count, int) and not isinstance(count, bool) else None


class Way(Enum):
    """How rows are asked for, the best way first; who does not understand one is asked by the next."""

    RANGES = auto()
    FORM = auto()
    ADDRESS = auto()


@dataclass
class _Walk:
    """A walk over ids."""

    visit: Visit
    layer: Layer
    pages: PagesFile
    way: Way = Way.RANGES
    received: int = 0
    size: int = 0
    ids_in_address: int = IDS_IN_ADDRESS
    seen: set[int] = field(default_factory=set)
    lost: list[int] = field(default_factory=list)
    stray: int = 0  # rows that nobody asked for
    wanted: int = 0  # rows in all
    failure: SourceAway | None = None

    @property
    def method(self) -> str:
        by_range = self.way is Way.RANGES
        return "rows by ranges of object ids" if by_range else "rows by object ids"

    def take(self, ids: list[int]) -> None:
        """Ask for all of these, sorted, page by page."""
        self.size, self.wanted = min(ROWS_ASKED, self.layer.rows_max), len(ids)
        parts = range(
            0, len(ids), self.size
        )  # a rest cut off at each page would grow with the square
        todo = deque(ids[start : start + self.size] for start in parts)
        while todo:
            next_ids = todo.popleft()
            step = self._step()
            if rest := next_ids[step:]:
                todo.appendleft(rest)
            todo.extendleft(reversed(self._ask(next_ids[:step])))

    def _step(self) -> int:
        """How many rows the next question may be about."""
        if self.way is Way.RANGES:
            return self.size
        return min(self.size, IDS_IN_FORM if self.way is Way.FORM else self.ids_in_address)

    def _ask(self, wanted: list[int]) -> list[list[int]]:
        """Take in these rows; returned is what must be asked for again."""
        try:
            page = self._page(wanted)
            rows = rows_in(page, self.layer)
        except SourceAway as error:
            if not (error.facts.get("status") or error.facts.get("service_code")):
                raise  # it is not this page: the server is away
            if self.way is Way.FORM and not self.received:
                return self._otherwise(wanted, error)  # no form has worked yet
            self.failure = error
            return self._failed(wanted)
        except (AnswerRefused, NotFound, Closed) as error:
            return self._otherwise(wanted, error)
        if self.way is Way.FORM and not (rows.oids and set(rows.oids) <= set(wanted)):
            self.way = Way.ADDRESS  # it answers forms, and does not read them
            return [wanted]
        self._keep(wanted, rows, page)
        missing = [oid for oid in wanted if oid not in self.seen]
        if not missing or not (rows.oids or rows.has_more):
            return []  # what is missing without a word went away meanwhile: the ids of after tell
        if rows.has_more or len(missing) < len(wanted):
            # the server gives less at a time than it says (traps 37, 39)
            self.size = max(1, min(self.size, len(rows.oids) or len(wanted) // 2))
            is_stuck = len(wanted) == 1 and not rows.oids
            return [] if is_stuck else [missing]
        return []

    def _page(self, wanted: list[int]) -> Page:
        query = self.layer.rows_query(wanted, by_range=self.way is Way.RANGES)
        if self.way is not Way.FORM:
            return self.visit.page(self.layer.query_url, query)
        return self.visit.ask(self.layer.query_url, [(n, str(v)) for n, v in query.items()])

    def _otherwise(self, wanted: list[int], error: FetchError) -> list[list[int]]:
        """The same rows by the next way; raises where there is none, or no way would help."""
        if self.way is Way.RANGES and isinstance(error, AnswerRefused):
            self.way = Way.FORM
            return [wanted]
        if self.way is Way.FORM:
            self.way = Way.ADDRESS  # its ids and its count were told to addresses
            return [wanted]
        is_long = self.way is Way.ADDRESS and error.facts.get("status") in TOO_LONG
        if not is_long or len(wanted) <= IDS_IN_ADDRESS_LEAST:
            raise error
        self.ids_in_address = len(wanted) // 2
        return [wanted]

    def _keep(self, wanted: list[int], rows: Rows, page: Page) -> None:
        known = len(self.seen)
        self.seen.update(rows.oids)
        if rows.oids and len(self.seen) == known:
            raise CutShort(
                f"{self.layer.location} gives the same rows again and again.",
                mend="tell the publisher; the last whole version stays.",
                exchange=page.exchange,
            )
        low, high = wanted[0], wanted[-1]
        if rows.oids and not low <= min(rows.oids) <= max(rows.oids) <= high:
            self.stray += sum(not low <= oid <= high for oid in rows.oids)
        if rows.count:
            self.received += rows.count
            self.pages.page(page.body)

    def _failed(self, wanted: list[int]) -> list[list[int]]:
        """The service fails at these: halve, down to the single rows that it cannot give."""
        middle = len(wanted) // 2
        if middle:
            return [wanted[:middle], wanted[middle:]]
        if not self.lost:
            count_of(self.visit, self.layer)  # raises where it is the whole service
        self.lost += wanted
        is_most = len(self.lost) * LOST_SHARE >= self.wanted
        if (len(self.lost) > LOST_MAX or is_most) and self.failure is not None:
            raise self.failure
        return []

    def why_not(
        self, ids: list[int], after: list[int] | None, count: int | None, count_after: int | None
    ) -> str:
        """Why the rows are not proved to be all but those lost; "" where they are."""
        before = set(ids)
        if after is None or (after != ids and set(after) != before):
            return "its object ids changed meanwhile"
        if count != count_after:
            return f"it counted {count} rows at the start and {count_after} at the end"
        if self.stray:
            return f"{self.stray:,} rows came that were not asked for"
        missing = before - self.seen - set(self.lost)
        if missing:
            return f"{len(missing):,} of {len(before):,} rows did not come"
        told = len(ids) if count is None else count
        if self.received + len(self.lost) != told:
            return f"{self.received:,} rows came where {told:,} were counted"
        return ""

"""A visit to a publisher: how modules of sources speak to the network, and the only way they do.

Small answers come into memory under a limit, files into the scratch folder. Every exchange of a
visit is counted, and the last one can be told as evidence.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from verticalfile.fetch.call import Got, NotModified, Small
from verticalfile.fetch.client import Client
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import Clock
from verticalfile.kernel.errors import trouble_of_json

PAGE_MAX_BYTES = 64 << 20
"""One answer of an interface; the largest pages seen (1,000 entries of CKAN) have 8 MB."""


@dataclass(frozen=True, slots=True)
class Page:
    """A small answer, whole; `body` are the bytes as received."""

    body: bytes
    media_type: str
    exchange: Mapping[str, object]

    @property
    def final_url(self) -> str:
        return str(self.exchange["final_url"])

    def json(self) -> object:
        """The body as JSON. Raises AnswerRefused, also for what is nested too deep."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            start = self.body.lstrip()[:1]
            came = f"is not JSON: {trouble_of_json(error)}" if start else "is empty"
            raise AnswerRefused(
                f"The answer of {self.final_url} {'is a web page' if start == b'<' else came}"
                f"{', where data was asked for' if start in (b'', b'<') else ''}.",
                mend="open the address in a browser; the publisher may be out of order.",
                exchange=self.exchange, reason=str(error)[:200],
            ) from error  # fmt: skip


@dataclass
class Visit:
    """One visit. `scratch` is a folder for files; it is deleted by whom it belongs to.

    With the `client` of a run its connections, manners and credentials are used; else one is made
    that pauses between no two requests.
    """

    rules: Rules
    clock: Clock
    scratch: Path
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    last_exchange: Mapping[str, object] = field(default_factory=dict)
    client: Client | None = None
    _is_own: bool = False

    def page(self, url: str, query: Mapping[str, object] | None = None) -> Page:
        """A small answer. Raises the errors of `fetch.errors` and LimitReached."""
        got = self._client().get_small(with_query(url, query), max_bytes=self._page_bytes)
        assert isinstance(got, Small)  # no validator was sent
        return self._page(got)

    def ask(self, url: str, form: Sequence[tuple[str, str]]) -> Page:
        """A small answer to a form, for questions too long for an address. Raises as `page`."""
        return self._page(self._client().post_small(url, form, max_bytes=self._page_bytes))

    def json(self, url: str, query: Mapping[str, object] | None = None) -> object:
        """A small answer as JSON."""
        return self.page(url, query).json()

    def file(self, url: str, *, etag: str = "", last_modified: str = "") -> Got | NotModified:
        """A whole file into the scratch folder."""
        got = self._client().get(url, into=self.scratch, etag=etag, last_modified=last_modified)
        self._came(got.exchange)
        return got

    @property
    def _page_bytes(self) -> int:
        return min(self.rules.max_bytes, PAGE_MAX_BYTES)

    def _client(self) -> Client:
        if self.client is None or (self._is_own and self.client.rules is not self.rules):
            manners = Manners(self.clock, sleep=self.sleep)
            self.client = Client(rules=self.rules, clock=self.clock, manners=manners)
            self._is_own = True
        return self.client

    def _page(self, got: Small) -> Page:
        self._came(got.exchange)
        return Page(got.body, got.media_type, got.exchange)

    def _came(self, exchange: Mapping[str, object]) -> None:
        self.requests += 1
        self.last_exchange = exchange


def with_query(url: str, query: Mapping[str, object] | None) -> str:
    """The address with these parameters, in their order."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(list(query.items()))}"

"""A visit to a publisher: how modules of sources speak to the network, and the only way they do.

Small answers come into memory under a limit, files into the scratch folder. Every exchange of a
visit is counted, and the last one can be told as evidence.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from verticalfile.fetch.client import Client, Got, NotModified, get
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.fetch.rules import Rules
from verticalfile.kernel.clock import Clock

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
            raise AnswerRefused(
                f"The answer of {self.final_url} is not JSON: {str(error)[:120]}.",
                mend="open the address in a browser; the publisher may be out of order.",
                exchange=self.exchange,
            ) from error


@dataclass
class Visit:
    """One visit. `scratch` is a folder for files; it is deleted by whom it belongs to.

    With the `client` of a run its connections, manners and credentials are used.
    """

    rules: Rules
    clock: Clock
    scratch: Path
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    last_exchange: Mapping[str, object] = field(default_factory=dict)
    client: Client | None = None

    def page(self, url: str, query: Mapping[str, object] | None = None) -> Page:
        """A small answer. Raises the errors of `fetch.errors` and LimitReached."""
        rules = replace(self.rules, max_bytes=min(self.rules.max_bytes, PAGE_MAX_BYTES))
        got = self._get(with_query(url, query), rules)
        assert isinstance(got, Got)
        body = got.path.read_bytes()
        got.path.unlink()
        return Page(body, got.media_type, got.exchange)

    def json(self, url: str, query: Mapping[str, object] | None = None) -> object:
        """A small answer as JSON."""
        return self.page(url, query).json()

    def file(self, url: str, *, etag: str = "", last_modified: str = "") -> Got | NotModified:
        """A whole file into the scratch folder."""
        return self._get(url, self.rules, etag=etag, last_modified=last_modified)

    def _get(
        self, url: str, rules: Rules, *, etag: str = "", last_modified: str = ""
    ) -> Got | NotModified:
        self.requests += 1
        if self.client is not None:
            found = self.client.get(
                url, into=self.scratch, etag=etag, last_modified=last_modified,
                max_bytes=rules.max_bytes,
            )  # fmt: skip
            self.last_exchange = found.exchange
            return found
        got = get(
            url, rules=rules, into=self.scratch, clock=self.clock, etag=etag,
            last_modified=last_modified, sleep=self.sleep,
        )  # fmt: skip
        self.last_exchange = got.exchange
        return got


def with_query(url: str, query: Mapping[str, object] | None) -> str:
    """The address with these parameters, in their order."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(list(query.items()))}"

"""Plain web pages: a page with links to files, a directory listing, a sitemap, a list of addresses.

Tried last, and only where files of data are linked. The page is kept as it came, with the links
that were found in it beside. A file that moves is followed by its rule (`web_links`).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Completeness, Entry, Offer, Recognised, Record, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.reading import number_of, text_of
from verticalfile.sources.visit import Page, Visit
from verticalfile.sources.web.web_links import FORMS, Link, form_of, links_in, links_of, name_of
from verticalfile.sources.web.web_sitemaps import is_sitemap, sitemap_in, whole_sitemap

RULES_SHOWN = 3
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class Web:
    """The kind."""

    name = "web"
    label = "Web page"
    is_tried = True  # directory listings of four servers
    table = ""
    volatile = frozenset({"modified"})

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A page, a sitemap or a list that names files of data."""
        if page is None:
            return None
        if is_sitemap(page.body):
            try:
                found = sitemap_in(page.body)
            except ValueError:
                return None
            links = links_of(list(found.urls))
            if not links and not found.sitemaps:
                return None
            return Recognised(self.name, url, "", f"sitemap, {_rules_told(links)}")
        if (addresses := _list_in(page.body)) is not None:
            return Recognised(self.name, url, "", f"list of {len(addresses):,} addresses")
        if b"<" not in page.body[:4096]:
            return None
        known = links_in(page.body, page.final_url)
        if not known.links:
            return None
        what = "directory listing" if known.is_listing else "page with links"
        return Recognised(self.name, url, known.title[:200], f"{what}, {_rules_told(known.links)}")

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """All files that are linked."""
        page = visit.page(location)
        if is_sitemap(page.body):
            whole = whole_sitemap(visit, location)
            links, bodies, why = links_of(list(whole.urls), whole.urls), whole.bodies, whole.why_not
            method, form = "sitemap", "xml"
        elif (addresses := _list_in(page.body)) is not None:
            links, bodies, why = links_of(addresses), [page.body], ""
            method, form = "list of addresses", "txt"
        else:
            known = links_in(page.body, page.final_url)
            links, bodies, method, form = known.links, [page.body], "links of a page", "html"
            why = "" if known.is_whole else "the page does not come to its end"
            why = why or ("the page says that more pages follow" if known.has_next else "")
            if b"<" not in page.body[:4096]:
                raise AnswerRefused(
                    f"{location} is no page any more.", mend="look at the address in a browser.",
                    exchange=page.exchange,
                )  # fmt: skip
        path = into / "links.zip"
        with PagesFile(
            path, protocol=self.name, records=(), key=("rule",), volatile=self.volatile
        ) as pages:
            for number, body in enumerate(bodies, 1):
                pages.document(f"answer-{number:05}.{form}", body)
            lines = (f"{json.dumps(asdict(link), ensure_ascii=False)}\n" for link in links)
            pages.page("".join(lines).encode(), "jsonl")
        complete = Completeness(
            len(links), None, method, len(bodies), "end of document", not why, why
        )
        sha256, size_bytes = digest_and_size(path)
        return Taken(
            path, sha256, size_bytes, "links.zip", "application/zip", complete, visit.last_exchange
        )

    def entry(self, record: Record, location: str) -> Entry:
        """A linked file; its rule is its identity."""
        url, rule = text_of(record.get("url")), text_of(record.get("rule"))
        if not url or not rule:
            raise BadRecord(
                f"A link of {location} has no address.", mend="the other links are taken."
            )
        form = text_of(record.get("form"))
        name = name_of(rule)
        file_name = PurePosixPath(rule).name
        return Entry(
            identifier=f"{location}#{rule}", title=name, landing_page=location,
            description=text_of(record.get("text")) or file_name,
            modified=text_of(record.get("modified")), access="public",
            offers=(
                Offer(
                    url, "url", name, form.upper(), size_bytes=number_of(record.get("size_bytes")),
                    identifier=rule,
                ),
            ),
        )  # fmt: skip

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """Nothing: linked files are fetched as plain files."""
        raise AnswerRefused("A page has no rows of its own.", mend="collect its files instead.")


def _list_in(body: bytes) -> list[str] | None:
    """The addresses of a text that has one in each line, with blank lines and `#` notes."""
    if body[:4].lower() != b"http" and not body.startswith((b"#", b"\xef\xbb\xbf")):
        return None
    try:
        lines = [line.strip() for line in body.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        return None
    found = [line for line in lines if line and not line.startswith("#")]
    if not found or not all(_ADDRESS.fullmatch(line) for line in found):
        return None
    return found if any(form_of(url) in FORMS for url in found) else None


def _rules_told(links: tuple[Link, ...]) -> str:
    """The rules that were found, for the preview."""
    rules = [PurePosixPath(link.rule).name for link in links]
    more = f" and {len(rules) - RULES_SHOWN:,} more" if len(rules) > RULES_SHOWN else ""
    return f"following {', '.join(rules[:RULES_SHOWN])}{more}" if rules else "an index of others"


SOURCE = Web()

"""Twenty readers at once in the room of the demo's town: nobody is turned away with an error."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from collections import Counter
from html import unescape
from urllib.parse import urljoin, urlsplit

from running_site import running

READERS, PAGES_EACH = 20, 12
ANSWER_S = 60.0
BUSY_SHARE = 0.01
"""So many may be told when to come again."""
BEGIN = ("/", "/d/", "/search/?q=permits", "/search/?q=permiso&sort=changed", "/changes/", "/es/")


def links_of(site: str, page: str) -> list[str]:
    with urllib.request.urlopen(site + page, timeout=ANSWER_S) as answer:
        text = answer.read().decode()
    found = [urljoin(page, unescape(each)) for each in re.findall(r'<a [^>]*href="([^"#]+)"', text)]
    return [each for each in found if not urlsplit(each).netloc]


def doors_of(site: str) -> list[str]:
    """What a reader meets within three clicks: every tab of every dataset, an old day of each,
    sorted and filtered tables, neighbours compared, downloads."""
    datasets = [each for each in links_of(site, "/d/") if re.fullmatch(r"/d/[\w-]+/", each)]
    tabs = [
        each for dataset in datasets for each in links_of(site, dataset) if each.startswith(dataset)
    ]
    tables = [each for each in tabs if each.endswith("/table/")]
    sorts = [each for table in tables[:6] for each in links_of(site, table) if "sort=" in each][:12]
    files = [each for each in tabs if re.search(r"/(feed|timemap)\.", each)][:4]
    return list(dict.fromkeys([*BEGIN, *tabs, *sorts, *files]))


def test_twenty_readers_at_once_meet_no_error(alder_falls):
    told: Counter[str] = Counter()
    with running(alder_falls[0]) as site:
        doors = doors_of(site)
        assert len(doors) > 60

        def read(number: int) -> None:
            for step in range(PAGES_EACH):
                page = doors[(number * 17 + step * 5) % len(doors)]
                try:
                    with urllib.request.urlopen(site + page, timeout=ANSWER_S) as answer:
                        whole = answer.read()
                    told["answered" if whole else f"nothing for {page}"] += 1
                except urllib.error.HTTPError as error:
                    busy = error.code == 503 and error.headers["Retry-After"]
                    told["busy" if busy else f"{error.code} for {page}"] += 1
                except OSError as error:
                    told[f"{error} for {page}"] += 1

        readers = [threading.Thread(target=read, args=(n,)) for n in range(READERS)]
        for each in readers:
            each.start()
        for each in readers:
            each.join()
    assert set(told) <= {"answered", "busy"}, told
    assert told.total() == READERS * PAGES_EACH
    assert told["busy"] <= told.total() * BUSY_SHARE

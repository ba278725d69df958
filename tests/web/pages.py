"""Every page by the name of its address: where it is full, and where it has nothing to show.

A name that the resolver knows and this list does not makes a test fail.
"""

from __future__ import annotations

from verticalfile.catalog.register_lines import Register
from verticalfile.services.archive import short_id

OLD = "@20240117T150000Z"
"""The first version of the trees."""
HIDDEN = "@20240403T150000Z"
HELD = "@20240417T150000Z"
UNREADABLE = "@20240207T150000Z"

NEW_TREES = short_id("register", "new", short_id("resource", "street-trees", "trees"), "")
"""The entry that says that the trees are new here."""
VANISHED = short_id(
    "register", "vanished", short_id("resource", "rent-register", "gone"), "2024-06-05T15:00:00Z"
)
FEEDS = (
    "/feed", "/d/street-trees/feed", "/d/never-collected/feed", "/shelves/streets/feed",
    "/shelves/bare/feed", "/search/feed?q=trees", "/search/feed?q=xyzzy",
    *(f"/changes/{register}/feed" for register in Register),
)  # fmt: skip
"""Every feed, full and empty, without its form."""


def feed(base: str, form: str) -> str:
    """The address of a feed in one of its forms."""
    return base.replace("/feed", f"/feed.{form}", 1)


PAGES: dict[str, tuple[str, ...]] = {
    "home": ("/",),
    "search": (
        "/search/?q=trees", "/search/?q=tree%20heigt", "/search/?q=xyzzy",
        "/search/?q=trees&place=Alder+Falls&sort=changed", "/search/?q=trees&state=vanished",
        "/search/", "/search/?page=99", "/search/?q=rent&shelf=streets",
    ),
    "every": ("/d/", "/d/?page=7"),
    "shelves": ("/shelves/",),
    "shelf": ("/shelves/streets/", "/shelves/bare/"),
    "lately": ("/changes/", "/changes/?page=99", "/changes/?sort=oldest"),
    "register": (
        *(f"/changes/{register}/" for register in Register), "/changes/changed/?sort=name",
    ),
    "entry": tuple(f"/changes/entry/{number}/" for number in (NEW_TREES, VANISHED)),
    "sources": ("/sources/",),
    "source": (
        "/sources/town-portal/", "/sources/town-portal/?state=vanished",
        "/sources/town-portal/?state=missing", "/sources/town-portal/?page=9",
    ),
    "report": ("/sources/report/",),
    "run": ("/sources/report/2024-01-01/", "/sources/report/1999-01-01/"),
    "about": ("/about/",),
    "keeping": ("/how-we-keep/",),
    "privacy": ("/privacy/",),
    "accessibility": ("/accessibility/",),
    "ask": ("/ask/", "/ask/?about=/d/street-trees/"),
    "asked": ("/ask/sent/?number=0123abcd", "/ask/sent/"),
    "robot": ("/robot/",),
    "dataset": (
        "/d/street-trees/", f"/d/street-trees/{OLD}/", f"/d/street-trees/{HIDDEN}/",
        f"/d/street-trees/{HELD}/", "/d/library-branches/", "/d/library-branches/door-counts/",
        "/d/rent-register/", "/d/never-collected/", f"/d/street-trees/{UNREADABLE}/",
    ),
    "file": ("/d/library-branches/door-counts/about/",),
    "table": (
        "/d/street-trees/table/", f"/d/street-trees/{OLD}/table/?sort=height&dir=down&rows=50",
        "/d/street-trees/table/?is.kind=nothing", f"/d/street-trees/{UNREADABLE}/table/",
        "/d/street-trees/table/?is.kind=OAK&from.height=20", "/d/library-branches/table/",
        "/d/street-trees/table/?as=list",
    ),
    "time": ("/d/street-trees/time/", "/d/rent-register/time/", "/d/never-collected/time/"),
    "chart": (
        "/d/street-trees/chart/?column=kind", "/d/street-trees/chart/",
        "/d/street-trees/chart/?column=height", "/d/street-trees/chart/?column=height&measure=sum",
        "/d/street-trees/chart/?column=ward&measure=blank", f"/d/street-trees/{OLD}/chart/?column=ward",
        f"/d/street-trees/{UNREADABLE}/chart/", "/d/library-branches/door-counts/chart/?column=n",
        "/d/rent-register/chart/?column=name", f"/d/street-trees/{HIDDEN}/chart/",
    ),
    "values": (
        "/d/street-trees/values/?column=height", "/d/street-trees/values/", "/d/hostile/values/",
        "/d/street-trees/values/?column=kind&by=ward", f"/d/street-trees/{OLD}/values/?column=kind",
        "/d/street-trees/values/?column=height&by=ward",
        "/d/street-trees/values/?column=ward&by=kind&draw=stacked",
        f"/d/street-trees/{UNREADABLE}/values/", f"/d/street-trees/{HIDDEN}/values/",
    ),
    "changes": (
        "/d/street-trees/changes/", f"/d/street-trees/changes/?from={OLD[1:]}",
        f"/d/street-trees/{OLD}/changes/",
    ),
    "row": ("/d/street-trees/row/?k=T-003", "/d/street-trees/row/?k=T-010"),
    "cite": ("/d/street-trees/cite/", f"/d/street-trees/{OLD}/cite/?whole=yes"),
    "rights": (
        "/d/street-trees/rights/", f"/d/street-trees/{OLD}/rights/", "/d/rent-register/rights/",
        f"/d/street-trees/{HIDDEN}/rights/", "/d/library-branches/door-counts/rights/",
        "/d/hostile/rights/",
    ),
    "handout": (
        "/d/street-trees/handout/", f"/d/street-trees/{OLD}/handout/", "/d/rent-register/handout/",
        "/d/street-trees/handout/?of=table&is.kind=OAK&sort=height&dir=down&large=yes",
        f"/d/street-trees/handout/?of=changes&from={OLD[1:]}&refused=yes",
        "/d/street-trees/handout/?chart=kind", f"/d/street-trees/{UNREADABLE}/handout/",
        f"/d/street-trees/{HIDDEN}/handout/", "/d/never-collected/handout/",
    ),
    "download": ("/d/street-trees/download/", f"/d/street-trees/{UNREADABLE}/download/"),
}  # fmt: skip
"""Pages for people, each of them answered with 200."""

FAULTS = {
    "/d/nothing/": 404,
    "/shelves/nothing/": 404,
    "/changes/nothing/": 404,
    "/changes/entry/nothing/": 404,
    "/nowhere/": 404,
    "/sources/nothing/": 404,
    "/sources/report/nothing/": 400,
    "/d/street-trees/@2019/": 404,
    "/d/street-trees/row/?k=none": 404,
    "/d/street-trees/changes/?to=v2": 404,
    "/d/street-trees/table/?is.nothing=1": 400,
    "/d/street-trees/table/?from.height=tall": 400,
    "/d/street-trees/table/?page=99": 400,
    "/d/street-trees/@never-ever/": 400,
    "/d/street-trees/chart/?column=nothing": 404,
    "/d/street-trees/handout/?chart=nothing": 404,
    f"/d/street-trees/{OLD}/handout/?of=changes": 404,
    f"/d/street-trees/{UNREADABLE}/handout/?of=table": 404,
    "/d/street-trees/chart/?column=kind&measure=sum": 400,
    "/d/street-trees/values/?column=nothing": 404,
    "/d/street-trees/values/?column=kind&draw=histogram": 400,
    "/d/street-trees/values/?column=kind&by=id": 404,
    "/d/street-trees/chart/?column=kind&measure=nonsense": 400,
    f"/d/street-trees/changes/?from={HIDDEN[1:]}": 410,
}

FILES = {
    "robots": "/robots.txt",
    "healthz": "/healthz",
    "cite-taken": "/d/street-trees/cite.bibtex",
    "all-feed": "/feed.atom",
    "report-feed": "/sources/report.atom",
    "dataset-feed": "/d/street-trees/feed.json",
    "shelf-feed": "/shelves/streets/feed.atom",
    "register-feed": "/changes/vanished/feed.json",
    "lately-taken": "/changes.csv",
    "register-taken": "/changes/vanished.csv",
    "search-feed": "/search/feed.atom?q=trees",
    "table-taken": "/d/street-trees/table.csv",
    "changes-taken": "/d/street-trees/changes.csv",
    "data-json": "/data.json",
    "sitemaps": "/sitemap.xml",
    "sitemap": "/sitemap-1.xml",
    "handout-taken": "/d/street-trees/handout.pdf",
    "timemap": "/d/street-trees/timemap.link",
    "chart-taken": "/d/street-trees/chart.csv?column=kind",
    "values-taken": "/d/street-trees/values.svg?column=kind",
    "row-taken": "/d/street-trees/row.csv?k=T-003&column=height",
    "time-taken": "/d/street-trees/time.svg",
    "download-taken": "/d/street-trees/download.csv",
}
SENT_ON = {
    "as-of": "/d/street-trees/as-of/?year=2024&month=3&day=1",
    "timegate": "/d/street-trees/timegate/",
}


def every() -> list[str]:
    """All addresses of pages, faults among them."""
    return [address for found in PAGES.values() for address in found] + list(FAULTS)

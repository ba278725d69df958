"""Addresses of the reading room, below the language."""

from __future__ import annotations

from django.urls import path

from verticalfile.web.addresses import of_file
from verticalfile.web.reader import (
    changes,
    cite,
    dataset,
    download,
    feeds,
    home,
    pages,
    register,
    row,
    search,
    shelf,
    table,
    time,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("d/", shelf.every, name="every"),
    path("shelves/", shelf.shelves, name="shelves"),
    path("shelves/<slug:shelf>/", shelf.shelf, name="shelf"),
    path("changes/", register.lately, name="lately"),
    path("changes/<slug:register>/", register.register, name="register"),
    path("changes/entry/<slug:number>/", register.entry, name="entry"),
    path("feed.<slug:form>", feeds.everything, name="all-feed"),
    path("search/feed.<slug:form>", feeds.search, name="search-feed"),
    path("shelves/<slug:shelf>/feed.<slug:form>", feeds.shelf, name="shelf-feed"),
    path("changes/<slug:register>/feed.<slug:form>", feeds.register, name="register-feed"),
    path("d/<slug:dataset>/feed.<slug:form>", feeds.dataset, name="dataset-feed"),
    path("about/", pages.about, name="about"),
    path("how-we-keep/", pages.keeping, name="keeping"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("ask/", pages.ask, name="ask"),
    path("robot/", pages.robot, name="robot"),
    *of_file("table/", table.table, "table"),
    *of_file("table.<slug:form>", table.taken, "table-taken"),
    *of_file("time/", time.time, "time"),
    *of_file("as-of/", time.as_of, "as-of"),
    *of_file("changes/", changes.changes, "changes"),
    *of_file("changes.<slug:form>", changes.taken, "changes-taken"),
    *of_file("row/", row.row, "row"),
    *of_file("cite/", cite.cite, "cite"),
    *of_file("cite.<slug:form>", cite.taken, "cite-taken"),
    *of_file("download/", download.download, "download"),
    *of_file("download.<slug:form>", download.taken, "download-taken"),
    *of_file("", dataset.dataset, "dataset"),
    path("d/<slug:dataset>/<slug:file>/about/", dataset.dataset, name="file"),
]

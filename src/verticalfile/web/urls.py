"""Addresses of the reading room, below the language."""

from __future__ import annotations

from django.urls import path

from verticalfile.web.addresses import of_file
from verticalfile.web.reader import (
    changes,
    cite,
    dataset,
    download,
    home,
    pages,
    row,
    shelf,
    table,
    time,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("d/", shelf.shelf, name="shelf"),
    path("changes/", shelf.lately, name="lately"),
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

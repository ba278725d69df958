"""All addresses: the reading room, in English without a prefix and in Spanish below `/es/`."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from verticalfile.web.reader import wayside

urlpatterns = [
    path("robots.txt", wayside.robots, name="robots"),
    path("data.json", wayside.catalogue, name="data-json"),
    path("sitemap.xml", wayside.sitemaps, name="sitemaps"),
    path("sitemap-<int:page>.xml", wayside.sitemap, name="sitemap"),
    path("healthz", wayside.healthz, name="healthz"),
    *i18n_patterns(path("", include("verticalfile.web.urls")), prefix_default_language=False),
]
handler404 = "verticalfile.web.reader.faults.not_found"
handler500 = "verticalfile.web.reader.faults.broken"
handler400 = "verticalfile.web.reader.faults.not_understood"

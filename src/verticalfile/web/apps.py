"""The reading room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Views, templates, words and style sheets of the reading room."""

    name = "verticalfile.web"
    label = "web"

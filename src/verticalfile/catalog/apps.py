"""The catalog as a Django app; the web of later issues installs it like any other."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What we hold, saw and decided."""

    name = "verticalfile.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

"""Migrations of the catalog, made by Django from `models.py`."""

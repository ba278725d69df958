"""Socrata: what it lists, and rows as CSV."""

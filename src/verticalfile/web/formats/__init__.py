"""Dates and numbers of each language; digits are the same in both (web.md 6)."""

"""The vault: original bytes, evidence and journal, for ever. Knows nothing of tables.

An OCFL 1.1 storage root (layout extension 0003). See `docs/reference/formats.md`.
"""

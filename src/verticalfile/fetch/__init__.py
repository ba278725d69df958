"""Fetching: the one polite, safe HTTP client. Knows nothing of sources, tables or the vault."""

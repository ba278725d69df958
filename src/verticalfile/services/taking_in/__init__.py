"""States of a source become captures, rows and versions: one way for all sources."""

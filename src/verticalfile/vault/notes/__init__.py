"""The journal: what happened, kept as the bytes are."""

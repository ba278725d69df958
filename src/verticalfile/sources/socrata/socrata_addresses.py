"""Addresses by which other catalogs name a table of Socrata."""

from __future__ import annotations

import re

from verticalfile.sources.kind import Offer

_ROWS = re.compile(
    r"^(https?://[^/?#]+)/api/views/([2-9a-km-np-z]{4}-[2-9a-km-np-z]{4})/rows\.(csv|json|rdf|tsv|xml)\b",
    re.IGNORECASE,
)


def is_rows(url: str) -> bool:
    """Whether the address hands over all rows of a table, in whatever form."""
    return bool(_ROWS.match(url))


def rows_offered(url: str, title: str) -> Offer:
    """The table itself, one offer whatever the form: its rows are asked for and counted."""
    found = _ROWS.match(url)
    assert found is not None
    home, identifier = found[1], found[2].lower()
    address = f"{home}/resource/{identifier}"
    return Offer(address, "socrata", title, "CSV", "text/csv", identifier=identifier)

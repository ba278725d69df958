"""The evidence of identity of an entry, by the kind of publisher that lists it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verticalfile.sources import identity
from verticalfile.sources.kind import Entry, PublisherKind, Record

BY_KIND: Mapping[str, Callable[[Record], identity.Entry]] = {
    "ckan": identity.entry_of_ckan,
    "dcat-us": identity.entry_of_dcat,
    "dkan": identity.entry_of_dcat,
    "arcgis-hub": identity.entry_of_dcat,
    "socrata": identity.entry_of_socrata,
    "opendatasoft": identity.entry_of_ods,
}
"""Kinds whose records have a shape of their own; all others are known by what their entry says."""


def identity_of(kind: PublisherKind, entry: Entry, record: Record) -> identity.Entry:
    """Evidence and digests of an entry, for the fold that follows members."""
    own = BY_KIND.get(kind.name)
    if own is not None:
        return own(record)
    evidence = identity.evidence_of(
        entry.identifier, title=entry.title, publisher=entry.publisher,
        addresses=[offer.location for offer in entry.offers],
    )  # fmt: skip
    return identity.Entry(evidence, *identity.digests(record, kind.volatile))

"""Several statements about one dataset, read together: never the friendlier of two that differ.

A portal may give an id, a title and an address of one licence, and a sentence beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from verticalfile.rights.classify import Reading, read_statement
from verticalfile.rights.vocabulary import OPEN, Label


@dataclass(frozen=True, slots=True)
class Said:
    """One statement as it was found, and the field that held it."""

    field: str
    raw: str


SAME_INSTRUMENT = (("license_id", "licenseId"), ("license_title", "license_url", "license.name"))
"""Fields of one choice from a list: where the id is known, title and address say it again. CKAN's
own list gives cc-nc the address of by-nc/2.0, which its id does not mean (rights.md 3)."""
_RANK = (
    Label.RESTRICTED, Label.OPEN_LICENCE, Label.PUBLIC_DOMAIN, Label.CUSTOM_OPEN, Label.UNCLEAR,
    Label.NO_STATEMENT,
)  # fmt: skip


def read_together(said: Sequence[Said]) -> Reading:
    """What all statements amount to. Without any, nothing was stated."""
    if not said:
        return read_statement("")
    readings = [read_statement(each.raw) for each in _once_each(said)]
    if len(readings) == 1:
        return readings[0]
    told = [r for r in readings if r.label is not Label.NO_STATEMENT] or readings[:1]
    quoted = tuple(dict.fromkeys(s for r in told for s in r.sentences))
    best = min(told, key=lambda r: (_RANK.index(r.label), not r.licence_id))
    ids = {r.licence_id for r in told if r.licence_id}
    ids -= {
        short
        for short in ids
        for long in ids
        if long.startswith(f"{short}-") and long[len(short) + 1].isdigit()
    }
    labels = {r.label for r in told}
    grants = labels & {*OPEN, Label.CUSTOM_OPEN}
    digest = hashlib.sha256(
        "\0".join(s.raw for s in said).encode("utf-8", "surrogatepass")
    ).hexdigest()
    if (
        len(ids) > 1
        or (grants and Label.RESTRICTED in labels)
        or any(r.kind == "conflict" for r in told)
    ):
        return Reading(
            Label.UNCLEAR, "conflict", "statements-differ", digest, 0.8, sentences=quoted
        )
    exact = next((r for r in told if r.licence_id and r.licence_id in ids), best)
    return replace(
        exact if exact.label is best.label else best,
        raw_sha256=digest,
        sentences=quoted,
        conditions=tuple(dict.fromkeys(c for r in told for c in r.conditions)),
        warnings=tuple(dict.fromkeys(w for r in (exact, best) for w in r.warnings)),
        points_to=tuple(dict.fromkeys(p for r in told for p in r.points_to)),
        attribution=next((r.attribution for r in told if r.attribution), ""),
    )


def _once_each(said: Sequence[Said]) -> list[Said]:
    ids, again = SAME_INSTRUMENT
    unknown = (Label.UNCLEAR, Label.NO_STATEMENT)
    known = any(s.field in ids and read_statement(s.raw).label not in unknown for s in said)
    return [s for s in said if not (known and s.field in again)]

"""What the library concludes of the rights of a dataset: a person's judgement, with its reason.

Each is an event; the newest holds, the earlier ones stay to be read. `vf rebuild` replays them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.kernel.moments import from_iso
from verticalfile.rights.vocabulary import Label
from verticalfile.services.archive import Archive, short_id

KIND = "rights judged"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on what may be done; `label` None took the one before it back."""

    at: datetime
    label: Label | None
    reason: str
    licence_id: str = ""
    credit: str = ""
    conditions: tuple[str, ...] = ()


def judgements_in(events: Iterable[Mapping[str, object]]) -> list[Judgement]:
    """All of a dataset, oldest first."""
    found = []
    for body in events:
        detail = body["detail"]
        if body["kind"] == KIND and isinstance(detail, dict):
            label = str(detail.get("label", ""))
            found.append(
                Judgement(
                    from_iso(str(body["at"])), Label(label) if label else None,
                    str(detail["reason"]), str(detail.get("licence_id", "")),
                    str(detail.get("credit", "")), tuple(detail.get("conditions", ())),
                )
            )  # fmt: skip
    return found


def judgements(archive: Archive, dataset: str) -> list[Judgement]:
    """All of a dataset, oldest first."""
    return judgements_in(archive.index.events([short_id("dataset", dataset)]))


def standing(all_judgements: Sequence[Judgement]) -> Judgement | None:
    """The one that holds; None where nobody judged, or it was taken back."""
    newest = all_judgements[-1] if all_judgements else None
    return newest if newest is not None and newest.label is not None else None

"""Masking the small counts of a table: the file is withheld, and a copy without them is shown.

The file is withheld first: at no step do both stand open. A file has one masked copy: two that hide
other cells would tell by their difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import named, shown
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.datasets.describing import LONGEST, describe, described
from verticalfile.services.deciding.reviewing import set_key
from verticalfile.services.deciding.withholding import reason_given, withhold, withholding_of
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.masks import EVERY, KIND, SET, Mask, detail_of, masks, method_told
from verticalfile.services.known.statements import Field
from verticalfile.services.names import check_slug, find_table, find_version, full_name
from verticalfile.services.opening import capture_of
from verticalfile.services.taking_in.masked_copies import Made, bring_up, sheet_at
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.tables.masking.method import LEAST, MOST, Method, NotMasked
from verticalfile.tables.masking.suppress import masked


@dataclass(frozen=True, slots=True)
class Masking:
    """What was done, or would be. `cells`: counts of the newest version, and how many are hidden."""

    mask: Mask
    name: str  # of the copy
    made: Made
    cells: tuple[int, int]
    left_out: tuple[str, ...]
    was_public: bool = False
    is_shown: bool = True  # it may be withheld in its turn, for what looks like data of persons


def mask(
    archive: Archive, name: str, method: Method, *, reason: str, copy: str = "", is_trial: bool = False
) -> Masking:  # fmt: skip
    """Withhold the file of NAME and make a masked copy of it, a dataset of its own.

    The same again makes what is missing. `is_trial`: nothing is recorded. Raises NotHeld,
    InputRefused.
    """
    original, line = find_table(archive, name)
    if original.kind == KIND:
        raise InputRefused(
            f"{name} is a masked copy.", mend=f"mask its original: {original.location}."
        )
    version = find_version(archive, original, None).version
    method, left_out = _fitting(archive, original, line, version, method)
    cells = _tried(archive, original, line, version, method)
    files = {r.id: r for r in archive.index.resources()}
    standing = next((each for each in masks(archive) if each.original == original.id), None)
    if standing is not None and (standing.method, standing.table) != (method, line.name):
        raise InputRefused(
            f"{name} has a masked copy already, {files[standing.copy].dataset}; two that hide other"
            " cells would tell by their difference.",
            mend="see how it is masked: vf mask.",
        )
    wanted = files[standing.copy].dataset if standing else _name_for(archive, original, copy)
    was_public = any(visible_to(Viewer.PUBLIC, v) for v in archive.index.versions(original.id))
    found = standing or Mask(
        short_id("resource", wanted, wanted), original.id, full_name(original, line), line.name,
        method, archive.clock.now(),
    )  # fmt: skip
    if is_trial:
        return Masking(found, wanted, Made(), cells, left_out, was_public)
    if not withholding_of(archive, original.id).stands:
        file = f"{original.dataset}/{original.name}"
        withhold(archive, file, reason=reason_given(reason), personal=True)
    if standing is None:
        _record(archive, found, wanted)
    _describe(archive, original, found, wanted)
    made = bring_up(archive, found)
    if made.copies and standing is None:
        set_key(archive, wanted, method.keep)
    shown_now = any(visible_to(Viewer.PUBLIC, v) for v in archive.index.versions(found.copy))
    return Masking(found, wanted, made, cells, left_out, was_public, shown_now)


def _fitting(
    archive: Archive, original: ResourceLine, line: TableLine, version: Version, method: Method
) -> tuple[Method, tuple[str, ...]]:
    """The method with the names of columns as the table has them, and the columns left out."""
    if not LEAST <= method.below <= MOST:
        raise InputRefused(
            f"Counts below {method.below} cannot be the small ones.",
            mend=f"choose --below between {LEAST} and {MOST}; 11 is usual.",
        )
    if not method.counts or not method.keep:
        raise InputRefused(
            "A masked copy shows the columns that are named, and no other.",
            mend="name the columns of counts with --counts, and those that tell what a row is of with --keep.",
        )
    capture = capture_of(archive, original, version)
    told = capture.taken.read.get("tables", {})
    columns = told.get(line.name, {}).get("columns", []) if isinstance(told, dict) else []

    def known(names: Sequence[str]) -> tuple[str, ...]:
        for name in names:
            if named(name, columns) is None:
                raise InputRefused(
                    f"The newest version has no column “{shown(name)}”.",
                    mend=f"choose among: {', '.join(columns[:40])}.",
                )
        return tuple(str(named(name, columns)) for name in names)

    total = known([method.total])[0] if method.total else ""
    found = Method(
        known(method.counts), known(method.keep), total, known(method.by), method.total_row,
        method.below, method.zeros,
    )  # fmt: skip
    if len(set(found.columns)) < len(found.columns) or not set(found.by) <= set(found.keep):
        raise InputRefused(
            "A column is named twice, or --by names one that is not kept.",
            mend="name each once; those of --by are some of --keep.",
        )
    return found, tuple(c for c in columns if c not in found.columns)


def _tried(
    archive: Archive, original: ResourceLine, line: TableLine, version: Version, method: Method
) -> tuple[int, int]:
    """How many counts the newest version has and how many of them are hidden, by itself."""
    try:
        capture = capture_of(archive, original, version)
        sheet = sheet_at(archive, original, line, capture, method)
        return len(sheet.texts), len(masked(sheet, method).hidden)
    except NotMasked as why:
        raise InputRefused(
            f"The newest version of {original.dataset} cannot be masked: {why}.",
            mend="choose other columns, or withhold it as a whole with vf withhold.",
        ) from why


def _name_for(archive: Archive, original: ResourceLine, copy: str) -> str:
    own = (
        original.dataset
        if original.name == original.dataset
        else f"{original.dataset}-{original.name}"
    )
    wanted = check_slug(copy or f"{own}-masked"[-60:].strip("-"))
    if wanted in archive.index.datasets():
        raise InputRefused(
            f"There is a dataset {wanted} already.", mend="name another with --name."
        )
    return wanted


def _record(archive: Archive, found: Mask, wanted: str) -> None:
    detail = detail_of(found.original, found.name, found.table, found.method)
    added = event(
        archive, "added", found.copy, by=PERSON, dataset=wanted, title=wanted, resource=wanted,
        kind=KIND, location=found.name, branch="", every=EVERY, key=[],
    )  # fmt: skip
    write_journal(archive, (), [added, event(archive, SET, found.copy, by=PERSON, **detail)])


def _describe(archive: Archive, original: ResourceLine, found: Mask, wanted: str) -> None:
    """Say what it is, in both languages, where nobody has said it otherwise."""
    own = described(archive, wanted)
    if own.description:
        return
    said = described(archive, original.dataset)
    title = {code: each.value for code, each in said.title.items()}
    endings = {"en": ", small counts hidden", "es": ", sin las cantidades pequeñas"}
    for code, text in method_told(found.method).items():
        head = title.get(code, title["en"])[: LONGEST[Field.TITLE] - 40]
        made = {"en": "Made by this library from", "es": "Hecho por esta biblioteca a partir de"}[
            code
        ]
        whole = f"{made} {original.dataset}. {text}"
        fields = {Field.TITLE: [head + endings[code]], Field.DESCRIPTION: [whole]}
        describe(archive, wanted, fields, language=code)
    if said.publisher:
        describe(archive, wanted, {Field.PUBLISHER: [said.publisher.value]})

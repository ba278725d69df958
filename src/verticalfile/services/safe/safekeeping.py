"""Verify and mend: is it safe, is it whole."""

from __future__ import annotations

import contextlib
import importlib.metadata
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import decisions_of
from verticalfile.services.journal_keeping import catch_up, event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import name_of
from verticalfile.services.safe.backing_up import vault_of
from verticalfile.services.taking_in import rebuild
from verticalfile.vault.copies.check import Finding, check, check_object
from verticalfile.vault.copies.mend import Mended, mend
from verticalfile.vault.errors import VaultDamaged

INDEPENDENT = "ocfl-py: "
INDEPENDENT_WELL = f"{INDEPENDENT}VALID"
FIXITY = "fixity checked"
"""The event of a verification."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification looked at and found."""

    findings: tuple[Finding, ...]
    history: tuple[str, ...]  # what the histories say other than the vault
    originals: int
    independent: str = ""  # the verdict of ocfl-py, when it was asked
    cleared: tuple[str, ...] = ()  # what interrupted commands had left, put right first

    @property
    def well(self) -> bool:
        """Whether nobody who was asked found anything."""
        denied = bool(self.independent) and not self.independent.startswith(INDEPENDENT_WELL)
        return not (self.findings or self.history or denied)


def verify(
    archive: Archive,
    resources: Sequence[ResourceLine] | None,
    *,
    quick: bool = False,
    independent: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Verified:
    """Fixity of every stored byte; every version restores to its digest; history equals the vault.

    With resources, only theirs. What a command that was interrupted left is no damage: it is put
    right as the next `collect` would. Else nothing in the vault is written but the event.
    """
    prefixes = None if resources is None else tuple(f"{r.id}/" for r in resources)
    shown = archive.index.resources() if resources is None else resources

    def found_by_walk() -> list[Finding]:
        return [
            f
            for f in check(archive.vault.root, quick=quick, say=progress)
            if prefixes is None or f.object_id.startswith(prefixes)
        ]

    findings = found_by_walk()
    cleared = _cleared(archive, shown, findings)
    if cleared:
        findings = found_by_walk()
    findings += _waiting_findings(archive)
    differences: list[str] = []
    originals = 0
    damaged = {f.object_id.rpartition("/")[0] for f in findings}
    findings += [gone for r in shown if r.id not in damaged for gone in _gone(archive, r)]
    for resource in shown:
        captures = archive.vault.captures(resource.id) if not findings else []
        originals += len({c.taken.sha256 for c in captures})
        differences += list(_history_differences(archive, resource, quick=quick))
    told = _independent(archive.vault.root) if independent else ""
    found = Verified(tuple(findings), tuple(differences), originals, told, tuple(cleared))
    made = event(
        archive, FIXITY, "archive" if resources is None else shown[0].id, quick=quick,
        outcome="all well" if found.well else "found damage", findings=len(findings), originals=originals,
    )  # fmt: skip
    if not findings:
        write_journal(archive, (), [made])
    return found


def verify_file(archive: Archive, resource: ResourceLine) -> tuple[list[Finding], list[str]]:
    """Every stored byte of one file and its history; nobody writes to it meanwhile."""
    with archive.writing(resource.id) as ended_well:
        if not ended_well:
            archive.vault.recover(resource.id)
        volumes = [v.object.object_id for v in archive.vault.volumes(resource.id)]
        findings = [f for name in volumes for f in check_object(archive.vault.root, name)]
        findings += list(_gone(archive, resource)) if not findings else []
        return findings, list(_history_differences(archive, resource, quick=False))


def verify_journal(archive: Archive) -> list[Finding]:
    """Every stored byte of the journal and what waits to be written to it."""
    with archive.writing("journal"):
        archive.journal.recover()
        names = [each.object_id for each in archive.journal.objects()]
        findings = [f for name in names for f in check_object(archive.vault.root, name)]
        return [*findings, *_waiting_findings(archive)]


def _cleared(
    archive: Archive, resources: Sequence[ResourceLine], findings: Sequence[Finding]
) -> list[str]:
    """Put right what a crash can leave of these files and of the journal; what was done.

    Where a capture that was held is gone, nothing is touched: that is no work of a crash.
    """
    done: list[str] = []
    concerned = {f.object_id.rpartition("/")[0] for f in findings}
    with contextlib.suppress(VerticalFileError, OSError):  # the walk tells of it
        if concerned & {"journal", ""}:
            with archive.writing("journal"):
                done += archive.journal.recover()
    for resource in resources:
        looked_at = resource.id in concerned or "" in concerned or _lags(archive, resource)
        if not looked_at or any(_gone(archive, resource)):
            continue
        with contextlib.suppress(VerticalFileError, OSError), archive.writing(resource.id):
            done += archive.vault.recover(resource.id)
            if _lags(archive, resource):
                rebuild.recover(archive, resource)
                done.append(f"brought {name_of(archive, resource)} up to its vault")
    return done


def _lags(archive: Archive, resource: ResourceLine) -> bool:
    """Whether the vault holds captures that the index, which comes last, does not show."""
    try:
        held = {c.id for c in archive.vault.captures(resource.id)}
    except VerticalFileError:
        return False
    versions = archive.index.versions(resource.id)
    return bool(held - {capture for version in versions for capture in version.captures})


def _waiting_findings(archive: Archive) -> Iterator[Finding]:
    """Lines of the journal that wait beside the vault and are not what was written."""
    try:
        archive.journal.waiting.lines()
    except VaultDamaged as error:
        yield Finding(archive.journal.waiting.path.name, error.message, mend=error.mend)


def _gone(archive: Archive, resource: ResourceLine) -> Iterator[Finding]:
    """A walk cannot miss a volume that was removed whole; the journal and the index can."""
    try:
        held = {c.id for c in archive.vault.captures(resource.id)}
    except VerticalFileError:
        return  # what cannot be read the walk has told
    known = {id_ for version in archive.index.versions(resource.id) for id_ in version.captures}
    checks = archive.index.observations(resource.id)
    known |= {str(body["capture"]) for body in checks if body.get("capture")}
    for body in archive.index.events([resource.id]):
        detail = body.get("detail")
        if body["kind"] == "withdrawn" and isinstance(detail, dict) and detail["how"] == "destroy":
            known -= set(detail.get("captures", ()))
    if known - held:
        name, gone = f"{resource.dataset}/{resource.name}", tuple(sorted(known - held))
        yield Finding(name, f"lacks {counted(len(gone), 'capture')} it held", resource.id, gone)


def _history_differences(archive: Archive, resource: ResourceLine, *, quick: bool) -> Iterator[str]:
    """Sentences about ordinals that are missing, surplus or of another digest than recorded."""
    name = name_of(archive, resource)
    try:
        captures = derive.held(archive, resource.id)
    except VerticalFileError as error:
        yield f"{name}: {error.message}"
        return
    for table in sorted({str(t["name"]) for c in captures for t in derive.tables_read(c)}):
        history = TableHistory(archive, derive.table_id(resource.id, table), table)
        manifest = history.history.manifest
        recorded = {
            c.taken.sha256: str(t["table_sha256"])
            for c in captures
            for t in derive.tables_read(c)
            if t["name"] == table
        }
        held = {o.original_sha256: o.table_sha256 for o in manifest.ordinals}
        missing, surplus = recorded.keys() - held.keys(), held.keys() - recorded.keys()
        if missing or surplus:
            yield f"{name} {table}: {counted(len(missing), 'version')} missing, {len(surplus)} too many"
        if not decisions_of(archive, history.id).volatile:
            other = [sha for sha in recorded.keys() & held.keys() if recorded[sha] != held[sha]]
            if other:
                have = "version has" if len(other) == 1 else "versions have"
                yield f"{name} {table}: {len(other):,} {have} another digest than recorded"
        yield from (f"{name} {table}: {said}" for said in history.history.damage(quick=quick))


def _independent(vault_root: Path) -> str:
    """What ocfl-py says of the storage root; it is not ours and shares no code."""
    try:
        importlib.metadata.version("ocfl-py")
    except importlib.metadata.PackageNotFoundError:
        raise InputRefused(
            "ocfl-py is not installed, so nobody independent can judge.",
            mend="pip install ocfl-py, then run it again.",
        ) from None
    script = (
        "import sys, ocfl, logging; logging.disable(logging.CRITICAL);"
        "s = ocfl.StorageRoot(sys.argv[1]);"
        # its answer is of the root alone; objects that are not valid are counted beside it
        "ok = s.validate(validate_objects=True, check_digests=True) and s.good_objects == s.num_objects;"
        "print('VALID' if ok else 'INVALID', s.num_objects)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(vault_root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith(("VALID", "INVALID"))]
    return f"{INDEPENDENT}{lines[-1]} objects" if lines else f"ocfl-py failed: {done.stderr[-200:]}"


def mend_from(archive: Archive, copy: Path) -> list[Mended]:
    """Repair what verify finds from another copy of the archive; damaged files are set aside.

    Raises NotAnArchive, NewerArchive, NotThisBackup, InputRefused.
    """
    other = vault_of(copy, archive=archive)
    if other.resolve() == archive.vault.root.resolve():
        raise InputRefused("The copy is this archive itself.", mend="name another copy.")
    findings = list(check(archive.vault.root, quick=False))
    aside = archive.root / "cache" / "damaged"
    with archive.writing("journal"):
        done = mend(archive.vault.root, other, findings, aside=aside)
    if done:
        catch_up(archive)
        for resource in archive.index.resources():
            # what could not be mended is in `done`, and what follows from it is told by `verify`
            with archive.writing(resource.id), contextlib.suppress(VerticalFileError):
                rebuild.recover(archive, resource)
        made = event(
            archive, "mended", "archive", by="person",
            files=[each.path for each in done], source=str(copy),
        )  # fmt: skip
        write_journal(archive, (), [made])
    return done

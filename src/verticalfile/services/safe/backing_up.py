"""Backup and restore: a second copy of what cannot be made again, and an archive made from it.

A backup folder holds `vault/` (an OCFL storage root that only grows), `files/` (settings, words of
the town, format) and `backup.json` (whose it is, when, and the position of every object). It is no
archive: nothing can be collected into it, so that it cannot come to tell another history. What is
derived is made again by `restore`. Decision 0020.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from verticalfile import __version__
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive, format_of, lay_out, open_archive
from verticalfile.services.journal_keeping import write_what_waits
from verticalfile.services.taking_in import rebuild
from verticalfile.services.telling import messages
from verticalfile.vault.copies.check import Finding, check
from verticalfile.vault.copies.copying import (
    JOURNAL,
    Copied,
    copy_objects,
    follow_destruction,
    make_root,
)
from verticalfile.vault.copies.mend import Mended, mend, sound_inventory
from verticalfile.vault.disk import write_durably
from verticalfile.vault.inventory import object_path
from verticalfile.vault.lock import writer_lock
from verticalfile.vault.notes.exchange import finish
from verticalfile.vault.notes.waiting import NAME as WAITING

MARK = "backup.json"
RESTORING = "restoring.json"
"""In a folder that is being restored, until it is an archive."""
FILES = "files"
FILE_BYTES = 16 << 20
"""Settings and lists of words are kilobytes; what is larger was put there by somebody else."""
DERIVED = ("index.sqlite3", "catalog.sqlite3")
SECRET = "secret-key"  # noqa: S105  # the name of the file
LOCK_WAIT_S = 5.0
README = """\
This folder is a backup of an archive made by Vertical File {version}.

vault/       The originals and the journal: an OCFL 1.1 storage root that only grows.
files/       Settings, the town's words, and README.txt, which tells how to read vault/ by hand.
messages/    What readers wrote and nobody has answered yet.
backup.json  Which archive it is of, when it was brought up to date, and how far each object was.

An archive is made from it with `vf restore THIS-FOLDER NEW-FOLDER`, and a damaged one is mended
from it with `vf mend --from THIS-FOLDER`. Not here: what is derived (it is made again), the secret
key of the site (it is made anew), the keys that publishers gave (secret-keys.json: keep them with
your passwords), and accounts, of which there are none yet.
"""
NOT_THERE = (
    "Not in a backup: the secret key of the site, which is made anew; the keys that publishers gave "
    "(secret-keys.json); accounts, of which there are none yet; service files and certificates of the machine."
)

Progress = Callable[[int, int], None]


class NotThisBackup(VerticalFileError):
    """The folder is no backup or copy of this archive; nothing was changed."""

    code = "not-this-backup"
    exit_code = 15


@dataclass(slots=True)
class BackedUp:
    """What a run copied, and what was in the way."""

    objects: int = 0
    files: int = 0
    size_bytes: int = 0
    findings: list[Finding] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)  # said by the rebuilding of a restore

    def add(self, copied: Copied) -> None:
        self.objects += 1
        self.files += copied.files
        self.size_bytes += copied.size_bytes
        self.findings += copied.findings
        if copied.object_id and copied.head:
            self.heads[copied.object_id] = copied.head


def backup(
    archive: Archive,
    folder: Path,
    *,
    verify: bool = False,
    destroy_there_too: bool = False,
    progress: Progress = lambda *_: None,
) -> BackedUp:
    """Make `folder` a backup of the archive, or bring it up to date; killed, it is run again.

    Nobody has to stop meanwhile. With `verify` every byte of the backup is compared as well, and
    put right from the archive. Raises NotThisBackup, InputRefused, VaultFull.
    """
    _must_be_free(archive, folder)
    folder.mkdir(parents=True, exist_ok=True)
    _must_be_ours(archive, folder)
    done = BackedUp()
    with writer_lock(folder / "locks", "backup", wait_s=LOCK_WAIT_S, on_wait=archive.tell):
        _put(folder / "README.txt", README.format(version=__version__).encode())
        if not (folder / MARK).exists():
            _put(folder / MARK, _marked(archive, None))
        written = _wrote_what_waits(archive, done)
        _copy_files(archive, folder, done, without={WAITING} if written else set())
        messages.follow(archive.root, folder)
        vault = folder / "vault"
        make_root(vault)
        finish(vault)  # a destruction that a death cut short
        if verify:
            _verify(archive, vault, folder / "set-aside", done)
        lawfully = partial(_was_destroyed, archive)
        for copied in copy_objects(archive.vault.root, vault, lawfully=lawfully, say=progress):
            follows = copied.destroyed and (
                destroy_there_too or _is_redacted(archive.vault.root, vault, copied.object_id)
            )
            done.add(
                follow_destruction(archive.vault.root, vault, copied.object_id)
                if follows
                else copied
            )
        if written:  # the vault of the backup has it now
            (folder / FILES / WAITING).unlink(missing_ok=True)
        _put(folder / MARK, _marked(archive, done))
    return done


def _wrote_what_waits(archive: Archive, done: BackedUp) -> bool:
    """Whether the vault has all of the journal; where it cannot, what waits is copied as a file."""
    try:
        write_what_waits(archive)
    except (VerticalFileError, OSError, sqlite3.Error) as error:
        said = f"could not be written to the vault and was copied as it is: {error}"
        done.findings.append(Finding(WAITING, said, mend="see `vf doctor`, then run this again."))
        return False
    return True


def restore(source: Path, folder: Path, *, progress: Progress = lambda *_: None) -> BackedUp:
    """Make an archive from a backup in a new or empty folder; killed, it is run again.

    Every byte is compared with its digest on its way, and the whole is checked at the end. What is
    derived is made again. Raises NotThisBackup, InputRefused, VaultFull.
    """
    told = _read_mark(source)
    mark = json.dumps({"from": told["of"]}, indent=2).encode() + b"\n"
    begun = folder / RESTORING
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if folder.exists() and not (_is(begun, mark) or there <= {f"{RESTORING}.part"}):
        raise InputRefused(
            f"{folder} is not an empty folder.", mend="name a new folder; nothing was changed."
        )
    if not (source / FILES / "format.json").exists():
        raise NotThisBackup(
            f"{source} was never completed, not even its first files.",
            mend="run `vf backup` again while the archive is there.",
        )
    format_of(source / FILES)
    folder.mkdir(parents=True, exist_ok=True)
    _put(begun, mark)
    done = BackedUp()
    make_root(folder / "vault")
    for copied in copy_objects(source / "vault", folder / "vault", say=progress):
        done.add(copied)
    done.findings += _lacking(told, done.heads)
    lay_out(folder)
    for path in sorted((source / FILES).iterdir()):
        if path.is_file() and path.name != "format.json":
            _put(folder / path.name, path.read_bytes())
    messages.follow(source, folder)
    # as in a new archive, format.json comes last: it is one from this moment on
    _put(folder / "format.json", (source / FILES / "format.json").read_bytes())
    begun.unlink()
    done.findings += check(folder / "vault")
    done.differences += rebuild.rebuild(open_archive(folder), None).differences
    return done


def vault_of(copy: Path, *, archive: Archive) -> Path:
    """The vault of a copy or a backup of the archive.

    Raises NotAnArchive, NewerArchive, NotThisBackup: what another archive holds would be brought
    into this one as if it had been lost here.
    """
    root = copy / FILES if (copy / MARK).exists() else copy
    format_of(root)
    told, own = _identity(root), _identity(archive.root)
    if told != own:
        raise NotThisBackup(
            f"{copy} is no copy of this archive, but another one, made at {_made_at(told)}.",
            mend="name a copy or a backup of this archive; nothing was changed.",
        )
    return copy / "vault"


def _must_be_free(archive: Archive, folder: Path) -> None:
    here, there = archive.root.resolve(), folder.resolve()
    if there == here or here in there.parents or there in here.parents:
        raise InputRefused(
            f"{folder} and the archive stand one in the other.",
            mend="name a folder outside of it, best on another disk.",
        )
    if folder.exists() and not folder.is_dir():
        raise InputRefused(f"{folder} is not a folder.", mend="name a folder.")
    foreign = folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists()
    # a death between the first folder and the mark leaves these alone
    if foreign and not {path.name for path in folder.iterdir()} <= {
        "locks", "README.txt", "README.txt.part", f"{MARK}.part",
    }:  # fmt: skip
        raise NotThisBackup(
            f"{folder} holds something that is no backup.",
            mend="name an empty folder, or that of an earlier backup; nothing was changed.",
        )


def _must_be_ours(archive: Archive, folder: Path) -> None:
    if not (folder / MARK).exists():
        return
    told, own = _read_mark(folder)["of"], _identity(archive.root)
    if told != own:
        raise NotThisBackup(
            f"{folder} is the backup of another archive, made at {_made_at(told)}.",
            mend="name another folder for this archive; nothing was changed.",
        )


def _made_at(told: object) -> str:
    return str(told.get("made_at", "some time")) if isinstance(told, dict) else "some time"


def _identity(root: Path) -> dict[str, str]:
    """What tells an archive from others: its id and the moment in which it was made."""
    found = json.loads((root / "format.json").read_text(encoding="utf-8"))
    return {name: str(found[name]) for name in ("id", "made_at") if name in found}


def _read_mark(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / MARK).read_text(encoding="utf-8"))
        assert isinstance(found["of"], dict)
        assert isinstance(found["objects"], dict)
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise NotThisBackup(
            f"{folder} is no backup: its {MARK} cannot be read.",
            mend="name the folder that `vf backup` wrote to.",
        ) from error
    return dict(found)


def _marked(archive: Archive, done: BackedUp | None) -> bytes:
    """The mark of a backup; before the first run has ended it knows of no object."""
    body: dict[str, object] = {
        "of": _identity(archive.root),
        "made_by": f"verticalfile {__version__}",
        "at": to_iso(archive.clock.now()) if done else None,
        "objects": dict(sorted(done.heads.items())) if done else {},
        "in_the_way": [f"{f.path}: {f.what}" for f in done.findings] if done else [],
    }
    text = json.dumps(body, indent=1, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _copy_files(archive: Archive, folder: Path, done: BackedUp, *, without: set[str]) -> None:
    """Settings and lists beside the vault; one that was changed since is kept as earlier."""
    (folder / FILES).mkdir(exist_ok=True)
    for path in sorted(archive.root.iterdir()):
        name = path.name
        if path.is_symlink() or not path.is_file() or name.startswith((*DERIVED, SECRET)):
            continue
        if name.endswith(".part") or name in without:
            continue
        if path.stat().st_size > FILE_BYTES:
            done.findings.append(Finding(name, "is too large to be a setting; it was not copied",
                                         mend="keep it elsewhere, or collect it."))  # fmt: skip
            continue
        body, target = path.read_bytes(), folder / FILES / name
        if target.exists() and target.read_bytes() != body:
            earlier = hashlib.sha256(target.read_bytes()).hexdigest()[:8]
            (folder / FILES / "earlier").mkdir(exist_ok=True)
            _put(folder / FILES / "earlier" / f"{earlier}-{name}", target.read_bytes())
        _put(target, body)


def _verify(archive: Archive, vault: Path, aside: Path, done: BackedUp) -> None:
    """Compare every byte of the backup; what differs is set aside and taken from the archive."""
    findings = list(check(vault))
    if not findings:
        return
    done.mended += mend(vault, archive.vault.root, findings, aside=aside)
    done.findings += check(vault)


def _was_destroyed(archive: Archive, object_id: str) -> bool:
    """Whether the journal tells that something of this file was destroyed by law."""
    resource = object_id.rpartition("/")[0]
    try:
        return any(
            event.kind == "withdrawn"
            and (event.subject == resource or resource == "journal")
            and event.detail.get("how") == "destroy"
            for event in archive.journal.events()
        )
    except (VerticalFileError, ValueError, KeyError, TypeError, OSError):
        return False  # a journal that cannot be read vouches for nothing


def _is_redacted(source: Path, target: Path, object_id: str) -> bool:
    """Whether an object of the journal has the same versions and files, of the same dates, as its
    copy: then records were written anew by law (`vault/notes/redact.py`), and the copy follows."""
    if not object_id.startswith(JOURNAL):
        return False
    place = object_path(object_id)
    ours, theirs = (sound_inventory(root / place) for root in (source, target))
    if ours is None or theirs is None:
        return False
    paths = [path for path in ours.content_paths() if int(path[1:].split("/")[0]) <= theirs.head]
    same = ours.created[: theirs.head] == theirs.created
    return same and sorted(paths) == sorted(theirs.content_paths())


def _lacking(told: dict[str, object], heads: dict[str, int]) -> list[Finding]:
    objects = told["objects"]
    assert isinstance(objects, dict)
    mend_ = "bring another copy with `vf mend --from COPY`; all else was restored."
    found = []
    for object_id, head in objects.items():
        reached = heads.get(object_id, 0)
        if reached < int(head):
            said = f"has {reached} of {head} versions that the backup once held"
            found.append(Finding(object_id, said, object_id, mend=mend_))
    if told["at"] is None:
        said = "was never completed; what it holds was restored"
        found.append(Finding(MARK, said, mend="look for a newer backup."))
    return found


def _is(path: Path, body: bytes) -> bool:
    return path.is_file() and path.read_bytes() == body


def _put(target: Path, body: bytes) -> None:
    """Write a file whole and durable; an older one of this name is there until then."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    if _is(target, body):
        return
    write_durably(target, body)

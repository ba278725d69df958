"""An archive on disk: make one, find one, open its rooms."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from verticalfile import __version__
from verticalfile.catalog.file_names import said_among
from verticalfile.catalog.index import Index
from verticalfile.catalog.search_fts5 import Fts5Search
from verticalfile.kernel.clock import Clock, SystemClock
from verticalfile.kernel.errors import InputRefused, VerticalFileError, trouble_of_json
from verticalfile.kernel.letters import shown
from verticalfile.kernel.moments import to_iso
from verticalfile.vault.lock import writer_lock
from verticalfile.vault.notes.journal import Journal
from verticalfile.vault.vault import Vault

if TYPE_CHECKING:
    from verticalfile.tables.child.readers import Readers

FORMAT = 2
"""2: ids of vault objects are URIs (decision 0017). 1 was never released."""
ENVIRONMENT = "VF_ARCHIVE"
LOCK_WAIT_S = 600.0
"""Somebody typing `vf collect` while another runs: waiting is said, and ends some time."""

README = """\
This folder is an archive made by Vertical File {version}: a library's copies of public data.

vault/    The truth: an OCFL 1.1 storage root. Each object holds the original files of one source
          as zstd frames, or the journal of what was seen and decided. Take an original out:
            1. find its line in a captures.jsonl below vault/ (its "sha256", "stored", "seen_at");
            2. read the README.txt in the 0001 folder beside it; it needs tail, head, zstd, sha256sum.
history/  Derived: every table through time as Parquet. May be deleted; `vf rebuild` makes it again.
          Rows of a table at ordinal N, in DuckDB, where FILES are the segments of its manifest.json:
            SELECT b.* FROM (SELECT _rid, sum(_dn) n FROM read_parquet(FILES) WHERE _ord <= N
            GROUP BY _rid HAVING sum(_dn) > 0) JOIN (SELECT * FROM read_parquet(FILES)
            WHERE _born) b USING (_rid)
          (a segment marked "dense" has no _rid, _ord, _dn, _born: the row's place, its first
          ordinal, 1, true.)
waiting.jsonl   There for an hour at most: lines of the journal that `vf run` has not yet written to
          vault/. Not derived: keep it with vault/.
index.sqlite3, cache/, locks/   Derived; may be deleted.
"""


@dataclass
class Archive:
    """The rooms of one archive. `tell` receives what a person waiting should know.

    `notes_wait`: who looks often, as `vf run` does, writes its notes to the vault once an hour.
    """

    root: Path
    clock: Clock = field(default_factory=SystemClock)
    tell: Callable[[str], None] = lambda _: None
    notes_wait: bool = False

    def __post_init__(self) -> None:
        self.root = self.root.absolute()  # others work for us in folders of their own
        self.vault = Vault(self.root / "vault", cache=self.root / "cache" / "newest")
        self.journal = Journal(self.root / "vault")
        self.index = Index(self.root / "index.sqlite3")
        self.text_index = Fts5Search(self.index)

    @property
    def scratch(self) -> Path:
        """A folder for temporary files; deletable at any time nobody works."""
        if not os.access(self.root, os.W_OK):
            return Path(self._elsewhere.name)
        folder = self.root / "cache" / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @cached_property
    def _elsewhere(self) -> tempfile.TemporaryDirectory[str]:
        """For an archive on a disk that is only for reading."""
        return tempfile.TemporaryDirectory(prefix="verticalfile-")

    @cached_property
    def readers(self) -> Readers:
        """Harvested files are opened in child processes of these, and nowhere else."""
        from verticalfile.tables.child.readers import Readers  # lists and looks need none

        return Readers(self.scratch)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which shorter dates are understood; UTC until it is set."""
        return ZoneInfo(self.settings().get("time_zone", "UTC"))

    def settings(self) -> dict[str, str]:
        path = self.root / "settings.json"
        if not path.exists():
            return {}
        try:
            found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise InputRefused(
                f"settings.json of the archive is not valid JSON: {trouble_of_json(error)}.",
                mend=f"open {path} and put it right at that place.", reason=str(error)[:200],
            ) from error  # fmt: skip
        return found

    @property
    def is_behind(self) -> bool:
        """Whether the index knows less than the journal (a few `stat`s), or was made by a program
        that had no search yet. False if none can tell."""
        try:
            ahead = self.journal.is_ahead(self.index.journal_position())
            return ahead or self.index.lacks_documents
        except (OSError, sqlite3.Error, VerticalFileError):
            return False

    def history_folder(self, table: str) -> Path:
        return self.root / "history" / table

    @contextmanager
    def writing(self, name: str) -> Iterator[bool]:
        """The one writer of `name` (a resource, or "journal"); waits, saying so.

        Yields whether the writer before is known to have ended well.
        """
        with writer_lock(
            self.root / "locks", name, wait_s=LOCK_WAIT_S, on_wait=self.tell, called=self._called
        ) as ended_well:
            yield ended_well

    def _called(self, name: str) -> str:
        """The name that people know of what has a writer: of a file, by its id."""
        found = (r for r in self.index.resources() if r.id == name)
        return next((said_among(r, self.index.resources(r.dataset)) for r in found), name)


class NotAnArchive(VerticalFileError):
    """No archive where one was looked for."""

    code = "not-an-archive"
    exit_code = 11


class NewerArchive(VerticalFileError):
    """An archive of a format that this program does not know yet."""

    code = "newer-archive"
    exit_code = 12


def init(
    root: Path,
    *,
    clock: Clock | None = None,
    time_zone: str = "UTC",
    settings: Mapping[str, str] | None = None,
) -> Archive:
    """Make an archive in a new or empty folder; `settings` as in `settings.json`.

    Raises InputRefused.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InputRefused(f"{root} is not an empty folder.", mend="name a new folder.")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputRefused(
            f"“{time_zone}” is not a time zone.", mend="use a name such as America/New_York."
        ) from error
    root.mkdir(parents=True, exist_ok=True)
    Vault.create(root / "vault")
    lay_out(root)
    (root / "README.txt").write_text(README.format(version=__version__), encoding="utf-8")
    told = json.dumps({"time_zone": time_zone, **(settings or {})}, indent=2, ensure_ascii=False)
    (root / "settings.json").write_text(told + "\n", encoding="utf-8")
    archive = Archive(root, clock or SystemClock())
    archive.index.datasets()  # makes its tables, for which Django is loaded: here, and not later
    made = {"format": FORMAT, "made_by": f"verticalfile {__version__}"}
    made |= {"made_at": to_iso(archive.clock.now()), "id": uuid4().hex}
    # format.json comes last: a folder is an archive from this moment on
    (root / "format.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return archive


def lay_out(root: Path) -> None:
    """The folders of what is derived."""
    for folder in ("history", "cache", "locks"):
        (root / folder).mkdir(exist_ok=True)


def open_archive(root: Path, *, clock: Clock | None = None) -> Archive:
    """Open an archive. Raises NotAnArchive, NewerArchive."""
    format_of(root)
    return Archive(root, clock or SystemClock())


def format_of(root: Path) -> int:
    """The format of an archive, one that we know. Raises NotAnArchive, NewerArchive."""
    try:
        found = json.loads((root / "format.json").read_text(encoding="utf-8"))
        number = int(found["format"])
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAnArchive(
            f"{shown(str(root), 200)} is not an archive.",
            mend="make one with `vf init DIR`, or name another.",
        ) from error
    if number > FORMAT:
        raise NewerArchive(
            f"{root} has format {number}; this program knows formats up to {FORMAT}.",
            mend="install the newest verticalfile; nothing was changed.",
        )
    if number < FORMAT:
        raise NotAnArchive(
            f"{root} has format {number}, which was given up before the first release.",
            mend="make a new archive with `vf init DIR` and take the sources in again.",
        )
    return number


def find_archive(named: str | None) -> Path:
    """The archive named, else `$VF_ARCHIVE`, else the nearest folder upwards that is one."""
    chosen = named or os.environ.get(ENVIRONMENT)
    if chosen:
        return Path(chosen)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "format.json").exists() and (folder / "vault").is_dir():
            return folder
    raise NotAnArchive(
        "There is no archive here.",
        mend=f"make one with `vf init DIR`, or name one with --archive DIR or ${ENVIRONMENT}.",
    )


def short_id(*parts: str) -> str:
    """20 hex digits that stand for these texts."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]

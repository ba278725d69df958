"""What a person points at: a file, a folder, an http(s) address, or a git repository and path."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import is_text, shown
from verticalfile.kernel.urls import must_have_no_secret
from verticalfile.sources.past.dated_folder import by_date

PACKING = (".gz", ".zst", ".zip")


class SourceKind(StrEnum):
    """Kinds of source that can be added in this release."""

    FILE = "file"
    FOLDER = "folder"
    URL = "url"
    GIT = "git"


@dataclass(frozen=True, slots=True)
class What:
    """One resource to be: where it is and what it may be called."""

    kind: SourceKind
    location: str
    path: str  # inside a git repository, else ""
    name: str  # a slug from the file's name


def recognise(what: str, *, path: str = "") -> list[What]:
    """Resources that `what` stands for; more than one for a folder of undated files.

    Raises InputRefused.
    """
    must_be_text(what)
    must_be_text(path)
    if not what.strip():
        raise InputRefused("Nothing was named.", mend="name a file, a folder or an address.")
    must_have_no_secret(what)
    if "://" in what and not path:
        return [_address(what)]
    repository, _, inside = what.rpartition(":")
    if not path and repository and _is_repository(repository):
        what, path = repository, inside
    if path:
        location = what if "://" in what else str(Path(what).absolute())
        return [What(SourceKind.GIT, location, path, slug(PurePosixPath(path).name))]
    local = Path(what)
    with suppress(OSError):  # a name that is too long for this disk is none of a file
        if local.is_file():
            return [What(SourceKind.FILE, str(local.absolute()), "", slug(local.name))]
        if local.is_dir():
            return _folder(local)
    raise InputRefused(
        f"There is no file, folder or address “{shown(what)}”.",
        mend="give a path that exists, an http(s) address, or a git repository with --path FILE.",
    )


def _address(what: str) -> What:
    parts = urlsplit(what)
    if parts.scheme == "file":
        raise InputRefused(
            f"“{shown(what)}” is a file's address.",
            mend=f"give its path: {shown(unquote(parts.path), 200)}",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputRefused(
            f"“{what}” is not an http or https address.", mend="give one that begins with https://."
        )
    if parts.path.endswith(".git"):
        raise InputRefused(
            f"{what} is a git repository.", mend="say which file of it with --path FILE."
        )
    name = PurePosixPath(unquote(parts.path)).name or parts.hostname
    return What(SourceKind.URL, what, "", slug(name))


def _is_repository(what: str) -> bool:
    if what.endswith((".git", ".bundle")):
        return True
    folder = Path(what)
    return (folder / ".git").exists() or (folder / "HEAD").is_file()


def _folder(folder: Path) -> list[What]:
    if _is_repository(str(folder)):
        raise InputRefused(
            f"{folder} is a git repository.", mend="say which file of it with --path FILE."
        )
    dated, files = by_date(folder)
    if dated:
        return [What(SourceKind.FOLDER, str(folder.absolute()), "", slug(folder.name))]
    if not files:
        raise InputRefused(f"{folder} holds no files.", mend="name a folder with data in it.")
    paths = [path.relative_to(folder).as_posix() for path in files]
    for path in paths:
        must_be_text(path)
    return [
        What(SourceKind.FILE, str(file.absolute()), "", name)
        for file, name in zip(files, _told_apart(paths), strict=True)
    ]


def _told_apart(paths: Sequence[str]) -> list[str]:
    """A slug a path; where two would be the same, with their endings, else with a digest."""
    names = [slug(PurePosixPath(path).name) for path in paths]
    for longer in (_plain, lambda path: f"{_plain(path)[:51]}-{_digest(path)}"):
        often = Counter(names)
        names = [longer(p) if often[n] > 1 else n for p, n in zip(paths, names, strict=True)]
    return names


def slug(text: str) -> str:
    """A name of lower-case letters, digits and hyphens; without known packing and ending."""
    stem = text.lower()
    for ending in PACKING:
        stem = stem.removesuffix(ending)
    return _plain(re.sub(r"\.[a-z0-9]{1,8}$", "", stem))


def _plain(text: str) -> str:
    """Accents go, so that both Unicode forms of Peña are pena; all else becomes a hyphen."""
    letters = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].strip("-") or "data"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def must_be_text(name: str) -> None:
    """Raise InputRefused for a name that no record can hold."""
    if not is_text(name):
        raise InputRefused(
            f"The name “{shown(name)}” is not text in UTF-8, so it cannot be written down.",
            mend="rename the file; letters, digits and hyphens work everywhere.",
        )

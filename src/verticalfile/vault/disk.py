"""The only module that writes to the vault: a few primitives with honest promises.

A file is written once and never again (`write_new`); root inventories and their sidecars
alone are replaced (`replace_inventory`), as OCFL 1.1 section 3.5 needs. What these cannot
promise: a disk that lies about fsync.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from verticalfile.kernel.errors import tells_no_room
from verticalfile.vault.errors import VaultFull


class Store(Protocol):
    """The seam through which every vault write goes; local disk now, object storage later."""

    def make_folder(self, folder: Path) -> None: ...
    def make_new_folder(self, folder: Path) -> None: ...
    def write_new(self, target: Path, chunks: Iterable[bytes | memoryview]) -> int: ...
    def replace_inventory(self, target: Path, body: bytes) -> None: ...
    def remove_file(self, target: Path) -> None: ...
    def remove_folder(self, folder: Path) -> None: ...
    def remove_empty(self, folder: Path, *, below: Path) -> None: ...


class LocalDisk:
    """A `Store` on a local POSIX file system."""

    def make_folder(self, folder: Path) -> None:
        """Create the folder and its missing parents, durable on return."""
        missing = []
        here = folder
        while not here.exists():
            missing.append(here)
            here = here.parent
        try:
            for path in reversed(missing):
                path.mkdir(exist_ok=True)
                sync_folder(path.parent)
        except FileNotFoundError:  # a recovery beside us has swept a parent while it was empty
            self.make_folder(folder)

    def make_new_folder(self, folder: Path) -> None:
        """Create a folder that must not exist yet: the last arbiter between two writers.

        Raises FileExistsError.
        """
        folder.mkdir()
        sync_folder(folder.parent)

    def write_new(self, target: Path, chunks: Iterable[bytes | memoryview]) -> int:
        """Write a file that must not exist yet; return its size in bytes.

        On return the file is complete and durable. After a crash it is complete or absent;
        only `*.part` can be left, which recovery sweeps. Raises VaultFull, FileExistsError.
        """
        part = target.with_name(target.name + ".part")
        size = 0
        try:
            with open(part, "xb") as out:
                for chunk in chunks:
                    size += out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            os.link(part, target)  # fails if target exists; a rename would overwrite history
            os.unlink(part)
            sync_folder(target.parent)  # without this the name can vanish in a power cut
        except OSError as error:
            part.unlink(missing_ok=True)
            if tells_no_room(error):
                raise no_room(target, size) from error
            raise
        return size

    def replace_inventory(self, target: Path, body: bytes) -> None:
        """Put a new root inventory or sidecar in place; readers see the old one or the new one."""
        if target.name != "inventory.json" and not target.name.startswith("inventory.json."):
            raise ValueError(f"{target.name} may not be replaced: only inventories are")
        write_durably(target, body)

    def add_lines(self, target: Path, body: bytes) -> None:
        """Add whole lines to a file beside the vault, durable on return, in place of a line at its
        end that a crash cut off. Raises VaultFull, and then leaves the file as it was."""
        with open(target, "ab+") as out:
            end = _whole_lines(out)
            try:
                out.truncate(end)
                out.write(body)
                out.flush()
                os.fsync(out.fileno())
            except OSError as error:
                with suppress(OSError):
                    os.truncate(target, end)
                if tells_no_room(error):
                    raise no_room(target, 0) from error
                raise
        sync_folder(target.parent)

    def remove_file(self, target: Path) -> None:
        """Remove debris or, in `destroy`, a file by law. No ordinary command comes here."""
        target.unlink()
        sync_folder(target.parent)

    def remove_folder(self, folder: Path) -> None:
        """Remove a folder with all in it, leaves first, so that a crash leaves less, never other."""
        for name in sorted(folder.iterdir()):
            if name.is_dir() and not name.is_symlink():
                self.remove_folder(name)
            else:
                name.unlink()
        folder.rmdir()
        sync_folder(folder.parent)

    def remove_empty(self, folder: Path, *, below: Path) -> None:
        """Remove a folder and those above it while they are empty (OCFL 1.1 section 4.1).

        What another writer puts there meanwhile stays: a folder that holds something is never
        removed by this. Some of the folders may be missing.
        """
        while folder != below:
            try:
                folder.rmdir()
                sync_folder(folder.parent)
            except FileNotFoundError:
                pass
            except OSError:
                return
            folder = folder.parent


def no_room(target: Path, size: int) -> VaultFull:
    return VaultFull(
        f"No room to keep {target.name}: stopped after {size} bytes.",
        mend="free space, then run the same command again; nothing was half-kept.",
        written_bytes=size,
    )


def _whole_lines(handle: BinaryIO) -> int:
    """Where the last whole line of a file ends; all is read only where its last one is cut off."""
    end = handle.seek(0, os.SEEK_END)
    handle.seek(max(0, end - 1))
    if handle.read() in (b"\n", b""):
        return end
    handle.seek(0)
    return handle.read().rfind(b"\n") + 1


def write_durably(target: Path, body: bytes) -> None:
    """Write a small file whole: an older one of this name is there until the new one is, and on
    return it is durable. Raises VaultFull; after that, or a crash, no more than `*.part` is left."""
    part = target.with_name(target.name + ".part")
    try:
        with open(part, "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, target)
        sync_folder(target.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        if tells_no_room(error):
            raise no_room(target, 0) from error
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (POSIX fsync of a directory)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

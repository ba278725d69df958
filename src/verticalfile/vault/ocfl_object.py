"""One OCFL object that only grows: open, recover after a crash, add a version, read a file.

Commit order (engine.md 4.1): content, then the version's inventory and sidecar, then the root
inventory by rename, then its sidecar. The rename is the promise; all before it is debris.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from verticalfile.vault import inventory as inv
from verticalfile.vault.disk import Store
from verticalfile.vault.errors import LockHeld, VaultDamaged, digest_mismatch

NAMASTE = "0=ocfl_object_1.1"
Content = Mapping[str, Iterable[bytes | memoryview]]


class OcflObject:
    """An object below `vault_root`; `inventory` is what the root inventory says now."""

    def __init__(self, vault_root: Path, object_id: str, store: Store) -> None:
        self.object_id = object_id
        self._vault_root = vault_root
        self.root = vault_root / inv.object_path(object_id)
        self._store = store
        self._listed: tuple[inv.Inventory, dict[str, tuple[str, str]]] | None = None
        self.inventory = self._read_inventory()

    @property
    def exists(self) -> bool:
        return self.inventory.head > 0

    def _read_inventory(self) -> inv.Inventory:
        """The root inventory, believed only where its sidecar or its version's copy agrees."""
        try:
            body = (self.root / "inventory.json").read_bytes()
        except FileNotFoundError:
            if (self.root / "inventory.json.sha512").exists() or (self.root / "v2").exists():
                raise _damaged(self.root, "its inventory is gone") from None
            return inv.Inventory(self.object_id)
        try:
            found = _parsed(body)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise _damaged(self.root, "its inventory cannot be read") from error
        if found.object_id != self.object_id:
            raise _damaged(self.root, f"its inventory is that of {found.object_id}")
        side = _bytes(self.root / "inventory.json.sha512")
        copy = self.root / f"v{found.head}" / "inventory.json"
        if side != inv.sidecar(body) and _bytes(copy) != body:
            raise _damaged(self.root, "its inventory does not match its digest")
        return found

    def recover(self) -> list[str]:
        """Put right what a crash can leave; say what was done. Call it under the writer's lock.

        A version that is whole but for its commit is completed, an unfinished one removed.
        Raises VaultDamaged for what no crash leaves: that is reported, never mended here.
        """
        if not self.root.exists():
            self._store.remove_empty(self.root.parent, below=self._vault_root)
            return []
        self.inventory = self._read_inventory()
        done = self._recover_versions()
        if not self.exists:
            self._store.remove_folder(self.root)
            self._store.remove_empty(self.root.parent, below=self._vault_root)
            return [f"removed {self.object_id}, which was never completed"]
        for path in sorted(self.root.iterdir()):
            if path.name.endswith(".part"):
                self._store.remove_file(path)
                done.append(f"removed {path.name} of {self.object_id}")
        return done + self._recover_sidecar()

    def _recover_versions(self) -> list[str]:
        """Complete or remove the one version above the newest that a crash can leave."""
        above = sorted(
            int(path.name[1:])
            for path in self.root.iterdir()
            if path.is_dir() and path.name[1:].isdigit()
            if int(path.name[1:]) > self.inventory.head
        )
        if not above:
            return []
        folder = self.root / f"v{above[0]}"
        if above != [self.inventory.head + 1]:
            raise _damaged(self.root, "it holds versions of another history")
        found = _sound(folder)
        if found is None:
            if self.exists:
                self._store.remove_folder(folder)
                return [f"removed unfinished {folder.name} of {self.object_id}"]
            return []
        if found.states[:-1] != self.inventory.states or found.object_id != self.object_id:
            raise _damaged(self.root, f"{folder.name} tells another history")
        for part in sorted(folder.rglob("*.part")):  # a link that was made and not yet unlinked
            self._store.remove_file(part)
        body = (folder / "inventory.json").read_bytes()
        self._store.replace_inventory(self.root / "inventory.json", body)
        self._store.replace_inventory(self.root / "inventory.json.sha512", inv.sidecar(body))
        self.inventory = found
        return [f"completed {folder.name} of {self.object_id}"]

    def _recover_sidecar(self) -> list[str]:
        body = (self.root / "inventory.json").read_bytes()
        side = self.root / "inventory.json.sha512"
        if side.exists() and side.read_bytes() == inv.sidecar(body):
            return []
        copy = self.root / f"v{self.inventory.head}" / "inventory.json"
        if not copy.exists() or copy.read_bytes() != body:
            raise _damaged(self.root, "its inventory does not match its digest")
        self._store.replace_inventory(side, inv.sidecar(body))
        return [f"completed the sidecar of {self.object_id}"]

    def add_version(
        self,
        content: Content,
        *,
        created: datetime,
        message: str,
        check: Callable[[Path], None] = lambda _: None,
    ) -> int:
        """Add files under new logical paths; return the OCFL version's number.

        `check` is given the folder with the written files before the commit and may raise.
        On return the version is durable. Raises VaultFull; nothing is half-kept then. Raises
        LockHeld where another writer came first.
        """
        number = self.inventory.head + 1
        version = self.root / f"v{number}"
        self._store.make_folder(self.root)
        try:
            self._store.make_new_folder(version)
        except FileExistsError:
            raise LockHeld(
                f"Another writer has begun {version.name} of {self.object_id}.",
                mend="wait until it ends, then run the command again.",
            ) from None
        try:
            if number == 1:
                self._store.write_new(self.root / NAMASTE, [b"ocfl_object_1.1\n"])
            digests = self._write_content(version, content)
            check(version / "content")
            planned = self.inventory.with_version(digests, created=created, message=message)
            body = planned.to_bytes()
            self._store.write_new(version / "inventory.json", [body])
            self._store.write_new(version / "inventory.json.sha512", [inv.sidecar(body)])
        except Exception:
            self._store.remove_folder(self.root if number == 1 else version)
            self._store.remove_empty(self.root.parent, below=self._vault_root)
            raise
        self._store.replace_inventory(self.root / "inventory.json", body)
        self._store.replace_inventory(self.root / "inventory.json.sha512", inv.sidecar(body))
        self.inventory = planned
        return number

    def _write_content(self, version: Path, content: Content) -> dict[str, str]:
        digests: dict[str, str] = {}
        for path, chunks in content.items():
            target = version / "content" / path
            self._store.make_folder(target.parent)
            digest = hashlib.sha512()
            self._store.write_new(target, _fed(chunks, digest.update))
            digests[path] = digest.hexdigest()
        return digests

    def paths(self) -> dict[str, Path]:
        """`{logical path: file}` of every file of every version; none leaves the object."""
        return {logical: self.root / path for logical, (path, _) in self._files().items()}

    def names(self) -> list[str]:
        """Logical paths of every file of every version, sorted."""
        return sorted(self._files())

    def digest_of(self, logical: str) -> str:
        """SHA-512 of a file as the inventory has it."""
        return self._files()[logical][1]

    def read_checked(self, logical: str) -> bytes:
        """The whole of a small file, its digest compared; raises DigestMismatch."""
        path, expected = self._files()[logical]
        body = (self.root / path).read_bytes()
        found = hashlib.sha512(body).hexdigest()
        if found != expected:
            raise digest_mismatch(str(self.root / path), expected=expected, found=found)
        return body

    def _files(self) -> dict[str, tuple[str, str]]:
        """`{logical path: (content path, sha512)}`, made once for an inventory."""
        if self._listed is None or self._listed[0] is not self.inventory:
            files = {
                path.split("/content/", 1)[1]: (path, digest)
                for path, digest in self.inventory.content_paths().items()
            }
            self._listed = (self.inventory, files)
        return self._listed[1]


def sha512_of_file(path: Path) -> str | None:
    """Digest of a file, None when there is none."""
    try:
        with open(path, "rb") as handle:
            return hashlib.file_digest(handle, "sha512").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _fed(
    chunks: Iterable[bytes | memoryview], update: Callable[[bytes | memoryview], None]
) -> Iterator[bytes | memoryview]:
    for chunk in chunks:
        update(chunk)
        yield chunk


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _sound(folder: Path) -> inv.Inventory | None:
    """The inventory of a version folder where its sidecar agrees and all its content is there."""
    body = _bytes(folder / "inventory.json")
    if body is None or _bytes(folder / "inventory.json.sha512") != inv.sidecar(body):
        return None
    try:
        found = inv.Inventory.from_bytes(body)
        paths = found.content_paths()
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    whole = all(
        sha512_of_file(folder.parent / path) == digest
        for path, digest in paths.items()
        if path.startswith(f"{folder.name}/")
    )
    return found if whole and f"v{found.head}" == folder.name else None


@lru_cache(maxsize=32)
def _parsed(body: bytes) -> inv.Inventory:
    """What an inventory says; the same is asked a dozen times for each version that is kept, and
    nobody changes it."""
    return inv.Inventory.from_bytes(body)


def _damaged(root: Path, why: str) -> VaultDamaged:
    return VaultDamaged(
        f"The object at {root} is damaged: {why}.",
        mend="run `vf mend --from COPY` with another copy of the archive; nothing was changed.",
        path=str(root),
    )

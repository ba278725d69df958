"""What is worked out ahead of a keeping: it waits for nobody without end, and vouches for nothing
that the disk has changed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backports.zstd import ZstdError

from verticalfile.kernel.originals import OnDisk, copied, left_in_file
from verticalfile.vault import in_place
from verticalfile.vault.ahead import Ahead, Place
from verticalfile.vault.capture import Taken
from verticalfile.vault.errors import DigestMismatch
from verticalfile.vault.vault import Vault

START = datetime(2026, 11, 1, tzinfo=UTC)
BODY = b"".join(b"%d,street %d\n" % (n, n * 7) for n in range(400_000))
NEXT = BODY.replace(b"\n7,", b"\n7,Oak ")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    Vault.create(tmp_path / "vault")
    return Vault(tmp_path / "vault", cache=tmp_path / "cache")


def taken(body: bytes, name: str) -> Taken:
    return Taken("r", "s", name, START, "own visit", hashlib.sha256(body).hexdigest(), len(body))


def a_copy(folder: Path, body: bytes) -> OnDisk:
    (folder / "theirs").write_bytes(body)
    found = copied(folder / "theirs", lambda: folder)
    assert isinstance(found, OnDisk)
    return found


def a_download(folder: Path, body: bytes) -> OnDisk:
    (folder / "fetched").write_bytes(body)
    found = left_in_file(folder / "fetched", hashlib.sha256(body).hexdigest())
    assert isinstance(found, OnDisk)
    return found


def keep_ahead(vault: Vault, original: OnDisk, body: bytes, name: str) -> bytes:
    vault.pack_ahead("r", original).wait()
    (kept,) = vault.keep("r", [(taken(body, name), lambda: original)], kept_at=START)
    vault.end_ahead()
    return vault.original(kept)


def rot(path: Path) -> None:
    """One byte changes on the disk; no size, and nothing in memory, tells of it."""
    with open(path, "r+b") as file:
        file.seek(1_000_000)
        before = file.read(1)
        file.seek(1_000_000)
        file.write(bytes([before[0] ^ 1]))


@pytest.mark.parametrize("way", [a_copy, a_download])
def test_what_is_packed_ahead_is_given_back(
    vault: Vault, tmp_path: Path, way: Callable[[Path, bytes], OnDisk]
) -> None:
    assert keep_ahead(vault, way(tmp_path, BODY), BODY, "1") == BODY
    assert keep_ahead(vault, way(tmp_path, NEXT), NEXT, "2") == NEXT
    assert [c.stored.how for c in vault.captures("r")] == ["full", "patch"]


@pytest.mark.parametrize("way", [a_copy, a_download])
def test_a_file_that_changed_after_it_was_hashed_is_not_kept_under_its_digest(
    vault: Vault, tmp_path: Path, way: Callable[[Path, bytes], OnDisk]
) -> None:
    original = way(tmp_path, BODY)
    assert original.path is not None
    rot(original.path)
    with pytest.raises(DigestMismatch, match="not what was taken"):
        keep_ahead(vault, original, BODY, "1")
    vault.end_ahead()
    assert vault.captures("r") == []
    assert not [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]


def test_an_original_that_changed_after_it_was_packed_is_not_cached_with_a_seal_that_fits(
    vault: Vault, tmp_path: Path
) -> None:
    """A seal that lies would let the next patch be made against bytes that nobody holds."""
    original = a_copy(tmp_path, BODY)
    working = vault.pack_ahead("r", original)
    working.wait()
    working.end()
    (tmp_path / "cache" / "r" / original.sha256).unlink()
    assert original.path is not None
    rot(original.path)
    (kept,) = vault.keep("r", [(taken(BODY, "1"), lambda: original)], kept_at=START)
    assert vault.newest_original(kept) is None
    assert keep_ahead(vault, a_copy(tmp_path, NEXT), NEXT, "2") == NEXT
    assert [vault.original(c) for c in vault.captures("r")] == [BODY, NEXT]


@pytest.mark.parametrize("error", [ZstdError("so it is"), ValueError("so"), RuntimeError("so")])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_without_end_for_work_that_failed(error: Exception) -> None:
    def fails() -> Place:
        raise error

    working = Ahead(b"bytes", fails)
    waiting = threading.Thread(target=working.wait, daemon=True)
    waiting.start()
    waiting.join(20)
    assert not waiting.is_alive()
    working.end()


def test_a_file_that_was_emptied_before_it_is_mapped_is_refused_and_not_waited_for(
    vault: Vault, tmp_path: Path
) -> None:
    original = a_copy(tmp_path, BODY)
    assert original.path is not None
    original.path.write_bytes(b"")
    working = vault.pack_ahead("r", original)
    waiting = threading.Thread(target=working.wait, daemon=True)
    waiting.start()
    waiting.join(20)
    assert not waiting.is_alive()
    with pytest.raises(OSError, match="not what was written"):
        vault.keep("r", [(taken(BODY, "1"), lambda: original)], kept_at=START)
    vault.end_ahead()


def test_what_was_packed_ahead_and_not_kept_is_forgotten(vault: Vault, tmp_path: Path) -> None:
    """Its volume is of the moment; another process may have kept something since."""
    vault.pack_ahead("r", a_copy(tmp_path, BODY)).wait()
    vault.end_ahead()
    other = Vault(vault.root)
    other.keep(
        "r", [(taken(b"of another process", "0"), lambda: b"of another process")], kept_at=START
    )
    vault.keep("r", [(taken(b"ours", "1"), lambda: b"ours")], kept_at=START)
    assert [vault.original(c) for c in vault.captures("r")] == [b"of another process", b"ours"]


def test_too_little_memory_is_told_from_a_frame_that_is_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = in_place.library()
    assert library is not None
    frame = in_place.compress(library, NEXT, BODY, {100: 1})

    def none_left(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(in_place.mmap, "mmap", none_left)
    with pytest.raises(MemoryError):
        in_place.gives_back(library, frame, BODY, NEXT)
    with pytest.raises(MemoryError):
        in_place.compress(library, NEXT, BODY, {100: 1})
    with pytest.raises(MemoryError):
        in_place._checked(library, 2**64 - 64)  # ZSTD_error_memory_allocation
    with pytest.raises(ZstdError):
        in_place._checked(library, 2**64 - 20)  # ZSTD_error_corruption_detected

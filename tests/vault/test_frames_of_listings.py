"""A portal's listing comes as a file, and is kept, given back and verified in steps."""

from __future__ import annotations

import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from backports import zstd

from verticalfile.kernel import limits
from verticalfile.kernel.originals import OnDisk, chunks_of, in_file
from verticalfile.vault import frames
from verticalfile.vault.capture import Capture, Taken
from verticalfile.vault.copies.check import check
from verticalfile.vault.copies.restore import originals_of
from verticalfile.vault.errors import DigestMismatch
from verticalfile.vault.vault import Vault

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LISTING_BYTES", 50_000)
    monkeypatch.setattr(limits, "LISTING_PATCH_BYTES", 500_000)
    monkeypatch.setattr(limits, "COPY_STEP_BYTES", 16 << 10)


def listings(size: int, count: int) -> list[bytes]:
    """Each with another line than the one before."""
    chance = random.Random(3)
    lines = [f"{n} {chance.random()} {chance.random()}\n".encode() for n in range(size // 45)]
    made = []
    for _ in range(count):
        lines[chance.randrange(len(lines))] = f"another {chance.random()}\n".encode()
        made.append(b"".join(lines))
    return made


def kept(tmp_path: Path, bodies: list[bytes]) -> tuple[Vault, list[Capture]]:
    tmp_path.mkdir(exist_ok=True)
    vault = Vault.create(tmp_path / "vault")
    captures = []
    for n, body in enumerate(bodies):
        path = tmp_path / f"listing-{n}"
        path.write_bytes(body)
        original = in_file(path, frames.sha256_of(body), small_bytes=limits.LISTING_BYTES)
        assert isinstance(original, OnDisk)
        taken = Taken("r", "test", f"{n}", START + timedelta(days=n), "own visit",
                      frames.sha256_of(body), len(body))  # fmt: skip
        captures += vault.keep("r", [(taken, lambda original=original: original)], kept_at=START)
    return vault, captures


def test_a_large_listing_is_never_patched_and_a_smaller_one_is(tmp_path: Path) -> None:
    _, large = kept(tmp_path / "large", listings(400_000, 3))
    assert [c.stored.how for c in large] == ["full"] * 3
    _, small = kept(tmp_path / "small", listings(100_000, 3))
    assert [c.stored.how for c in small] == ["full", "patch", "patch"]


@pytest.mark.parametrize("size", [100_000, 400_000])
def test_listings_come_back_in_steps_and_whole(tmp_path: Path, size: int) -> None:
    bodies = listings(size, 4)
    vault, captures = kept(tmp_path, bodies)
    for capture, body in zip(captures, bodies, strict=True):
        restored = vault.restored(capture, small_bytes=limits.LISTING_BYTES)
        assert isinstance(restored, OnDisk) == (capture.stored.how == "full")
        assert b"".join(chunks_of(restored)) == body
        assert vault.restored(capture) == body
    (volume,) = vault.volumes("r")
    found = [(c.id, original) for c, original in originals_of(volume)]
    assert [b"".join(chunks_of(each)) for _, each in found if each is not None] == bodies
    assert list(check(vault.root)) == []


def test_zstd_opens_a_listing_without_being_told_of_memory(tmp_path: Path) -> None:
    bodies = listings(400_000, 2)
    vault, captures = kept(tmp_path, bodies)
    (volume,) = vault.volumes("r")
    for capture, body in zip(captures, bodies, strict=True):
        pack = volume.object.paths()[capture.stored.pack or ""].read_bytes()
        frame = pack[capture.stored.offset : capture.stored.offset + capture.stored.length]
        most = {zstd.DecompressionParameter.window_log_max: limits.LISTING_WINDOW_LOG}
        assert zstd.decompress(frame, options=most) == body
        done = subprocess.run(["zstd", "-d", "-c"], input=frame, capture_output=True, check=True)
        assert done.stdout == body


def test_a_damaged_listing_is_found_where_it_is_read_and_where_it_is_verified(
    tmp_path: Path,
) -> None:
    vault, captures = kept(tmp_path, listings(400_000, 2))
    (volume,) = vault.volumes("r")
    path = volume.object.paths()[captures[0].stored.pack or ""]
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(damaged)
    with pytest.raises(DigestMismatch):
        for _ in chunks_of(vault.restored(captures[0], small_bytes=limits.LISTING_BYTES)):
            pass
    found = {
        c.id: original for c, original in originals_of(next(iter(Vault(vault.root).volumes("r"))))
    }
    assert found[captures[0].id] is None
    assert found[captures[1].id] is not None
    assert list(check(vault.root)) != []

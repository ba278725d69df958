"""The cache of newest originals is believed by its seal, or by its digest, and never else."""

from __future__ import annotations

import errno
import hashlib
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.kernel import originals
from verticalfile.kernel.originals import copied, mapped_or_read
from verticalfile.kernel.seals import seal_of
from verticalfile.vault import newest
from verticalfile.vault import vault as vault_room
from verticalfile.vault.capture import Taken
from verticalfile.vault.newest import WORTH_BYTES, NewestOriginals
from verticalfile.vault.vault import Vault

BODY = bytes(range(256)) * (WORTH_BYTES // 256 + 1)
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def cache(tmp_path: Path) -> NewestOriginals:
    made = NewestOriginals(tmp_path)
    made.put("r", SHA256, BODY, wanted={SHA256})
    return made


def test_what_was_put_is_given_back(cache: NewestOriginals) -> None:
    found = cache.get("r", SHA256)
    assert found is not None
    assert bytes(found) == BODY


def test_an_original_without_a_seal_is_believed_by_its_digest(
    cache: NewestOriginals, tmp_path: Path
) -> None:
    (tmp_path / "r" / f"{SHA256}.seal").unlink()
    assert cache.get("r", SHA256) is not None


def test_a_damaged_seal_costs_a_digest_and_no_original(
    cache: NewestOriginals, tmp_path: Path
) -> None:
    (tmp_path / "r" / f"{SHA256}.seal").write_bytes(b"no seal")
    assert cache.get("r", SHA256) is not None


@pytest.mark.parametrize("sealed", [True, False])
def test_one_bit_that_flipped_is_found(
    cache: NewestOriginals, tmp_path: Path, sealed: bool
) -> None:
    path = tmp_path / "r" / SHA256
    rotten = bytearray(BODY)
    rotten[len(rotten) // 2] ^= 4
    path.write_bytes(rotten)
    if not sealed:
        (tmp_path / "r" / f"{SHA256}.seal").unlink()
    assert cache.get("r", SHA256) is None
    assert not path.exists()


def test_an_original_that_was_cut_off_or_emptied_is_found(
    cache: NewestOriginals, tmp_path: Path
) -> None:
    path = tmp_path / "r" / SHA256
    path.write_bytes(BODY[:-1])
    assert cache.get("r", SHA256) is None
    path.write_bytes(b"")
    assert cache.get("r", SHA256) is None


def test_what_nothing_builds_on_goes_with_its_seal(cache: NewestOriginals, tmp_path: Path) -> None:
    other = BODY[::-1]
    digest = hashlib.sha256(other).hexdigest()
    cache.put("r", digest, other, wanted={digest})
    assert {p.name for p in (tmp_path / "r").iterdir()} == {digest, f"{digest}.seal"}


def test_while_reading_is_shared_two_threads_are_given_one_object(cache: NewestOriginals) -> None:
    cache.share_reading()
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(cache.get("r", SHA256))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in found}) == 1
    cache.end_sharing()
    assert cache.get("r", SHA256) is not found[0]


def test_where_files_cannot_be_mapped_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise OSError("no such way of reading here")

    path = tmp_path / "file"
    path.write_bytes(BODY)
    assert bytes(mapped_or_read(path)) == BODY
    monkeypatch.setattr(originals.os, "sendfile", refused)
    assert mapped_or_read(path) == BODY


def test_the_copy_of_a_file_of_others_has_its_bytes_and_digest_and_goes_when_let_go(
    tmp_path: Path,
) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.write_bytes(BODY * 5)
    ours.mkdir()
    copy = copied(theirs, lambda: ours)
    theirs.write_bytes(b"changed")
    assert not isinstance(copy, bytes)
    assert bytes(copy.at_hand()) == BODY * 5 == b"".join(copy.chunks())
    assert copy.sha256 == hashlib.sha256(BODY * 5).hexdigest()
    assert [p.stat().st_size for p in ours.iterdir()] == [len(BODY) * 5]
    del copy
    assert not list(ours.iterdir())


def test_a_file_that_is_cut_off_while_it_is_read_through_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(BODY)
    real, asked = originals.os.sendfile, []

    def cut_off(out: int, into: int, at: int, count: int) -> int:
        path.write_bytes(BODY[:1000])
        asked.append(at)
        assert len(asked) < 10
        return real(out, into, at, count)

    monkeypatch.setattr(originals.os, "sendfile", cut_off)
    assert bytes(mapped_or_read(path)) == BODY[:1000]


def test_what_another_left_half_put_is_never_written_into(tmp_path: Path) -> None:
    """It may be another name of a file that is mapped: cut off, it would end who reads it."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.write_bytes(BODY * 5)
    ours.mkdir()
    original = copied(theirs, lambda: ours)
    assert isinstance(original, originals.OnDisk)
    assert original.path is not None
    part = tmp_path / "part"
    part.hardlink_to(original.path)
    with pytest.raises(FileExistsError):
        newest._write(original, part)
    assert original.path.read_bytes() == BODY * 5


def test_a_damaged_original_that_cannot_be_removed_is_told_as_any_other(
    cache: NewestOriginals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is only for reading: the archive has the original still."""

    def only_for_reading(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    (tmp_path / "r" / SHA256).write_bytes(BODY[:-1])
    monkeypatch.setattr(Path, "unlink", only_for_reading)
    assert cache.get("r", SHA256) is None


def test_where_a_file_system_knows_no_links_an_original_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    theirs, ours, held = tmp_path / "theirs", tmp_path / "ours", tmp_path / "cache"
    theirs.write_bytes(BODY * 5)
    ours.mkdir()
    original = copied(theirs, lambda: ours)
    assert isinstance(original, originals.OnDisk)
    monkeypatch.setattr(newest.os, "link", refused)
    cache = NewestOriginals(held)
    cache.put("r", original.sha256, original, wanted={original.sha256})
    del original
    assert not list(ours.iterdir())
    (found,) = (p for p in (held / "r").iterdir() if p.suffix != ".seal")
    assert bytes(cache.get("r", found.name) or b"") == BODY * 5


def test_an_original_that_changes_behind_its_digest_is_handed_out_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Vault.create(tmp_path / "vault")
    vault = Vault(tmp_path / "vault", cache=tmp_path / "cache")
    at = datetime(2026, 11, 1, tzinfo=UTC)
    taken = Taken("r", "s", "1", at, "own visit", SHA256, len(BODY))
    (kept,) = vault.keep("r", [(taken, lambda: BODY)], kept_at=at)
    cached = tmp_path / "cache" / "r" / SHA256
    assert cached.exists()
    real = newest.sha256_of

    def hashed(body: bytes) -> str:
        found = real(body)
        with open(cached, "r+b") as file:
            file.write(b"edited in place")
        return found

    monkeypatch.setattr(newest, "sha256_of", hashed)
    monkeypatch.setattr(vault_room, "sha256_of", hashed, raising=False)
    assert vault.original(kept) == BODY


def test_where_no_file_can_be_mapped_an_original_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.ENODEV, "No such device")

    theirs = tmp_path / "theirs"
    theirs.write_bytes(BODY * 5)
    copy = copied(theirs, lambda: tmp_path)
    assert isinstance(copy, originals.OnDisk)
    monkeypatch.setattr(originals.mmap, "mmap", refused)
    assert copy.at_hand() == BODY * 5
    assert copy.is_as_hashed()


def test_a_file_that_is_not_what_was_hashed_is_not_held(tmp_path: Path) -> None:
    cache = NewestOriginals(tmp_path / "cache")
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"other " + BODY)
    for seal in (None, seal_of(BODY)):
        wrong = originals.OnDisk(theirs.stat().st_size, SHA256, lambda: iter([]), theirs, seal=seal)
        cache.put("r", SHA256, wrong, wanted={SHA256})
        assert cache.get("r", SHA256) is None
    theirs.write_bytes(BODY)
    right = originals.OnDisk(len(BODY), SHA256, lambda: iter([]), theirs)
    cache.put("r", SHA256, right, wanted={SHA256})
    found = cache.get("r", SHA256)
    assert found is not None
    assert bytes(found) == BODY

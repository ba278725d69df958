"""Files of others on this machine: what is their fault and what is ours."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from verticalfile.kernel import limits, originals
from verticalfile.services.collecting.local_files import original_of
from verticalfile.sources.errors import SourceRefused


def a_file(folder: Path) -> Path:
    path = folder / "theirs.csv"
    path.write_bytes(b"a,b\n1,2\n" * (limits.MAPPED_BYTES // 8 + 1))
    return path


def test_no_room_for_the_copy_is_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(originals, "write", full)
    with pytest.raises(OSError, match="No space left") as found:
        original_of(a_file(tmp_path), scratch)
    assert found.value.errno == errno.ENOSPC
    assert not list(scratch.iterdir())


def test_a_file_that_is_not_there_is_told_from_a_folder_of_ours_that_is_not(
    tmp_path: Path,
) -> None:
    with pytest.raises(FileNotFoundError):
        original_of(tmp_path / "nowhere.csv", tmp_path)
    with pytest.raises(SourceRefused, match="cannot be read"):
        original_of(a_file(tmp_path), tmp_path / "no such folder")


def test_a_folder_in_place_of_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="cannot be read"):
        original_of(tmp_path, tmp_path)

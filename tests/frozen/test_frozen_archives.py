"""Archives that earlier programs made are opened, proved and rebuilt by this one (design 5)."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from verticalfile.catalog.index import SCHEMA_VERSION
from verticalfile.catalog.read_only import NewerIndex
from verticalfile.services.archive import FORMAT, Archive, NewerArchive, open_archive
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in.rebuild import rebuild

HERE = Path(__file__).parent
PACKED = sorted(HERE.glob("format-*.tar.xz"))


def freezing() -> ModuleType:
    """The tool that froze them, for what it asks of an archive."""
    path = HERE.parents[1] / "tools" / "freeze_archive.py"
    spec = importlib.util.spec_from_file_location("freeze_archive", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(archive: Archive) -> object:
    told = json.dumps(freezing().answers(archive), default=str)
    return json.loads(told)


def frozen(packed: Path) -> object:
    return json.loads(packed.with_suffix("").with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(params=PACKED, ids=lambda path: path.name.removesuffix(".tar.xz"))
def packed(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def unpacked(packed: Path, tmp_path: Path) -> Path:
    with tarfile.open(packed) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / "archive"


def vf(archive: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "verticalfile", "--archive", str(archive), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_format_of_today_is_frozen_and_small() -> None:
    assert f"format-{FORMAT}.tar.xz" in [path.name for path in PACKED]
    assert all(path.stat().st_size < 100_000 for path in PACKED)


def test_it_answers_as_it_did_on_the_day_it_was_frozen(unpacked: Path, packed: Path) -> None:
    """Its index is of the schema of its day: that it is brought up is in the answer."""
    archive = open_archive(unpacked)
    assert answers(archive) == frozen(packed)
    verified = verify(archive, None)
    assert verified.well, verified
    assert verified.originals > 8


@pytest.mark.parametrize("lost", [(), ("index.sqlite3",), ("history", "index.sqlite3")])
def test_it_is_rebuilt_from_its_vault_to_the_same_answers(
    unpacked: Path, packed: Path, lost: tuple[str, ...]
) -> None:
    for name in lost:
        path = unpacked / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    archive = open_archive(unpacked)
    assert rebuild(archive, None).differences == []
    assert answers(archive) == frozen(packed)
    assert verify(archive, None).well


def test_it_takes_in_a_next_version(unpacked: Path, tmp_path: Path) -> None:
    next_one = tmp_path / "rooms-2026-03-15.json"
    next_one.write_text(freezing().rooms(5), encoding="utf-8")
    before = json.loads(vf(unpacked, "versions", "rooms", "--json").stdout)
    done = vf(unpacked, "backfill", "rooms", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    after = json.loads(vf(unpacked, "versions", "rooms", "--json").stdout)
    assert len(json.dumps(after)) > len(json.dumps(before))
    assert vf(unpacked, "verify").returncode == 0


def test_a_newer_format_is_refused_in_one_sentence(unpacked: Path) -> None:
    told = json.loads((unpacked / "format.json").read_text(encoding="utf-8"))
    (unpacked / "format.json").write_text(json.dumps({**told, "format": FORMAT + 1}))
    with pytest.raises(NewerArchive, match=f"has format {FORMAT + 1}; .* up to {FORMAT}"):
        open_archive(unpacked)
    refused = vf(unpacked, "list")
    assert refused.returncode == 12
    assert refused.stderr.count("To mend it:") == 1
    assert "Traceback" not in refused.stderr


def test_an_index_of_a_newer_program_is_refused_and_a_rebuild_makes_it_again(
    unpacked: Path, packed: Path
) -> None:
    archive = open_archive(unpacked)
    archive.index.connection.execute("ALTER TABLE version DROP COLUMN hidden")
    archive.index.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    archive.index.close()
    with pytest.raises(NewerIndex):
        open_archive(unpacked).index.datasets()
    refused = vf(unpacked, "list")
    assert refused.returncode == 26
    assert "vf rebuild" in refused.stderr
    assert vf(unpacked, "rebuild").returncode == 0
    assert answers(open_archive(unpacked)) == frozen(packed)

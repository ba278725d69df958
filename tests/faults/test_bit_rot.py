"""Reliability 4.4: any change of a kept byte is found, and mended from another copy."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.vault.capture import Taken
from verticalfile.vault.check import check
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.journal import Event, Journal
from verticalfile.vault.mend import mend
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)


def a_vault(root: Path) -> Vault:
    vault = Vault.create(root)
    for batch in range(2):
        offers = []
        for n in range(3):
            chance = random.Random(7)  # noise that only a patch makes small
            lines = [f"{i},{chance.random()}\n" for i in range(120)]
            body = "".join([*lines, f"version {batch * 3 + n}\n"]).encode()
            taken = Taken("r", "s", f"{batch}-{n}", START + timedelta(days=batch * 3 + n), "own visit",
                          sha256_of(body), len(body))  # fmt: skip
            offers.append((taken, lambda body=body: body))
        vault.keep("r", offers, kept_at=START + timedelta(days=batch))
    Journal(root).append((), [Event("added", START, "test", "r")], at=START)
    return vault


def flipped(at: float) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        body = bytearray(path.read_bytes())
        place = min(len(body) - 1, int(at * len(body)))
        body[place] ^= 0xFF
        path.write_bytes(body)

    return flip


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


HARMS = {
    "first byte": flipped(0), "middle byte": flipped(0.5), "last byte": flipped(1),
    "cut by one": cut, "one byte more": longer, "emptied": emptied, "deleted": Path.unlink,
    "a folder": made_a_folder, "a link outwards": made_a_link,
}  # fmt: skip


def state(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_any_file_of_a_vault_is_found_and_mended(tmp_path: Path, harm: str) -> None:
    sound = tmp_path / "sound"
    a_vault(sound)
    assert list(check(sound)) == []
    files = [p.relative_to(sound) for p in sorted(sound.rglob("*")) if p.is_file()]
    expected = state(sound)
    for number, file in enumerate(files):
        if file.parts[0] == "extensions":
            continue  # what OCFL 1.1 section 4 leaves to itself
        root = tmp_path / f"case-{number}"
        shutil.copytree(sound, root)
        HARMS[harm](root / file)
        findings = list(check(root))
        assert findings, f"{harm} of {file} was not found"
        mend(root, sound, findings, aside=tmp_path / f"aside-{number}")
        assert list(check(root)) == [], f"{harm} of {file} was not mended"
        assert state(root) == expected, f"{harm} of {file}"
        shutil.rmtree(root)


def test_what_builds_on_a_broken_frame_is_named(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "v")
    captures = vault.captures("r")
    pack = next((tmp_path / "v").rglob("v1/content/0001/frames.zst"))
    flipped(0.0)(pack)
    found = {c for finding in check(tmp_path / "v") for c in finding.captures}
    assert found == {c.id for c in captures}, "all six build on the first frame"


def test_a_folder_deleted_by_a_person_comes_back_from_the_copy(tmp_path: Path) -> None:
    a_vault(tmp_path / "v")
    shutil.copytree(tmp_path / "v", tmp_path / "copy")
    volume = next((tmp_path / "v").rglob("v1/content/0001/frames.zst")).parents[3]
    shutil.rmtree(volume)
    mend(tmp_path / "v", tmp_path / "copy", list(check(tmp_path / "v")), aside=tmp_path / "aside")
    assert state(tmp_path / "v") == state(tmp_path / "copy")


def test_a_copy_that_is_damaged_itself_is_not_believed(tmp_path: Path) -> None:
    a_vault(tmp_path / "v")
    shutil.copytree(tmp_path / "v", tmp_path / "copy")
    for root in ("v", "copy"):
        flipped(0.3)(next((tmp_path / root).rglob("v1/content/0001/frames.zst")))
    findings = list(check(tmp_path / "v"))
    done = mend(tmp_path / "v", tmp_path / "copy", findings, aside=tmp_path / "aside")
    assert "could not be mended" in done[0].what
    assert [f.path for f in check(tmp_path / "v")] == [f.path for f in findings]


def test_a_fork_of_two_copies_merged_file_by_file_is_found(tmp_path: Path) -> None:
    a_vault(tmp_path / "v")
    shutil.copytree(tmp_path / "v", tmp_path / "w")
    for root, text in (("v", b"mine"), ("w", b"yours")):
        taken = Taken("r", "s", root, START, "own visit", sha256_of(text), len(text))
        Vault(tmp_path / root).keep("r", [(taken, lambda text=text: text)], kept_at=START)
    for path in (tmp_path / "w").rglob("*"):
        target = tmp_path / "v" / path.relative_to(tmp_path / "w")
        if path.is_file() and path.name.startswith("inventory") and path.parent.name != "v3":
            shutil.copy(path, target)  # the root inventory of the other, as rsync would
    assert any("two writers" in f.what or "sidecar" in f.what or "not what" in f.what
               for f in check(tmp_path / "v"))  # fmt: skip

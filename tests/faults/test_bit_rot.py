"""Reliability 4.4: any change of a kept byte is found, and mended from another copy."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.vault.capture import Taken
from verticalfile.vault.copies.check import check
from verticalfile.vault.copies.mend import mend
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.notes.journal import Event, Journal
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
        root = tmp_path / f"case-{number}"
        shutil.copytree(sound, root)
        HARMS[harm](root / file)
        findings = list(check(root))
        assert findings, f"{harm} of {file} was not found"
        mend(root, sound, findings, aside=tmp_path / f"aside-{number}")
        assert list(check(root)) == [], f"{harm} of {file} was not mended"
        assert state(root) == expected, f"{harm} of {file}"
        shutil.rmtree(root)


def in_object(harm: Callable[[Path], object]) -> Callable[[Path], object]:
    """Harm to the volume's folder, which holds two OCFL versions."""
    return lambda root: harm(next(root.rglob("v2/content/0002/frames.zst")).parents[3])


def added(name: str) -> Callable[[Path], None]:
    def add(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")

    return add


def made_empty(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).mkdir(parents=True)


def moved_behind_a_link(name: str) -> Callable[[Path], None]:
    """The folder or file stands outside of the vault now, whole, and a link in its place."""

    def move(folder: Path) -> None:
        outside = next(p for p in folder.parents if p.name.startswith("case-")).parent / "outside"
        shutil.move(folder / name, outside)
        (folder / name).symlink_to(outside)

    return move


def linked_twice(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: os.link(folder / old, folder / new)


def written(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


STRUCTURAL_HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a stray file": (in_object(added("notes.txt")), "E001"),
    "a stray folder": (in_object(added("old/notes.txt")), "E001"),
    "logs, which we never write": (in_object(added("logs/2021.txt")), ""),
    "an extension, which we never write": (in_object(made_empty("extensions")), ""),
    "a leftover of a write": (in_object(added("inventory.json.part")), "E001"),
    "a stray file in a version": (in_object(added("v1/notes.txt")), "E015"),
    "a stray folder in a version": (in_object(added("v1/old/notes.txt")), "W002"),
    "a stray file in the content": (in_object(added("v1/content/0001/notes.txt")), "E023"),
    "an empty folder in the content": (in_object(made_empty("v1/content/0009")), "E024"),
    "a version too many": (in_object(made_empty("v3")), "E046"),
    "a version that is gone": (in_object(lambda o: shutil.rmtree(o / "v1")), "E046"),
    "a version behind a link": (in_object(moved_behind_a_link("v1")), "E090"),
    "a frame behind a link": (in_object(moved_behind_a_link("v1/content/0001/frames.zst")), "E090"),
    "a hard link": (in_object(linked_twice("v1/inventory.json", "v1/copy.json")), "E090"),
    "two files made one": (
        in_object(
            lambda o: [
                (o / "inventory.json").unlink(),
                linked_twice("v2/inventory.json", "inventory.json")(o),
            ]
        ),
        "E090",
    ),
    "a pipe": (in_object(lambda o: os.mkfifo(o / "v1/pipe")), "E089"),
    "a name that is no text": (in_object(added(os.fsdecode(b"v1/content/\xff\x1b[31m"))), "E023"),
    "a long name that is no text": (added("abc/" + os.fsdecode(b"\xff") * 250), "E072"),
    "a second declaration": (in_object(written("0=ocfl_object_1.0", "ocfl_object_1.0\n")), "E003"),
    "an older digest file": (
        in_object(lambda o: shutil.copy(o / "v1/inventory.json.sha512", o)),
        "E060",
    ),
    "an older inventory": (
        in_object(lambda o: [shutil.copy(p, o) for p in (o / "v1").iterdir() if p.is_file()]),
        "E046",
    ),
    "two versions swapped": (
        in_object(
            lambda o: [
                shutil.move(o / "v1", o / "x"),
                shutil.move(o / "v2", o / "v1"),
                shutil.move(o / "x", o / "v2"),
            ]
        ),
        "E040",
    ),
    "a file at the root": (added("notes.txt"), ""),
    "a file among the extensions": (added("extensions/notes.txt"), ""),
    "a file in the hierarchy": (added("abc/def/notes.txt"), "E072"),
    "an empty folder in the hierarchy": (made_empty("abc/def"), "E073"),
    "a link in the hierarchy": (lambda root: (root / "abc").symlink_to(root), "E090"),
    "no declaration of the root": (lambda root: (root / "0=ocfl_1.1").unlink(), ""),
    "two declarations of the root": (written("0=ocfl_1.0", "ocfl_1.0\n"), ""),
    "no parameters of the layout": (lambda root: shutil.rmtree(root / "extensions"), ""),
}


@pytest.mark.parametrize("harm", STRUCTURAL_HARMS)
def test_structural_harm_is_found_by_its_code_and_mended(tmp_path: Path, harm: str) -> None:
    sound, root = tmp_path / "sound", tmp_path / "case-0" / "v"
    a_vault(sound)
    shutil.copytree(sound, root)
    damage, code = STRUCTURAL_HARMS[harm]
    damage(root)
    outside = {p: p.read_bytes() for p in (tmp_path / "outside").rglob("*") if p.is_file()}
    for quick in (True, False):
        findings = list(check(root, quick=quick))
        assert code in {finding.code for finding in findings}, findings
        assert all(finding.path and finding.what and finding.mend for finding in findings)
    done = mend(root, sound, findings, aside=tmp_path / "aside")
    assert "".join(each.path + each.what for each in done).encode()
    assert list(check(root)) == []
    assert state(root) == state(sound)
    assert {p: p.read_bytes() for p in outside} == outside, "what is outside was touched"


def test_damage_of_an_inventory_is_told_of_its_object(tmp_path: Path) -> None:
    a_vault(tmp_path / "v")
    volume = next((tmp_path / "v").rglob("v2/content/0002/frames.zst")).parents[3]
    (volume / "inventory.json").write_bytes(b"{}")
    assert {finding.object_id for finding in check(tmp_path / "v")} == {"r/0001"}


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

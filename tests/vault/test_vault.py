"""The vault's promises: what is kept comes back, nothing is stored twice, OCFL says VALID."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ocfl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.vault import frames
from verticalfile.vault.capture import Capture, Stored, Taken, from_lines, to_lines
from verticalfile.vault.errors import DigestMismatch
from verticalfile.vault.vault import Offer, Vault

START = datetime(2021, 1, 1, tzinfo=UTC)


def an_offer(body: bytes, n: int, resource: str = "r1") -> Offer:
    taken = Taken(resource, "test", f"moment {n}", START + timedelta(days=n), "own visit",
                  frames.sha256_of(body), len(body))  # fmt: skip
    return taken, lambda: body


def rows(n: int) -> bytes:
    head = f"id,name,{n}\n"
    return (head + "".join(f"{i},street {i * 7919 + n}\n" for i in range(90))).encode()


def test_every_original_comes_back_and_a_restore_reads_at_most_12_frames(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault")
    bodies = [rows(n) for n in range(150)]
    kept = vault.keep("r1", [an_offer(b, n) for n, b in enumerate(bodies)], kept_at=START)
    assert [vault.original(c) for c in kept] == bodies
    assert [v.number for v in vault.volumes("r1")] == [1, 2, 3]
    by_place = {(c.stored.volume, c.stored.position): c for c in kept}
    for capture in kept:
        depth, here = 1, capture
        while here.stored.reference is not None:
            here = by_place[here.stored.volume, here.stored.reference]
            depth += 1
        assert depth <= 12


def test_keeping_the_same_twice_adds_nothing(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault")
    offers = [an_offer(rows(n), n) for n in range(5)]
    vault.keep("r1", offers, kept_at=START)
    before = sorted(p for p in tmp_path.rglob("*"))
    assert vault.keep("r1", offers, kept_at=START + timedelta(days=9)) == []
    assert sorted(p for p in tmp_path.rglob("*")) == before


def test_bytes_that_are_held_take_no_frame_again(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault")
    bodies = [rows(1), rows(2), rows(1), b"", b"[]", rows(2), b""]
    kept = [
        c for n, b in enumerate(bodies) for c in vault.keep("r1", [an_offer(b, n)], kept_at=START)
    ]
    assert [c.stored.how == "same_as" for c in kept] == [
        False,
        False,
        True,
        False,
        False,
        True,
        True,
    ]
    assert [vault.original(c) for c in kept] == bodies


def test_an_independent_ocfl_implementation_finds_the_root_valid(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault")
    for n in range(4):
        vault.keep("../../etc/\x00 é", [an_offer(rows(n), n, "../../etc/\x00 é")], kept_at=START)
    vault.keep("r1", [an_offer(rows(n), n) for n in range(70)], kept_at=START)
    assert ocfl.StorageRoot(root=str(vault.root)).validate(log_warnings=True)
    good = [p.parent for p in vault.root.rglob("0=ocfl_object_1.1")]
    assert [ocfl.Object().validate(str(path))[0] for path in good] == [True] * 3


def test_a_frame_is_restored_with_zstd_alone(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault")
    bodies = [rows(n) for n in range(3)]
    kept = vault.keep("r1", [an_offer(b, n) for n, b in enumerate(bodies)], kept_at=START)
    files = next(iter(vault.volumes("r1"))).object.paths()
    out: dict[int | None, Path] = {}
    for capture in kept:
        stored = capture.stored
        frame = tmp_path / f"{stored.position}.zst"
        pack = files[stored.pack or ""].read_bytes()
        frame.write_bytes(pack[stored.offset : stored.offset + stored.length])
        out[stored.position] = tmp_path / f"{stored.position}.csv"
        command = ["zstd", "-q", "-d", "--long=31", str(frame), "-o", str(out[stored.position])]
        if stored.reference is not None:
            command.append(f"--patch-from={out[stored.reference]}")
        subprocess.run(command, check=True)
    assert [out[c.stored.position].read_bytes() for c in kept] == bodies


def test_a_changed_byte_in_a_frame_is_never_given_out(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault")
    (kept,) = vault.keep("r1", [an_offer(rows(1), 1)], kept_at=START)
    pack = next(tmp_path.rglob("frames.zst"))
    body = bytearray(pack.read_bytes())
    body[len(body) // 2] ^= 0xFF
    pack.write_bytes(body)
    with pytest.raises(DigestMismatch):
        Vault(vault.root).original(kept)


@settings(max_examples=25)
@given(bodies=st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([rows(1), rows(2)]))))
def test_restore_equals_original(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    vault = Vault.create(folder / "vault")
    for n, body in enumerate(bodies):
        vault.keep("r1", [an_offer(body, n)], kept_at=START)
    assert [Vault(vault.root).original(c) for c in vault.captures("r1")] == bodies
    shutil.rmtree(folder)


@given(text=st.text(), size=st.integers(0, 10**12))
def test_a_capture_line_reads_back_as_it_was(text: str, size: int) -> None:
    taken = Taken(
        "r", "s", text, START, "own visit", "ab", size, exchange={"status": 200, "x": text}
    )
    capture = Capture(
        taken.capture_id, taken, START, Stored("full", 1, 0, None, "0001/frames.zst", 0, 9)
    )
    assert list(from_lines(to_lines([capture, capture]))) == [capture, capture]


json_objects = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.lists(st.integers(), max_size=3),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict))


@given(evidences=st.lists(json_objects, max_size=6))
def test_lines_that_tell_only_what_changed_give_back_every_evidence(evidences: list[dict]) -> None:
    captures = []
    for n, evidence in enumerate(evidences):
        taken = Taken("r", "s", str(n), START, "own visit", "0" * 64, n, read=evidence)
        captures.append(Capture(str(n), taken, START, Stored("full", 1, n)))
    expected = [c.to_body() for c in captures]
    assert [c.to_body() for c in from_lines(to_lines(captures))] == expected

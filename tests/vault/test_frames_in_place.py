"""Frames that libzstd makes where the bytes are, against those of the module."""

from __future__ import annotations

import random

import pytest
from backports.zstd import ZstdError

from verticalfile.vault import frames, in_place
from verticalfile.vault.frames import Prefix

CHANCE = random.Random(7)
BEFORE = "".join(
    f"{n},{CHANCE.randrange(10**9)},street {n % 977},{CHANCE.random()}\n" for n in range(160_000)
).encode()
LINES = BEFORE.splitlines(keepends=True)
for place in range(50, len(LINES), 997):
    LINES[place] = b"edited," + LINES[place]
AFTER = b"".join(LINES[:90_000] + LINES[90_200:])


@pytest.fixture(params=["in place", "by the module"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    way: str = request.param
    if way == "by the module":
        monkeypatch.setattr(in_place, "library", lambda: None)
    else:
        assert in_place.library() is not None
    return way


def test_both_ways_make_the_same_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_place.library() is not None
    here = frames.pack(AFTER, Prefix(BEFORE))
    monkeypatch.setattr(in_place, "library", lambda: None)
    assert here == frames.pack(AFTER, Prefix(BEFORE))
    assert here.prefixed
    assert len(here.body) < len(AFTER) // 50


def test_a_patch_gives_back_its_original_and_no_other(way: str) -> None:
    patch = frames.pack(AFTER, Prefix(BEFORE)).body
    assert frames.decodes_to(patch, Prefix(BEFORE), AFTER)
    assert frames.unpack(patch, Prefix(BEFORE), len(AFTER)) == AFTER
    other = bytearray(AFTER)
    other[-2] ^= 1
    assert not frames.decodes_to(patch, Prefix(BEFORE), bytes(other))
    assert not frames.decodes_to(patch, Prefix(BEFORE), AFTER[:-1])
    assert not frames.decodes_to(patch, Prefix(BEFORE), AFTER + b"x")


def test_a_full_frame_gives_back_its_original(way: str) -> None:
    full = frames.pack(AFTER, None).body
    assert frames.decodes_to(full, None, AFTER)
    assert frames.unpack(full, None, len(AFTER)) == AFTER


def test_a_patch_with_another_prefix_or_damage_is_refused(way: str) -> None:
    patch = frames.pack(AFTER, Prefix(BEFORE)).body
    wrong = bytearray(BEFORE)
    wrong[len(wrong) // 3] ^= 1
    damaged = bytearray(patch)
    damaged[len(damaged) // 2] ^= 1
    for frame, prefix in (
        (patch, Prefix(bytes(wrong))),
        (bytes(damaged), Prefix(BEFORE)),
        (patch[:-9], Prefix(BEFORE)),
        (b"", Prefix(BEFORE)),
        (b"no frame at all", Prefix(BEFORE)),
    ):
        assert not frames.decodes_to(frame, prefix, AFTER)
        with pytest.raises(ZstdError):
            frames.unpack(frame, prefix, len(AFTER))


@pytest.mark.parametrize("more", [-1, 1])
def test_a_frame_of_another_size_is_refused(way: str, more: int) -> None:
    patch = frames.pack(AFTER, Prefix(BEFORE)).body
    with pytest.raises(ZstdError):
        frames.unpack(patch, Prefix(BEFORE), len(AFTER) + more)


def test_an_empty_original_beside_a_large_one_is_kept(way: str) -> None:
    empty = frames.pack(b"", Prefix(BEFORE))
    assert frames.decodes_to(empty.body, Prefix(BEFORE) if empty.prefixed else None, b"")
    assert not frames.unpack(empty.body, Prefix(BEFORE) if empty.prefixed else None, 0)

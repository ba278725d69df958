"""The versions block of an inventory (OCFL 1.1 sections 3.3 and 3.5.3), as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from verticalfile.vault.ocfl_validation.formats import (
    conflicts,
    has_bad_element,
    has_outer_slash,
    is_moment,
    is_uri,
)
from verticalfile.vault.ocfl_validation.inventory_text import JsonObject
from verticalfile.vault.ocfl_validation.verdict import DIGEST_CHARS, Note, shown

NAME = re.compile(r"v[0-9]+")
NUMBER_DIGITS = 18
"""Longer version numbers are no numbers that anybody counted to."""
KEYS = frozenset({"created", "state", "message", "user"})
USER_KEYS = frozenset({"name", "address"})


@dataclass(frozen=True, slots=True)
class Version:
    """One version as an inventory tells it: its block, and its state as far as it is sound."""

    block: JsonObject
    state: Mapping[str, str]  # logical path -> digest in lower case


def number_of(name: str) -> int | None:
    """The number in a version's name, None when the name is none."""
    if not NAME.fullmatch(name) or len(name) > NUMBER_DIGITS:
        return None
    return int(name[1:])


def judge_versions(
    block: object, digests: Mapping[str, str], note: Note, known: Mapping[str, Version]
) -> dict[str, Version]:
    """The sound versions of a block by number; all that is wrong is noted.

    `digests` are those of the manifest, as written; blocks equal to known ones were judged.
    """
    if block is None:
        note("E043", "has no block of versions")
        return {}
    if not isinstance(block, JsonObject):
        note("E045", "has a block of versions that is no JSON object")
        return {}
    if not block:
        note("E008", "has no version")
        return {}
    for name in block.repeated:
        note("E033", f"tells version {shown(name)} twice")
    names = {name: number for name in block if (number := _number(name, note))}
    ordered = sorted(names, key=lambda name: names[name])
    judge_sequence([names[name] for name in ordered], note)
    _judge_padding(ordered, note)
    versions = {}
    for name in ordered:
        told = block[name]
        if not isinstance(told, JsonObject):
            note("E047", f"tells version {name} by {shown(told)}")
            versions[name] = Version(JsonObject(), {})
            continue
        before = known.get(name)
        if before is not None and before.block == told:
            versions[name] = before
        else:
            versions[name] = Version(told, _judge_version(name, told, note))
        state = told.get("state")
        if isinstance(state, JsonObject) and not state.keys() <= digests.keys():
            for digest in sorted(state.keys() - digests.keys()):
                note(
                    "E050",
                    f"has {shown(digest, DIGEST_CHARS)} in the state of {name}, not in its manifest",
                )
    return versions


def _number(name: str, note: Note) -> int:
    number = number_of(name)
    if number is None:
        note("E104", f"names a version {shown(name)}")
    elif number == 0:
        note("E105", f"names a version {shown(name)}")
    return number or 0


def judge_sequence(numbers: Sequence[int], note: Note) -> None:
    """Version numbers, smallest first, begin at 1 and have no gap."""
    if numbers and numbers[0] != 1:
        note("E009", f"begins with version {numbers[0]}")
    for before, after in pairwise(numbers):
        if after > before + 1:
            note("E010", f"goes from version {before} to {after}")


def _judge_padding(names: Sequence[str], note: Note) -> None:
    """Version names, in the order of their numbers, are written in the way of the first."""
    padded = bool(names) and names[0].startswith("v0")
    if padded:
        note("W001", f"pads the numbers of versions: {names[0]}")
    for name in names:
        if padded and not name.startswith("v0"):
            note("E011", f"pads {names[0]} and not {name}")
        elif name.startswith("v0") != padded or (padded and len(name) != len(names[0])):
            note("E012", f"pads {names[0]} and {name} in different ways")
        else:
            continue
        note("E013", f"names {name} in another way than {names[0]}")


def _judge_version(name: str, block: JsonObject, note: Note) -> dict[str, str]:
    def here(code: str, detail: str) -> None:
        note(code, f"tells version {name} {detail}")

    for key in block.repeated:
        here("E033", f"with the key {shown(key)} twice")
    for key in sorted(block.keys() - KEYS):
        here("E102", f"with the key {shown(key)}, which OCFL does not know")
    created = block.get("created")
    if "created" not in block:
        here("E048", "without created")
    elif not isinstance(created, str) or not is_moment(created):
        here("E049", f"as created {shown(created)}")
    if "message" not in block:
        here("W007", "without a message")
    elif not isinstance(block["message"], str):
        here("E094", f"with the message {shown(block['message'])}")
    if "user" not in block:
        here("W007", "without a user")
    else:
        _judge_user(block["user"], here)
    if "state" not in block:
        here("E048", "without a state")
        return {}
    return _judge_state(block["state"], here)


def _judge_user(user: object, here: Note) -> None:
    if not isinstance(user, JsonObject):
        here("E054", f"with the user {shown(user)}")
        return
    for key in sorted(user.keys() - USER_KEYS):
        here("E102", f"with the key {shown(key)} of its user, which OCFL does not know")
    name, address = user.get("name"), user.get("address")
    if not isinstance(name, str) or not name:
        here("E054", "with a user who has no name")
    if "address" not in user:
        here("W008", "with a user who has no address")
    elif not isinstance(address, str):
        here("E054", f"with the user's address {shown(address)}")
    elif not is_uri(address):
        here("W009", f"with the user's address {shown(address)}, which is no URI")


def _judge_state(state: object, here: Note) -> dict[str, str]:
    if not isinstance(state, JsonObject):
        here("E050", f"with the state {shown(state)}")
        return {}
    for digest in state.repeated:
        here("E050", f"with the digest {shown(digest, DIGEST_CHARS)} twice in its state")
    listed: list[tuple[str, str]] = []
    for digest, paths in state.items():
        if not isinstance(paths, list):
            here("E050", f"with {shown(paths)} where a list of logical paths belongs")
            continue
        for path in paths:
            if isinstance(path, str):
                listed.append((path, digest.lower()))
            else:
                here("E050", f"with {shown(path)} where a logical path belongs")
    for path, _ in listed:
        if has_outer_slash(path):
            here("E053", f"with {shown(path)}, which begins or ends with a slash")
        if has_bad_element(path):
            here("E052", f"with {shown(path)}, an element of which is empty, . or ..")
    for path, other in conflicts([path for path, _ in listed]):
        here("E095", f"with {shown(path)} " + ("twice" if path == other else f"and {shown(other)}"))
    return dict(listed)

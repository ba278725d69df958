"""What one inventory says, judged by itself (OCFL 1.1 section 3.5), as a pure function.

Nothing in it is believed here: the manifest may name files that are not there, and states may
differ from those of other inventories. What could not be understood is left out of the reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verticalfile.kernel.errors import trouble_of_json
from verticalfile.vault.ocfl_validation.digests import (
    CONTENT_ALGORITHMS,
    HASHES,
    KNOWN_BY_NAME,
    form_code,
    has_form,
)
from verticalfile.vault.ocfl_validation.formats import (
    conflicts,
    has_bad_element,
    has_outer_slash,
    is_uri,
)
from verticalfile.vault.ocfl_validation.inventory_text import JsonObject, parse
from verticalfile.vault.ocfl_validation.verdict import DIGEST_CHARS, Note, shown
from verticalfile.vault.ocfl_validation.version_rules import Version, judge_versions

TYPE = re.compile(r"https://ocfl\.io/(1\.[01])/spec/#inventory")
KEYS = frozenset(
    {
        "id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity",
    }
)  # fmt: skip
CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an inventory says, as far as it could be understood; "" and {} for what could not."""

    object_id: str
    spec: str
    algorithm: str
    highest: str  # name of its highest version, which its head ought to be
    content_folder: str
    names_content_folder: bool
    manifest: Mapping[str, str]  # content path -> digest in lower case
    versions: Mapping[str, Version]  # in the order of their numbers
    fixity: tuple[tuple[str, str, str], ...]  # algorithm, content path, digest in lower case


def judge_inventory(
    body: bytes, note: Note, known: Mapping[str, Version] | None = None
) -> Reading | None:
    """Read an inventory and note all that is wrong with it; None when it is no inventory at all.

    `known` are versions of an inventory that was judged: an equal block is not judged again.
    """
    try:
        found = parse(body)
    except ValueError as error:
        note("E033", f"is not JSON: {shown(trouble_of_json(error))}")
        return None
    if not isinstance(found, JsonObject):
        note("E033", "is not a JSON object")
        return None
    for name in found.repeated:
        note("E033", f"has the key {shown(name)} twice")
    for name in sorted(found.keys() - KEYS):
        note("E102", f"has the key {shown(name)}, which OCFL does not know")
    algorithm = _algorithm(found, note)
    folder = _content_folder(found, note)
    manifest, digests = _manifest(found, algorithm, note)
    versions = judge_versions(found.get("versions"), digests, note, known or {})
    spec = _spec(found, note)
    _content_paths(manifest, versions, folder, note)
    if spec != "1.0" and versions:  # a rule of 1.1
        used = {digest for version in versions.values() for digest in version.state.values()}
        for digest in sorted(set(digests.values()) - used):
            note(
                "E107",
                f"has the digest {shown(digest, DIGEST_CHARS)} in its manifest and in no state",
            )
    highest = next(reversed(list(versions)), "")
    _judge_head(found, highest, note)
    return Reading(
        object_id=_id(found, note),
        spec=spec,
        algorithm=algorithm,
        highest=highest,
        content_folder=folder,
        names_content_folder="contentDirectory" in found,
        manifest=manifest,
        versions=versions,
        fixity=_fixity(found, manifest, note),
    )


def _id(found: JsonObject, note: Note) -> str:
    if "id" not in found:
        note("E036", "has no id")
        return ""
    value = found["id"]
    if not isinstance(value, str) or not value:
        note("E037", f"has the id {shown(value)}, which is no text")
        return ""
    if not is_uri(value):
        note("W005", f"has the id {shown(value)}, which is no URI")
    return value


def _spec(found: JsonObject, note: Note) -> str:
    if "type" not in found:
        note("E036", "has no type")
        return ""
    value = found["type"]
    known = TYPE.fullmatch(value) if isinstance(value, str) else None
    if known is None:
        note("E038", f"has the type {shown(value)}")
        return ""
    return known[1]


def _algorithm(found: JsonObject, note: Note) -> str:
    if "digestAlgorithm" not in found:
        note("E036", "has no digestAlgorithm")
        return ""
    value = found["digestAlgorithm"]
    if not isinstance(value, str) or value not in CONTENT_ALGORITHMS:
        note("E025", f"addresses content by {shown(value)}")
        return ""
    if value != "sha512":
        note("W004", f"addresses content by {value}")
    return value


def _judge_head(found: JsonObject, highest: str, note: Note) -> None:
    if "head" not in found:
        note("E036", "has no head")
    elif not isinstance(found["head"], str) or (highest and found["head"] != highest):
        note("E040", f"has the head {shown(found['head'])}, its newest version is {highest}")


def _content_folder(found: JsonObject, note: Note) -> str:
    value = found.get("contentDirectory", CONTENT)
    if not isinstance(value, str) or not value or "/" in value:
        note("E017", f"names the content folder {shown(value)}")
    elif value in (".", ".."):
        note("E018", f"names the content folder {shown(value)}")
    else:
        return value
    return CONTENT


def _manifest(
    found: JsonObject, algorithm: str, note: Note
) -> tuple[dict[str, str], dict[str, str]]:
    """`{content path: digest}` and `{digest as written: digest}`."""
    if "manifest" not in found:
        note("E041", "has no manifest")
        return {}, {}
    block = found["manifest"]
    if not isinstance(block, JsonObject):
        note("E106", "has a manifest that is no JSON object")
        return {}, {}
    digests: dict[str, str] = {}
    for digest in block:
        if algorithm and not has_form(digest, algorithm):
            note(
                form_code(algorithm),
                f"has {shown(digest, DIGEST_CHARS)} for a digest in its manifest",
            )
        digests[digest] = digest.lower()
    for digest in _twice(block):
        note("E096", f"has the digest {shown(digest, DIGEST_CHARS)} twice in its manifest")
    listed = [(path, digests[digest]) for digest in block for path in _paths(block[digest], "E092", note)]  # fmt: skip
    for path, other in conflicts([path for path, _ in listed]):
        what = "twice" if path == other else f"and {shown(other)}"
        note("E101", f"lists {shown(path)} {what}")
    return {path: digest for path, digest in listed if _is_content_path(path, note)}, digests


def _twice(block: JsonObject) -> list[str]:
    """Digests that stand more than once in a block, whatever their case."""
    seen: set[str] = set()
    twice = list(block.repeated)
    for digest in block:
        if digest.lower() in seen:
            twice.append(digest)
        seen.add(digest.lower())
    return twice


def _paths(value: object, code: str, note: Note) -> list[str]:
    """The texts of a list of content paths."""
    if not isinstance(value, list) or not value:
        note(code, f"has {shown(value)} where a list of content paths belongs")
        return []
    for path in value:
        if not isinstance(path, str):
            note(code, f"has {shown(path)} where a content path belongs")
    return [path for path in value if isinstance(path, str)]


def _is_content_path(path: str, note: Note) -> bool:
    outer, inner = has_outer_slash(path), has_bad_element(path)
    if outer:
        note("E100", f"lists {shown(path)}, which begins or ends with a slash")
    if inner:
        note("E099", f"lists {shown(path)}, an element of which is empty, . or ..")
    return not outer and not inner


def _content_paths(
    manifest: Mapping[str, str], versions: Mapping[str, Version], folder: str, note: Note
) -> None:
    """Each content path begins with a version and its content folder."""
    for path in manifest:
        version, _, rest = path.partition("/")
        if versions and version not in versions:
            note("E042", f"lists {shown(path)}, which is in no version of it")
        elif not rest.startswith(f"{folder}/"):
            note("E016", f"lists {shown(path)}, which is in no folder {shown(folder)}")


def _fixity(
    found: JsonObject, manifest: Mapping[str, str], note: Note
) -> tuple[tuple[str, str, str], ...]:
    if "fixity" not in found:
        return ()
    block = found["fixity"]
    if not isinstance(block, JsonObject):
        note("E111", "has a fixity block that is no JSON object")
        return ()
    told: list[tuple[str, str, str]] = []
    for algorithm, digests in block.items():
        if algorithm in KNOWN_BY_NAME:
            note("X003", f"has fixity by {algorithm}, which is not computed here")
        elif algorithm not in HASHES:
            note("E056", f"has fixity by {shown(algorithm)}, which OCFL does not know")
        elif not isinstance(digests, JsonObject):
            note("E057", f"has fixity by {algorithm} that is no JSON object")
        else:
            told += _fixity_of(algorithm, digests, manifest, note)
    return tuple(told)


def _fixity_of(
    algorithm: str, digests: JsonObject, manifest: Mapping[str, str], note: Note
) -> list[tuple[str, str, str]]:
    told = []
    for digest in _twice(digests):
        note(
            "E097",
            f"has the digest {shown(digest, DIGEST_CHARS)} twice in its fixity by {algorithm}",
        )
    for digest, value in digests.items():
        if not has_form(digest, algorithm):
            note(
                form_code(algorithm),
                f"has {shown(digest, DIGEST_CHARS)} for a digest by {algorithm}",
            )
            continue
        for path in _paths(value, "E057", note):
            if not _is_content_path(path, note):
                continue
            if path not in manifest:
                note("E057", f"has fixity of {shown(path)}, which its manifest does not list")
            told.append((algorithm, path, digest.lower()))
    return told

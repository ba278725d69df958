"""The public OCFL fixtures (1.0 and 1.1), each judged by our own validator. See DIFFERENCES.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import ocfl
import pytest

from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.ocfl_object import OcflObject
from verticalfile.vault.ocfl_validation import validate_object

START = datetime(2021, 1, 1, tzinfo=UTC)


def objects(folder: Path, kind: str) -> Iterator[tuple[str, Path]]:
    """Version of OCFL and folder of each fixture of a kind."""
    for spec in ("1.0", "1.1"):
        for path in sorted((folder / spec / kind).iterdir()):
            if path.is_dir():
                yield spec, path


def codes_named(path: Path) -> set[str]:
    """The codes with which a fixture's name begins: `E003_E063_empty`."""
    return set(re.findall(r"[EW]\d{3}", path.name))


def test_good_objects_are_valid_and_nothing_is_said_of_them(suite):
    judged = 0
    for spec, path in objects(suite("ocfl-fixtures"), "good-objects"):
        verdict = validate_object(path)
        assert verdict.breaches == (), path.name
        assert verdict.valid
        assert verdict.spec == spec, path.name
        judged += 1
    assert judged == 22


def test_warn_objects_are_valid_with_exactly_the_warnings_of_their_names(suite):
    judged = 0
    for spec, path in objects(suite("ocfl-fixtures"), "warn-objects"):
        verdict = validate_object(path)
        assert verdict.valid, path.name
        assert {breach.code for breach in verdict.breaches} == codes_named(path), path.name
        assert verdict.spec == spec, path.name
        judged += 1
    assert judged == 27


def test_bad_objects_are_refused_with_every_code_of_their_names(suite):
    judged = 0
    for _, path in objects(suite("ocfl-fixtures"), "bad-objects"):
        verdict = validate_object(path)
        assert not verdict.valid, path.name
        assert codes_named(path) <= {breach.code for breach in verdict.errors}, path.name
        judged += 1
    assert judged == 107


def test_a_folder_that_is_truly_empty_is_refused_as_its_fixture_says(suite, tmp_path):
    """Git keeps no empty folders, so the fixture holds a file that the name does not mean."""
    for _, path in objects(suite("ocfl-fixtures"), "bad-objects"):
        if path.name == "E003_E063_empty":
            (tmp_path / "empty").mkdir(exist_ok=True)
            codes = {breach.code for breach in validate_object(tmp_path / "empty").errors}
            assert codes == {"E003", "E063", "E008"}


@pytest.mark.filterwarnings("ignore")
def test_objects_made_of_the_content_sets_are_valid_and_give_the_content_back(suite, tmp_path):
    judged = 0
    for spec, path in objects(suite("ocfl-fixtures"), "content"):
        made = OcflObject(tmp_path / spec, path.name, LocalDisk())
        given: dict[str, bytes] = {}
        for version in sorted(path.glob("v?")):
            files = [p for p in sorted(version.rglob("*")) if p.is_file()]
            named = {p.relative_to(path).as_posix(): p.read_bytes() for p in files}
            made.add_version({n: [b] for n, b in named.items()}, created=START, message="test")
            given |= named
        assert given, path.name
        assert validate_object(made.root).valid, path.name
        assert ocfl.Object().validate(str(made.root))[0], path.name
        assert {n: made.read_checked(n) for n in made.paths()} == given, path.name
        judged += 1
    assert judged == 14  # and a README.md beside the seven of each version, which makes 16

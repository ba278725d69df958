"""What our validator says of storage roots, and that nothing in a folder makes it stumble."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.kernel import limits
from verticalfile.vault.inventory import object_path, to_uri
from verticalfile.vault.notes.journal import Event, Journal
from verticalfile.vault.ocfl_validation import validate_object, validate_root
from verticalfile.vault.ocfl_validation.extensions import HASH_AND_ID, HashAndIdLayout
from verticalfile.vault.ocfl_validation.formats import conflicts, is_moment, is_uri
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)
CONFIG = f"extensions/{HASH_AND_ID}/config.json"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault of one object, the journal of a month; copy it before harming it."""
    root = tmp_path_factory.mktemp("sound") / "vault"
    Vault.create(root)
    for n in range(2):
        Journal(root).append((), [Event("added", START, "test", str(n))], at=START)
    return root


@pytest.fixture
def harmed(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound vault."""
    return shutil.copytree(sound, tmp_path / "vault")


def object_of(root: Path) -> Path:
    return next(root.rglob("0=ocfl_object_1.1")).parent


def codes(root: Path) -> set[str]:
    return {breach.code for _, verdict in validate_root(root) for breach in verdict.breaches}


def write(place: str, text: str = "x") -> Callable[[Path], None]:
    def harm(root: Path) -> None:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)

    return harm


def on_object(harm: Callable[[Path], object]) -> Callable[[Path], None]:
    return lambda root: (harm(object_of(root)), None)[1]


def copied_within(path: Path) -> None:
    shutil.copytree(path, path.parent / "inner")
    shutil.move(path.parent / "inner", path / "deep" / "inner")


def layout(**changes: object) -> Callable[[Path], None]:
    return lambda root: write(CONFIG, json.dumps({"extensionName": HASH_AND_ID, **changes}))(root)


HARMS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "no declaration": (lambda r: (r / "0=ocfl_1.1").unlink(), {"E069"}),
    "two declarations": (write("0=ocfl_1.0", "ocfl_1.0\n"), {"E076"}),
    "a declaration of 3.0": (lambda r: (r / "0=ocfl_1.1").rename(r / "0=ocfl_3.0"), {"E079"}),
    "a declaration that begins with 2=": (lambda r: (r / "0=ocfl_1.1").rename(r / "2=ocfl_1.1"), {"E078"}),
    "a declaration that says nothing": (write("0=ocfl_1.1", ""), {"E080"}),
    "a root of 1.0": (lambda r: [(r / "0=ocfl_1.1").unlink(), write("0=ocfl_1.0", "ocfl_1.0\n")(r)], {"E081"}),
    "a file that OCFL does not know": (write("README.md"), set()),
    "a layout that is not JSON": (write("ocfl_layout.json", "{"), {"E070"}),
    "a layout that is a list": (write("ocfl_layout.json", "[]"), {"E070"}),
    "a layout without description": (write("ocfl_layout.json", json.dumps({"extension": HASH_AND_ID})), {"E070"}),
    "a layout of nobody": (write("ocfl_layout.json", '{"extension":"mine","description":""}'), {"E071"}),
    "a layout that is not known here": (write("ocfl_layout.json", '{"extension":"0006-flat-omit-prefix-storage-layout","description":""}'), {"X003"}),
    "no layout": (lambda r: (r / "ocfl_layout.json").unlink(), set()),
    "no parameters": (lambda r: shutil.rmtree(r / "extensions"), set()),
    "parameters that are not JSON": (write(CONFIG, "nothing"), {"E083"}),
    "parameters of another extension": (layout(extensionName="0004-hashed-n-tuple-storage-layout"), {"E083"}),
    "parameters of a wrong kind": (layout(tupleSize="3"), {"E083"}),
    "a truth for a number": (layout(tupleSize=True), {"E083"}),
    "an unknown digest": (layout(digestAlgorithm="sum"), {"E083"}),
    "tuples of nothing": (layout(tupleSize=0), {"E083"}),
    "more tuples than digest": (layout(tupleSize=32, numberOfTuples=32), {"E083"}),
    "tuples too large": (layout(tupleSize=33, numberOfTuples=1), {"E083"}),
    "another layout than objects have": (layout(tupleSize=2), {"E083"}),
    "a file among extensions": (write("extensions/x"), {"E112"}),
    "a file among extensions of 1.0": (lambda r: [(r / "0=ocfl_1.1").unlink(), write("0=ocfl_1.0", "ocfl_1.0\n")(r), write("extensions/x")(r)], {"E081", "E086"}),
    "an extension of nobody": (write("extensions/x/y"), {"W016"}),
    "a file in the hierarchy": (write("abc/def/x"), {"E072"}),
    "an empty folder in the hierarchy": (lambda r: (r / "abc/def").mkdir(parents=True), {"E073"}),
    "a link in the hierarchy": (lambda r: (r / "abc").symlink_to(r), {"E090"}),
    "a pipe in the hierarchy": (lambda r: os.mkfifo(r / "abc"), {"E089"}),
    "an object that lost its declaration": (on_object(lambda o: (o / "0=ocfl_object_1.1").unlink()), {"E003"}),
    "an object that lost its inventory": (on_object(lambda o: (o / "inventory.json").unlink()), {"E063", "E001"}),
    "an object that was emptied": (on_object(lambda o: [shutil.rmtree(o), o.mkdir()]), {"E073"}),
    "an object in another place": (on_object(lambda o: o.rename(o.with_name("journal"))), {"E083"}),
    "an object twice": (on_object(lambda o: shutil.copytree(o, o.parent / "twin")), {"E037", "E083"}),
    "an object within an object": (on_object(copied_within), {"E001", "E082"}),
    "an object at the top": (lambda r: shutil.copytree(object_of(r), r / "top"), {"E037", "E083", "W015"}),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_each_harm_to_a_storage_root_is_named_by_its_codes(harmed: Path, harm: str) -> None:
    damage, expected = HARMS[harm]
    damage(harmed)
    assert codes(harmed) == expected


def test_a_folder_that_is_no_storage_root_is_told_and_not_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    found = {name: codes(tmp_path / name) for name in ("file", "link", "nothing", "a\0b")}
    assert found == {"file": {"X001"}, "link": {"E090"}, "nothing": {"X001"}, "a\0b": {"X001"}}
    for name in found:
        assert {b.code for b in validate_object(tmp_path / name).breaches} == found[name]


@pytest.mark.parametrize(
    ("object_id", "parameters", "place"),
    [
        ("object-01", {}, "3c0/ff4/240/object-01"),
        ("..hor/rib:le-$id", {}, "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"),
        ("..Hor/rib:lè-$id", {}, "373/529/21a/%2e%2eHor%2frib%3al%c3%a8-%24id"),
        ("object-01", {"algorithm": "md5", "tuple_size": 2, "tuples": 15}, "ff/75/53/44/92/48/5e/ab/b3/9f/86/35/67/28/88/object-01"),
        ("object-01", {"tuple_size": 0, "tuples": 0}, "object-01"),
        ("abcdefghij" * 10 + "a", {}, "5cc/73e/648/" + "abcdefghij" * 10 + "-5cc73e648fbcff136510e330871180922ddacf193b68fdeff855683a01464220"),
    ],
)  # fmt: skip
def test_layout_0003_puts_ids_where_its_own_examples_do(object_id, parameters, place) -> None:
    assert HashAndIdLayout(**parameters).place(object_id) == place


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_the_writer_and_the_validator_agree_on_places(object_id: str) -> None:
    assert HashAndIdLayout().place(to_uri(object_id)) == object_path(object_id).as_posix()
    assert is_uri(to_uri(object_id))


paths = st.lists(st.text("a/.\0b", min_size=1, max_size=5), max_size=8)


@given(paths)
def test_paths_conflict_that_are_equal_or_folders_of_one_another(listed: list[str]) -> None:
    pairs = [
        (a, b)
        for n, a in enumerate(listed)
        for b in listed[n + 1 :]
        if a == b or a.startswith(b + "/") or b.startswith(a + "/")
    ]
    assert bool(pairs) == bool(list(conflicts(listed)))


@pytest.mark.parametrize("text", ["2020-02-29T23:59:60Z", "2020-01-01t00:00:00.123456789z", "0000-02-29T00:00:00-23:59"])  # fmt: skip
def test_moments_of_rfc_3339_are_moments(text: str) -> None:
    assert is_moment(text)


@pytest.mark.parametrize("text", ["2021-02-29T00:00:00Z", "2020-01-01", "2020-01-01T00:00Z", "2020-01-01T00:00:00", "2020-01-01 00:00:00Z", "2020-13-01T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:00:00+0100", "２020-01-01T00:00:00Z", "2020-01-01T00:00:00Z\n"])  # fmt: skip
def test_other_texts_are_no_moments(text: str) -> None:
    assert not is_moment(text)


@given(body=st.binary() | st.text().map(str.encode))
@settings(max_examples=60)
def test_any_bytes_for_an_inventory_are_judged(sound: Path, tmp_path_factory, body: bytes) -> None:
    root = tmp_path_factory.mktemp("any") / "object"
    shutil.copytree(object_of(sound), root)
    (root / "inventory.json").write_bytes(body)
    verdict = validate_object(root)
    assert not verdict.valid
    assert not verdict.sound


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["..", "v1/content/x", "\ud800", "0" * 128]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(value=values, pick=st.integers(min_value=0))
@settings(max_examples=200)
def test_any_value_anywhere_in_an_inventory_is_judged(
    sound: Path, tmp_path_factory, value: object, pick: int
) -> None:
    root = tmp_path_factory.mktemp("value") / "object"
    shutil.copytree(object_of(sound), root)
    found = json.loads((root / "inventory.json").read_text())
    places: list[tuple[object, object]] = []
    waiting: list[object] = [found]
    while waiting:
        here = waiting.pop()
        keys = here.keys() if isinstance(here, dict) else range(len(here))
        for key in list(keys):
            places.append((here, key))
            if isinstance(here[key], dict | list):
                waiting.append(here[key])
    here, key = places[pick % len(places)]
    here[key] = value
    (root / "inventory.json").write_text(json.dumps(found))
    verdict = validate_object(root)
    assert not verdict.valid  # its digest file does not agree, if nothing else
    assert all(breach.detail.isprintable() for breach in verdict.breaches)


def test_names_that_are_no_text_and_folders_too_deep_are_told_and_not_raised(harmed: Path) -> None:
    root = object_of(harmed)
    (root / "v1" / "content" / os.fsdecode(b"\xff\n")).write_text("x")
    assert {b.code for b in validate_object(root).breaches} == {"E023"}
    handle = os.open(root / "v1" / "content", os.O_RDONLY)
    for _ in range(30):  # no path names the last ones
        os.mkdir("d" * 200, dir_fd=handle)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    assert {b.code for b in validate_object(root).breaches} == {"E023", "X001"}
    subprocess.run(["rm", "-rf", str(harmed)], check=True)  # shutil cannot name them either


def test_findings_are_listed_up_to_a_limit_and_counted_beyond(harmed: Path) -> None:
    root = object_of(harmed)
    for n in range(limits.OCFL_BREACHES + 7):
        (root / f"stray {n}").touch()
    found = validate_object(root).breaches
    assert len(found) == limits.OCFL_BREACHES + 1
    assert (found[-1].code, found[-1].detail) == ("X002", "has 7 findings more than are listed")


COUNT_OPENS = """
import collections, sys
from pathlib import Path
from verticalfile.vault.ocfl_validation import validate_object
opened = collections.Counter()
def hook(name, facts):
    if name == "open" and "/content/" in str(facts[0]):
        opened[facts[0]] += 1
sys.addaudithook(hook)
assert validate_object(Path(sys.argv[1])).valid
print(sorted(opened.values()))
"""


def test_each_content_file_is_read_once_whatever_digests_are_asked(suite) -> None:
    """Of the fixture with fixity by all algorithms and of one with two algorithms of manifests."""
    for place, files in (
        ("good-objects/ocfl_object_all_fixity_digests", 1),
        ("warn-objects/W004_versions_diff_digests", 2),
    ):
        done = subprocess.run(
            [sys.executable, "-c", COUNT_OPENS, str(suite("ocfl-fixtures") / "1.1" / place)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert json.loads(done.stdout) == [1] * files


def test_nothing_is_written_and_no_link_is_followed(harmed: Path, tmp_path: Path) -> None:
    root = object_of(harmed)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "inventory.json").write_text("{}")
    chance = random.Random(5)
    for path in chance.sample(sorted(root.rglob("*")), 4):
        if path.exists():
            path.rename(path.with_name(path.name + "-moved"))
            path.symlink_to(secret)
    before = {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*")}
    assert "E090" in codes(harmed)
    assert {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*")} == before

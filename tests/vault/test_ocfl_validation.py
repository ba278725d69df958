"""What our validator says of our own vault, whole and damaged in one place at a time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ocfl
import pytest

from verticalfile.vault.capture import Taken
from verticalfile.vault.destroy import destroy
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.notes.journal import Event, Journal
from verticalfile.vault.ocfl_object import OcflObject
from verticalfile.vault.ocfl_validation import (
    CODES,
    NOT_JUDGED,
    Depth,
    validate_object,
    validate_root,
)
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)
Inventory = dict[str, Any]


def a_vault(root: Path, captures: int, at_once: int = 9) -> Vault:
    vault = Vault.create(root)
    offers = []
    for n in range(captures):
        body = f"id,name\n{n},{'x' * 40}\n".encode()
        at = START + timedelta(days=n)
        taken = Taken("r", "s", str(n), at, "own visit", sha256_of(body), len(body))
        offers.append((taken, lambda body=body: body))
    for n in range(0, captures, at_once):
        vault.keep("r", offers[n : n + at_once], kept_at=START)
    for n in range(3):
        Journal(root).append((), [Event("added", START, "test", str(n))], at=START)
    return vault


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault of one volume in two OCFL versions and a journal; copy it before harming it."""
    root = tmp_path_factory.mktemp("sound") / "vault"
    a_vault(root, captures=2, at_once=1)
    return root


@pytest.fixture
def harmed(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound vault."""
    return shutil.copytree(sound, tmp_path / "vault")


def volume_of(root: Path) -> Path:
    return next(p.parent for p in root.rglob("0=ocfl_object_1.1") if (p.parent / "v2/content/0002/frames.zst").exists())  # fmt: skip


def said(root: Path) -> dict[str, list[str]]:
    """Codes by place of all that is said of a storage root."""
    return {p: [b.code for b in v.breaches] for p, v in validate_root(root) if v.breaches}


def assert_nobody_objects(root: Path) -> int:
    """Neither judge has an error or a warning; returns the number of objects."""
    assert said(root) == {}
    objects = [p.parent for p in root.rglob("0=ocfl_object_1.1")]
    for path in objects:
        passed, judge = ocfl.Object().validate(str(path))
        assert passed
        assert judge.log.num_warnings == 0, judge.log.messages
    assert ocfl.StorageRoot(root=str(root)).validate(log_warnings=True)
    return len(objects)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("captures", [0, 1, 3, 70])
def test_our_writer_makes_what_both_judges_find_without_fault(
    tmp_path: Path, captures: int
) -> None:
    vault = a_vault(tmp_path / "vault", captures)
    volumes = len(list(vault.volumes("r")))
    assert assert_nobody_objects(vault.root) == volumes + 1
    assert volumes == (captures + 63) // 64


@pytest.mark.filterwarnings("ignore")
def test_nobody_objects_after_a_destruction(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "vault", 70)
    gone = {vault.captures("r")[n].taken.sha256 for n in (0, 40, 69)}
    assert len(destroy(vault, "r", gone, at=START)) == 3
    assert assert_nobody_objects(vault.root) == 3


@pytest.mark.filterwarnings("ignore")
def test_a_name_of_any_characters_becomes_a_uri_and_comes_back(tmp_path: Path) -> None:
    for name in ("../../etc/\x00 é/0001", "%2f/1", "a" * 300 + "/1", "vf:r/1", "🗺/1"):
        made = OcflObject(tmp_path, name, LocalDisk())
        made.add_version({"0001/a.txt": [b"a"]}, created=START, message="test")
        assert OcflObject(tmp_path, name, LocalDisk()).inventory.object_id == name
        assert validate_object(made.root).breaches == ()
        assert ocfl.Object().validate(str(made.root))[1].log.num_warnings == 0


def in_inventory(change: Callable[[Inventory], object], *, newest: bool = True) -> Callable[[Path], None]:  # fmt: skip
    """Harm that changes an inventory and signs it again: the newest with its copy, or v1's."""

    def harm(root: Path) -> None:
        path = (root if newest else root / "v1") / "inventory.json"
        found = json.loads(path.read_text())
        change(found)
        for folder in (root, root / "v2") if newest else (root / "v1",):
            sign(folder, json.dumps(found).encode())

    return harm


def sign(folder: Path, body: bytes) -> None:
    (folder / "inventory.json").write_bytes(body)
    digest = hashlib.sha512(body).hexdigest()
    (folder / "inventory.json.sha512").write_text(f"{digest} inventory.json\n")


def at(place: str, harm: Callable[[Path], object]) -> Callable[[Path], None]:
    return lambda root: (harm(root / place), None)[1]


def add_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def flip(path: Path) -> None:
    path.write_bytes(bytes(b ^ 0xFF for b in path.read_bytes()[:1]) + path.read_bytes()[1:])


def in_text(old: str, new: str) -> Callable[[Path], None]:
    """Harm that changes the text of the newest inventory, to its end where `new` closes it."""

    def harm(root: Path) -> None:
        text = (root / "inventory.json").read_text()
        before, _, after = text.partition(old)
        for folder in (root, root / "v2"):
            sign(folder, (new if new == "[]" else before + new + after).encode("utf-8"))

    return harm


def with_sha256(root: Path) -> None:
    """The inventory of v1 as a program would have written it that addresses by sha256."""
    found = json.loads((root / "v1/inventory.json").read_text())
    found["digestAlgorithm"] = "sha256"
    now = {
        digest: hashlib.sha256((root / paths[0]).read_bytes()).hexdigest()
        for digest, paths in found["manifest"].items()
    }
    for block in (found, *found["versions"].values()):
        key = "manifest" if "manifest" in block else "state"
        block[key] = {now[digest]: paths for digest, paths in block[key].items()}
    body = json.dumps(found).encode()
    (root / "v1/inventory.json").write_bytes(body)
    (root / "v1/inventory.json.sha512").unlink()
    digest = hashlib.sha256(body).hexdigest()
    (root / "v1/inventory.json.sha256").write_text(f"{digest}\t inventory.json")


def padded(root: Path) -> None:
    """v1 becomes v01, and v2 does not follow."""
    (root / "v1").rename(root / "v01")
    for folder in (root, root / "v01", root / "v2"):
        text = (folder / "inventory.json").read_text()
        sign(folder, text.replace('"v1', '"v01').encode())


def first(block: dict[str, list[str]]) -> str:
    return next(iter(block))


def swap_digest(block: dict[str, Any]) -> None:
    old = first(block)
    block["f" * 128] = block.pop(old)


FRAMES = "v2/content/0002/frames.zst"
HARMS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "no declaration": (at("0=ocfl_object_1.1", Path.unlink), {"E003"}),
    "two declarations": (at("0=ocfl_object_1.0", lambda p: p.write_text("ocfl_object_1.0\n")), {"E003"}),
    "a declaration of 2.0": (at("0=ocfl_object_2.0", add_file), {"E003", "E006"}),
    "a declaration that begins with 1=": (at("1=ocfl_object_1.1", lambda p: p.write_text("ocfl_object_1.1\n")), {"E003", "E005"}),
    "a declaration without line feed": (at("0=ocfl_object_1.1", lambda p: p.write_text("ocfl_object_1.1")), {"E007"}),
    "a declaration of 1.0": (at("0=ocfl_object_1.1", lambda p: p.rename(p.with_name("0=ocfl_object_1.0")).write_text("ocfl_object_1.0\n")), {"E038"}),
    "a stray file": (at("notes.txt", add_file), {"E001"}),
    "a stray folder": (at("old/notes.txt", add_file), {"E001"}),
    "a leftover of a write": (at("inventory.json.part", add_file), {"E001"}),
    "a stray file in a version": (at("v1/notes.txt", add_file), {"E015"}),
    "a stray folder in a version": (at("v1/other/notes.txt", add_file), {"W002"}),
    "a stray file in the content": (at("v1/content/0001/x", add_file), {"E023"}),
    "an empty folder in the content": (at("v1/content/0009", Path.mkdir), {"E024"}),
    "a file among extensions": (at("extensions/x", add_file), {"E067"}),
    "an unknown extension": (at("extensions/x/y", add_file), {"W013"}),
    "a log": (at("logs/anything", add_file), set()),
    "no root inventory": (at("inventory.json", Path.unlink), {"E063", "E001"}),
    "no root digest file": (at("inventory.json.sha512", Path.unlink), {"E058"}),
    "a digest file of md5": (at("inventory.json.sha512", lambda p: p.rename(p.with_suffix(".md5"))), {"E001", "E058", "E059"}),
    "an empty digest file": (at("inventory.json.sha512", lambda p: p.write_text("")), {"E061"}),
    "another digest": (at("inventory.json.sha512", lambda p: p.write_text("0" * 128 + " inventory.json\n")), {"E060"}),
    "a changed inventory": (at("inventory.json", lambda p: p.write_bytes(p.read_bytes() + b" ")), {"E060", "E064"}),
    "a cut inventory": (at("inventory.json", lambda p: p.write_bytes(p.read_bytes()[:-9])), {"E033", "E060", "E064"}),
    "no inventory of a version": (at("v1/inventory.json", Path.unlink), {"W010", "E015"}),
    "a changed inventory of a version": (at("v1/inventory.json.sha512", flip), {"E060"}),
    "a version that is gone": (at("v1", shutil.rmtree), {"E009", "E046", "E092"}),
    "a version too many": (at("v3/x", add_file), {"E046", "W010", "E015"}),
    "a version that leaves a gap": (at("v5", Path.mkdir), {"E046", "E010", "W010"}),
    "a version that is a file": (at("v3", add_file), {"E001"}),
    "content that is gone": (at(FRAMES, Path.unlink), {"E092"}),
    "content that changed": (at(FRAMES, flip), {"E092"}),
    "content that is a link": (at(FRAMES, link), {"E090", "E092"}),
    "content that is a pipe": (at(FRAMES, pipe), {"E089", "E092"}),
    "an inventory that is a pipe": (at("inventory.json", pipe), {"E063", "E089", "E001"}),
    "a version that is a link": (at("v1", lambda p: p.rename(p.parents[4] / "aside").parent and p.symlink_to(p.parents[4] / "aside")), {"E090", "E009", "E046", "E092"}),
    "a hard link": (at("v1/content/0001/x", lambda p: os.link(p.with_name("frames.zst"), p)), {"E090", "E023"}),
    "no id": (in_inventory(lambda i: i.pop("id")), {"E036"}),
    "a number for an id": (in_inventory(lambda i: i.update(id=7)), {"E037"}),
    "an id that is no URI": (in_inventory(lambda i: i.update(id="r 1")), {"W005", "E037", "E110"}),
    "another id": (in_inventory(lambda i: i.update(id="vf:r/0002"), newest=False), {"E037", "E110"}),
    "no type": (in_inventory(lambda i: i.pop("type")), {"E036"}),
    "an unknown type": (in_inventory(lambda i: i.update(type="inventory")), {"E038"}),
    "a later type before": (in_inventory(lambda i: i.update(type="https://ocfl.io/1.0/spec/#inventory")), {"E038", "E103"}),
    "no algorithm": (in_inventory(lambda i: i.pop("digestAlgorithm")), {"E036"}),
    "an algorithm not allowed": (in_inventory(lambda i: i.update(digestAlgorithm="md5")), {"E025"}),
    "no head": (in_inventory(lambda i: i.pop("head")), {"E036"}),
    "another head": (in_inventory(lambda i: i.update(head="v1")), {"E040"}),
    "an unknown key": (in_inventory(lambda i: i.update(note="x")), {"E102"}),
    "a content folder with a slash": (in_inventory(lambda i: i.update(contentDirectory="a/b")), {"E017", "E019"}),
    "a content folder ..": (in_inventory(lambda i: i.update(contentDirectory="..")), {"E018", "E019"}),
    "a content folder in the newest only": (in_inventory(lambda i: i.update(contentDirectory="content")), {"E019"}),
    "no manifest": (in_inventory(lambda i: i.pop("manifest")), {"E041", "E050", "E023"}),
    "a manifest that is a list": (in_inventory(lambda i: i.update(manifest=[])), {"E106", "E050", "E023"}),
    "a digest too short": (in_inventory(lambda i: i["manifest"].update({"ab": ["v1/content/x"]})), {"E031", "E092", "E107"}),
    "a digest of another file": (in_inventory(lambda i: swap_digest(i["manifest"])), {"E050", "E092", "E107"}),
    "a digest for nothing": (in_inventory(lambda i: i["manifest"].update({"0" * 128: []})), {"E092", "E107"}),
    "a path outwards": (in_inventory(lambda i: i["manifest"][first(i["manifest"])].append("v1/content/../../../x")), {"E099"}),
    "an absolute path": (in_inventory(lambda i: i["manifest"][first(i["manifest"])].append("/etc/passwd")), {"E100"}),
    "a path in no version": (in_inventory(lambda i: i["manifest"][first(i["manifest"])].append("v7/content/x")), {"E042"}),
    "a path beside the content": (in_inventory(lambda i: i["manifest"][first(i["manifest"])].append("v1/x")), {"E016"}),
    "a path twice": (in_inventory(lambda i: i["manifest"][first(i["manifest"])].append(i["manifest"][first(i["manifest"])][0])), {"E101"}),
    "no versions": (in_inventory(lambda i: i.pop("versions")), {"E043"}),
    "versions in a list": (in_inventory(lambda i: i.update(versions=[])), {"E045"}),
    "an empty block of versions": (in_inventory(lambda i: i.update(versions={})), {"E008"}),
    "a version that is a text": (in_inventory(lambda i: i["versions"].update(v1="x")), {"E047", "E066", "E107", "W011"}),
    "a padded version": (in_inventory(lambda i: i["versions"].update(v02=i["versions"].pop("v2"))), {"E012", "E013", "E040", "E042", "E046"}),
    "a version without date": (in_inventory(lambda i: i["versions"]["v2"].pop("created")), {"E048"}),
    "a date without zone": (in_inventory(lambda i: i["versions"]["v2"].update(created="2021-01-01T00:00:00")), {"E049"}),
    "the 30th of February": (in_inventory(lambda i: i["versions"]["v2"].update(created="2021-02-30T00:00:00Z")), {"E049"}),
    "a version without state": (in_inventory(lambda i: i["versions"]["v2"].pop("state")), {"E048", "E107"}),
    "a state not in the manifest": (in_inventory(lambda i: i["versions"]["v2"]["state"].update({"0" * 128: ["x"]})), {"E050"}),
    "a logical path outwards": (in_inventory(lambda i: i["versions"]["v2"]["state"][first(i["versions"]["v2"]["state"])].append("../x")), {"E052"}),
    "an absolute logical path": (in_inventory(lambda i: i["versions"]["v2"]["state"][first(i["versions"]["v2"]["state"])].append("/x")), {"E053"}),
    "a logical path that is a folder": (in_inventory(lambda i: i["versions"]["v2"]["state"][first(i["versions"]["v2"]["state"])].append("0002")), {"E095"}),
    "a user without name": (in_inventory(lambda i: i["versions"]["v2"]["user"].pop("name")), {"E054"}),
    "a user without address": (in_inventory(lambda i: i["versions"]["v2"]["user"].pop("address")), {"W008"}),
    "no message": (in_inventory(lambda i: i["versions"]["v2"].pop("message")), {"W007"}),
    "a message that is a number": (in_inventory(lambda i: i["versions"]["v2"].update(message=1)), {"E094"}),
    "another message": (in_inventory(lambda i: i["versions"]["v1"].update(message="other"), newest=False), {"W011"}),
    "another history": (in_inventory(lambda i: i["versions"]["v1"]["state"][first(i["versions"]["v1"]["state"])].append("x"), newest=False), {"E066"}),
    "a file not told of before": (in_inventory(lambda i: (i["manifest"].pop(first(i["manifest"])), None), newest=False), {"E023", "E050"}),
    "fixity that is a list": (in_inventory(lambda i: i.update(fixity=[])), {"E111"}),
    "fixity by something": (in_inventory(lambda i: i.update(fixity={"sum": {}})), {"E056"}),
    "fixity that is wrong": (in_inventory(lambda i: i.update(fixity={"md5": {"0" * 32: [FRAMES]}})), {"E093"}),
    "fixity of a wrong form": (in_inventory(lambda i: i.update(fixity={"sha1": {"0": [FRAMES]}})), {"E029"}),
    "fixity of nothing": (in_inventory(lambda i: i.update(fixity={"md5": {"0" * 32: ["v1/content/x"]}})), {"E057", "E093"}),
    "fixity by blake2b-512 of a wrong form": (in_inventory(lambda i: i.update(fixity={"blake2b-512": {"0": [FRAMES]}})), {"E032"}),
    "fixity by sha256 of a wrong form": (in_inventory(lambda i: i.update(fixity={"sha256": {"0": [FRAMES]}})), {"E030"}),
    "fixity twice": (in_inventory(lambda i: i.update(fixity={"md5": {"a" * 32: [FRAMES], "A" * 32: [FRAMES]}})), {"E097", "E093"}),
    "a digest twice": (in_inventory(lambda i: i["manifest"].update({first(i["manifest"]).upper(): ["v1/content/x"]})), {"E096", "E092"}),
    "an empty content folder": (at("v1", lambda p: [p.rename(p.with_name("logs")), (p / "content").mkdir(parents=True)]), {"W003", "W010", "E092"}),
    "an address that is no URI": (in_inventory(lambda i: i["versions"]["v2"]["user"].update(address="somewhere")), {"W009"}),
    "an older version by sha256": (with_sha256, {"W004"}),
    "a version named by a word": (in_inventory(lambda i: i["versions"].update(new=i["versions"]["v2"])), {"E104"}),
    "a version 0": (in_inventory(lambda i: i["versions"].update(v0=i["versions"]["v2"])), {"E105"}),
    "versions that go on padded": (padded, {"W001", "E011", "E013"}),
    "another content folder before": (in_inventory(lambda i: i.update(contentDirectory="files"), newest=False), {"E016", "E020"}),
    "no version at all": (at("", lambda p: [q.unlink() if q.is_file() else shutil.rmtree(q) for q in list(p.iterdir())]), {"E003", "E008", "E063"}),
    "a key twice": (in_text('"id":', '"id":"x","id":'), {"E033"}),
    "a digest twice in a state": (in_text('"state":{', f'"state":{{"{"0" * 128}":["x"],"{"0" * 128}":["y"],'), {"E050", "E066"}),
    "a number that is none": (in_text('"id":', '"x":NaN,"id":'), {"E033"}),
    "a byte order mark": (in_text('{', "\ufeff{"), {"E033"}),
    "a list for an inventory": (in_text('{', "[]"), {"E033"}),
    "deep nesting": (in_text('"id":', '"x":' + "[" * 60_000 + "]" * 60_000 + ',"id":'), {"E033"}),
    "deep objects": (in_text('"id":', '"x":' + '{"x":' * 60 + "1" + "}" * 60 + ',"id":'), {"E033"}),
    "a number too long": (in_text('"id":', '"x":' + "9" * 9_000 + ',"id":'), {"E033"}),
    "half a character": (in_text('"id":"', '"id":"\\ud800'), {"W005", "E037", "E110"}),
    "fixity not computed here": (in_inventory(lambda i: i.update(fixity={"size": {"7": [FRAMES]}})), {"X003"}),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_each_harm_to_an_object_is_named_by_its_codes(harmed: Path, harm: str) -> None:
    damage, expected = HARMS[harm]
    root = volume_of(harmed)
    damage(root)
    verdict = validate_object(root)
    assert {breach.code for breach in verdict.breaches} == expected, verdict.breaches
    assert verdict.valid == all(code[0] != "E" for code in expected)
    assert all(breach.detail and breach.rule for breach in verdict.breaches)


def test_without_digests_all_but_changed_content_is_found(harmed: Path) -> None:
    root = volume_of(harmed)
    flip(root / FRAMES)
    assert validate_object(root, Depth.PRESENCE).breaches == ()
    (root / FRAMES).unlink()
    assert [b.code for b in validate_object(root, Depth.PRESENCE).breaches] == ["E092"]


def test_every_code_of_the_standard_is_judged_or_said_not_to_be() -> None:
    never = {65, 109}  # numbers that neither 1.0 nor 1.1 gave
    errors = {f"E{n:03d}" for n in range(1, 113) if n not in never}
    warnings = {f"W{n:03d}" for n in range(1, 17) if n != 6}
    assert errors | warnings == {c for c in (*CODES, *NOT_JUDGED) if not c.startswith("X")}
    assert not CODES.keys() & NOT_JUDGED.keys()


def test_every_code_that_can_be_given_is_given_by_a_test_here() -> None:
    written = "".join(p.read_text() for p in Path(__file__).parent.glob("test_ocfl_*.py"))
    assert [code for code in CODES if f'"{code}"' not in written] == []

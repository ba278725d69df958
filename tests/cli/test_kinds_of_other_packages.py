"""A kind of portal that another package brings: the example of the guide, and packages that are broken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typed import PortalDesk

from verticalfile.town.portals.serving import Answer, PortalServer, Request

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-source.md"
TABLE = "id,name\n1,Elm\n"


class TidewaterSite:
    """The portal of the guide."""

    def __init__(self) -> None:
        self.files = ["parks", "roads"]
        self.count = 2

    def answer(self, request: Request) -> Answer | None:
        lines = ["id\ttitle\tlicence\tmodified\tfile\tvisits"]
        lines += [f"{n}\tAll {n}\tCC0-1.0\t2026-01-02\t/{n}.csv\t7" for n in self.files]
        bodies = {"/count.txt": str(self.count), "/datasets.tsv": "\n".join([*lines, ""])}
        bodies |= {f"/{n}.csv": TABLE for n in self.files}
        body = bodies.get(request.path)
        return Answer(body.encode(), media_type="text/plain") if body else None


def package(folder: Path, name: str, code: str, point: str) -> None:
    """As pip leaves it: a module, and what is known of its distribution."""
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    known = folder / f"{name}_for_vf-1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-for-vf\nVersion: 1.0\n")
    (known / "entry_points.txt").write_text(f"[verticalfile.sources]\n{point}\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture
def tidewater(packages: Path, tmp_path: Path) -> Iterator[tuple[PortalDesk, TidewaterSite]]:
    text = GUIDE.read_text(encoding="utf-8")
    code, _ = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    (point,) = re.findall(r'```toml\n.+?\n(\w+ = ".+?")\n```', text, re.DOTALL)
    package(packages, "tidewater", code, point.replace('"', ""))
    site = TidewaterSite()
    with PortalServer(site) as server:
        yield PortalDesk(tmp_path, server), site


def test_the_example_of_the_guide_is_found_previewed_added_and_collected(tidewater) -> None:
    desk, site = tidewater
    said = desk.vf("add", desk.server.home)
    assert "Tidewater" in said
    assert "untried" in said
    desk.vf("add", desk.server.home, "--all", "--name", "county")
    desk.vf("collect", "county")
    assert TABLE in desk.vf("get", "all-parks")
    assert "CC0-1.0" in desk.vf("rights", "all-parks")
    site.files, site.count = ["parks"], 2  # a line is missing, and the count says so
    desk.vf("collect", "county")
    members = json.loads(desk.vf("members", "county", "--json"))["members"]
    assert {m["title"]: m["state"] for m in members} == {"All parks": "present", "All roads": "present"}  # fmt: skip
    assert "tidewater" in desk.vf("doctor")


def test_copies_of_a_kind_that_tells_nothing_of_its_answers_are_refused(tidewater) -> None:
    desk, _ = tidewater
    desk.vf("add", desk.server.home, "--all", "--name", "county")
    folder = desk.archive / "old-lists"
    folder.mkdir()
    (folder / "2020-01-01.tsv").write_text("id\ttitle\n1\tParks\n")
    said = desk.vf("backfill", "county/listing", "--folder", str(folder), exit_code=10)
    assert "how copies of them make a list is not known" in said


def test_a_package_that_is_broken_is_told_and_takes_nothing_from_the_others(tidewater, packages) -> None:  # fmt: skip
    desk, _ = tidewater
    package(packages, "broken", "import no_such_module_at_all\n", "broken = broken:SOURCE")
    package(packages, "half", "class SOURCE:\n    name = 'half'\n", "half = half:SOURCE")
    thief = "from tidewater import Tidewater\nSOURCE = Tidewater()\nSOURCE.name = 'ckan'\n"
    package(packages, "thief", thief, "thief = thief:SOURCE")
    assert "Tidewater" in desk.vf("add", desk.server.home)
    said = " ".join(desk.vf("doctor", exit_code=1).split())
    assert "broken-for-vf does not load: ModuleNotFoundError" in said
    assert "half-for-vf has no label" in said
    assert "thief-for-vf calls itself ckan, which is taken" in said


def test_a_source_whose_package_is_gone_is_told_with_what_to_do(tidewater, packages) -> None:
    desk, _ = tidewater
    desk.vf("add", desk.server.home, "--all", "--name", "county")
    desk.vf("collect", "county")
    (packages / "tidewater.py").write_text("raise RuntimeError('too old')\n")
    said = desk.vf("collect", "county", exit_code=3)
    assert "tidewater-for-vf does not load: RuntimeError too old" in said
    assert TABLE in desk.vf("get", "all-parks")
    assert "county" in desk.vf("sources")

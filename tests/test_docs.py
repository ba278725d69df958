"""The documents say what the code does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def writer():
    spec = importlib.util.spec_from_file_location(
        "write_reference", ROOT / "docs" / "write_reference.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_command_reference_is_up_to_date(writer):
    written = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert written == writer.cli_reference(), "run `make docs`"


def test_the_page_of_ocfl_codes_is_up_to_date(writer):
    written = (ROOT / "docs" / "reference" / "ocfl-codes.md").read_text(encoding="utf-8")
    assert written == writer.ocfl_page(), "run `make docs`"


def test_every_error_has_its_own_code_and_is_documented(writer):
    written = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert written == writer.errors_page(), "run `make docs`"
    codes = [each.code for each in writer.error_classes()]
    assert len(codes) == len(set(codes))
    assert all(1 < each.exit_code < 60 for each in writer.error_classes())


def test_links_between_documents_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_dependency_is_written_down():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [", 1)[1].split("]", 1)[0]
    names = re.findall(r'"([A-Za-z.]+)', block)
    written = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert names
    for name in names:
        assert name.lower() in written, name


def test_status_names_tests_that_exist():
    text = (ROOT / "docs" / "status.md").read_text(encoding="utf-8")
    for path in set(re.findall(r"`((?:tests|benchmarks|docs)/[\w./-]+)`", text)):
        assert (ROOT / path).exists(), path


def test_no_module_is_longer_than_500_lines_and_no_function_than_60():
    import ast

    for path in (ROOT / "src").rglob("*.py"):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 500, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno + 1 <= 60, f"{path.name}: {node.name}"


def test_no_folder_holds_more_than_fifteen_modules():
    for folder in [p for p in (ROOT / "src" / "verticalfile").rglob("*") if p.is_dir()]:
        modules = [p.name for p in folder.glob("*.py") if p.name != "__init__.py"]
        assert len(modules) <= 15, f"{folder.name}: {len(modules)}"

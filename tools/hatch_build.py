"""What is made when the package is built: the font from npm, and the compiled translations.

Neither is committed. Without npm the site is whole with the fonts of the reader's machine, and
one sentence says so; `VF_SKIP_FONT=1` leaves the font out on purpose.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parents[1]
FONT = ROOT / "src/verticalfile/web/static/font"
PACKAGE = "node_modules/@fontsource-variable/atkinson-hyperlegible-next"
FILE = "atkinson-hyperlegible-next.woff2"
NPM_WAIT_S = 120
SHEET = f"""\
@font-face {{
  font-family: "Atkinson Hyperlegible Next";
  src: url("{FILE}") format("woff2");
  font-weight: 200 800;
  font-display: swap;
}}
"""


class BuildHook(BuildHookInterface):
    """Called by hatchling before a wheel, an editable one too, is put together."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Make what is missing; nothing here can make an installation fail."""
        if self.target_name != "wheel":
            return
        sys.path.insert(0, str(ROOT / "tools"))
        from compile_words import compile_words

        compile_words()
        told = fetch_font()
        if told:
            print(told, file=sys.stderr)


def fetch_font() -> str:
    """Put the font where the site looks for it; returns a sentence when that was not possible."""
    lock = (ROOT / "tools/font/package-lock.json").read_bytes()
    mark = hashlib.sha256(lock).hexdigest()
    if os.environ.get("VF_SKIP_FONT") or _is_here(mark):
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "There is no npm, so the site will use the fonts of its readers' machines."
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "tools/font" / name, folder)
        try:
            subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=folder, check=True, capture_output=True, timeout=NPM_WAIT_S,
            )  # fmt: skip
            package = Path(folder, PACKAGE)
            FONT.mkdir(parents=True, exist_ok=True)
            shutil.copy(
                package / "files/atkinson-hyperlegible-next-latin-wght-normal.woff2", FONT / FILE
            )
            shutil.copy(package / "LICENSE", FONT / "LICENSE.txt")
        except (OSError, subprocess.SubprocessError) as error:
            return f"npm could not bring the font ({type(error).__name__}), so the site will use the fonts of its readers' machines."
    (FONT / "font.css").write_text(SHEET, encoding="utf-8")
    (FONT / "lock").write_text(mark, encoding="utf-8")
    return ""


def _is_here(mark: str) -> bool:
    try:
        return (FONT / "lock").read_text(encoding="utf-8") == mark and (FONT / FILE).exists()
    except OSError:
        return False

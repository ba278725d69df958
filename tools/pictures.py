"""The pictures of docs/pictures, taken from the town of `make demo` in Debian's Chromium.

`make pictures`, after pages were changed; then look at each. A name and what it shows stand below.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
ARCHIVE = ROOT / "build" / "alder-falls"
FOLDER = ROOT / "docs" / "pictures"
ADDRESS = "http://127.0.0.1:8000"
"""Where `vf run` is unless told otherwise: citations show it."""
DESK, PHONE = (1280, 900), (390, 844)

PICTURES = {
    "home": ("/", DESK, "light"),
    "home-phone-spanish-dark": ("/es/", PHONE, "dark"),
    "search": ("/search/?q=permits", DESK, "light"),
    "dataset": ("/d/building-permits/", DESK, "light"),
    "dataset-dark": ("/d/building-permits/", DESK, "dark"),
    "table": ("/d/building-permits/table/", DESK, "light"),
    "list-phone": ("/d/building-permits/table/", PHONE, "light"),
    "changes": ("/d/sidewalk-repair-prices/@20240312T110000Z/changes/", DESK, "light"),
    "changes-phone": ("/d/city-budget/changes/", PHONE, "light"),
    "row": ("/d/sidewalk-repair-prices/row/?k=SW-204&k=2023", DESK, "light"),
    "chart": ("/d/library-branches/door-counts/chart/", DESK, "light"),
    "through-time": ("/d/restaurant-inspections/time/", (1280, 1160), "light"),
    "vanished": ("/d/restaurant-inspections/", DESK, "light"),
    "cite": ("/d/building-permits/cite/", DESK, "light"),
    "portal": ("/sources/tamarack-county-data/", DESK, "light"),
}
HANDOUT = "/d/sidewalk-repair-prices/handout.pdf?of=table&chart=Price+per+Unit"


def main() -> None:
    if not ARCHIVE.is_dir():
        raise SystemExit(f"{ARCHIVE.relative_to(ROOT)} is not there. To mend it: make demo")
    words = [sys.executable, "-m", "verticalfile", "--archive", str(ARCHIVE), "run"]
    room = subprocess.Popen([*words, "--no-collect"], stdout=subprocess.DEVNULL)
    try:
        _wait_for_it()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            for name in PICTURES:
                print(name, flush=True)
                _take(browser, name)
        _take_handout()
    finally:
        room.terminate()
        room.wait(timeout=20)


def _wait_for_it() -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{ADDRESS}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("vf run did not answer.")


def _take(browser: Browser, name: str) -> None:
    path, (width, height), scheme = PICTURES[name]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    answer = page.goto(ADDRESS + path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} is no page of this room.")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


def _take_handout() -> None:
    with urllib.request.urlopen(ADDRESS + HANDOUT, timeout=120) as answer:
        printed = answer.read()
    words = ["pdftoppm", "-r", "80", "-f", "1", "-l", "1", "-singlefile", "-png", "-"]
    subprocess.run([*words, str(FOLDER / "handout")], input=printed, check=True)


if __name__ == "__main__":
    main()

"""The pages over one small archive: Django's test client, and `vf run` with a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
from django.test import Client, override_settings
from made_room import make_town
from running_site import running

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "verticalfile.site.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread
django.setup()

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PLAIN = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Path:
    """The archive of `made_room.py`; nobody changes it."""
    folder = tmp_path_factory.mktemp("reading-room")
    make_town(folder / "archive", folder / "sources")
    return folder / "archive"


@pytest.fixture
def own(town, tmp_path) -> Path:
    """A copy that a test may change, without the log of who reads the shared one: it may vanish
    at any time, and holds nothing, as nobody writes there."""
    shutil.copytree(town, tmp_path / "own", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    return tmp_path / "own"


@pytest.fixture
def room(town) -> Iterator[Client]:
    """A reader in the room of the shared archive."""
    with override_settings(VF_ARCHIVE=town, STORAGES=PLAIN):
        yield Client(raise_request_exception=False)


@pytest.fixture
def enter() -> Iterator[Callable[[Path], Client]]:
    """`enter(archive)`: a reader in the room of another archive, until the test ends."""
    with ExitStack() as stack:

        def enter(archive: Path) -> Client:
            stack.enter_context(override_settings(VF_ARCHIVE=archive, STORAGES=PLAIN))
            return Client(raise_request_exception=False)

        yield enter


@pytest.fixture(scope="session")
def served(town) -> Iterator[str]:
    """`vf run` on the shared archive; its address."""
    with running(town) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium. Without it the tests fail: `make test` installs it."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.fail("There is no browser. To mend it: sudo apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()

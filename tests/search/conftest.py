"""One catalogue for all tests of search; nobody writes to it."""

from __future__ import annotations

import pytest
from made_catalogue import make_catalogue

from verticalfile.services.archive import Archive


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return make_catalogue(tmp_path_factory.mktemp("catalogue") / "archive")

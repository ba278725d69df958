"""The story, told once for all tests of this room."""

from __future__ import annotations

import pytest

from verticalfile import town


@pytest.fixture(scope="session")
def told() -> tuple[town.Beat, ...]:
    return town.story()

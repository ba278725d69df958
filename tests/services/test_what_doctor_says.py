"""What `vf doctor` says of how harvested files are read: no more than this kernel holds."""

from __future__ import annotations

import pytest

from verticalfile.services.safe import doctor


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (0, "no Landlock to keep it from other files"),
        (2, "could cut one off (Landlock 2;"),
        (3, "can open no other file (Landlock 3)"),
        (6, "can open no other file (Landlock 6)"),
    ],
)
def test_it_promises_of_reading_no_more_than_the_kernel_holds(
    monkeypatch: pytest.MonkeyPatch, version: int, said: str
) -> None:
    monkeypatch.setattr(doctor, "landlock_version", lambda: version)
    assert said in doctor._reading()

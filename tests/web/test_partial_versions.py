"""A version that may not be whole says so wherever it is shown, and only there."""

from __future__ import annotations

SAID = {"": "This version may not be whole.", "/es": "Esta versión puede estar incompleta."}


def test_a_version_that_may_not_be_whole_says_so_on_each_of_its_screens(room) -> None:
    for tongue, said in SAID.items():
        for screen in ("", "table/", "changes/", "download/", "cite/"):
            old = f"{tongue}/d/town-portal/@2023-11-13/{screen}"
            text = room.get(old, follow=True).content.decode()
            assert said in text, old
            assert "entries at the start" in text
        newest = room.get(f"{tongue}/d/town-portal/").content.decode()
        assert said not in newest

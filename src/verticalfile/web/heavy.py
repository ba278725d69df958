"""How many large questions are answered at once: two, the others wait a little, then are told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from verticalfile.kernel.turns import Turns
from verticalfile.services.reading.errors import RoomFull

SLOTS = 2
"""One for each core of a small machine: more at once only makes all of them slow (web.md 2.5)."""
WAIT_S = 10.0
"""Who waits here has come to a turn already; before it, all wait alike at the server's door."""

_slots = Turns(SLOTS)


def heavy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that sorts, counts or compares whole tables. Raises RoomFull when no turn comes."""

    @wraps(view)
    def taking_turns(*args: Any, **words: Any) -> HttpResponse:
        if not _slots.take(WAIT_S):
            raise RoomFull("Too many large tables are being opened.", mend="try again shortly.")
        try:
            return view(*args, **words)
        finally:
            _slots.give_back()

    return taking_turns

"""The WSGI application that `vf run` serves."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from verticalfile.kernel.limits import FORM_BYTES
from verticalfile.kernel.turns import Turns

SERVED_BY = "VF_SERVED_BY"
"""The process of `vf run`, which sets it: where that is gone, so is what it served with."""
PARENT_STEP_S = 1.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "verticalfile.site.settings")

AT_WORK = 4
"""So many requests are worked at at once. The other threads wait for slow lines: a large file goes
out, and a letter comes in, outside of a turn."""

_turns = Turns(AT_WORK)
_answer = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Have what was sent, wait for a turn, answer; what is streamed is made while it is taken."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and 0 < int(length) <= FORM_BYTES:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
    with _turns:
        answer: Iterable[bytes] = _answer(environ, start_response)
        return answer


def _end_with(parent: str) -> None:
    """A worker of a process that was killed would keep the port and serve an archive for ever."""
    while str(os.getppid()) == parent:
        time.sleep(PARENT_STEP_S)
    os._exit(0)


if served_by := os.environ.get(SERVED_BY):
    threading.Thread(target=_end_with, args=(served_by,), daemon=True).start()

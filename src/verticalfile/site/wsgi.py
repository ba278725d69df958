"""The WSGI application that `vf run` serves."""

from __future__ import annotations

import os
import threading
import time

from django.core.wsgi import get_wsgi_application

SERVED_BY = "VF_SERVED_BY"
"""The process of `vf run`, which sets it: where that is gone, so is what it served with."""
PARENT_STEP_S = 1.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "verticalfile.site.settings")
application = get_wsgi_application()


def _end_with(parent: str) -> None:
    """A worker of a process that was killed would keep the port and serve an archive for ever."""
    while str(os.getppid()) == parent:
        time.sleep(PARENT_STEP_S)
    os._exit(0)


if served_by := os.environ.get(SERVED_BY):
    threading.Thread(target=_end_with, args=(served_by,), daemon=True).start()

"""`vf run` as a person starts it, on a free port of the loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


class running:
    """`vf run` while the block lasts."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive

    def __enter__(self) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [sys.executable, "-m", "verticalfile", "--archive", str(self.archive), "run"]
        self.process = subprocess.Popen(
            [*words, "--no-collect", "--port", str(port)], stdout=subprocess.PIPE
        )
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):  # two minutes: a busy machine starts it late
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
                    assert json.load(answer)["well"]
                    return address
            except OSError:
                time.sleep(0.1)
        raise AssertionError("vf run did not answer")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=90)

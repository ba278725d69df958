"""Rounds of collecting, each in a process of its own at a moment that is given: to be killed.

Reads a line of JSON for each round and forks, so that hundreds of them share one start.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import open_archive
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.registry import kinds


def one(folder: str, moment: str, ports: Sequence[int]) -> None:
    """Look at what is due, then say so."""
    archive = open_archive(Path(folder), clock=SetClock(datetime.fromisoformat(moment)))
    rules = Rules(allow_private=True, extra_ports=frozenset(ports))
    print(f"begun {os.getpid()}\n", end="", flush=True)
    round_of(archive, (), fetching=Fetching(rules, sleep=lambda _: None))
    print("done\n", end="", flush=True)


def main() -> None:
    """Says what a round says itself, and how it ended."""
    kinds()  # all that a round needs is imported once
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                one(asked["folder"], asked["moment"], asked["ports"])
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}\n", end="", flush=True)


if __name__ == "__main__":
    main()

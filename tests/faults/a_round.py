"""One round of collecting in a process of its own, at a moment that is given: to be killed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from verticalfile.fetch.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import open_archive
from verticalfile.services.fetching import Fetching
from verticalfile.services.gathering.rounds import round_of


def main() -> None:
    """`a_round.py ARCHIVE MOMENT PORT...`: look at what is due, then say so."""
    folder, moment, *ports = sys.argv[1:]
    archive = open_archive(Path(folder), clock=SetClock(datetime.fromisoformat(moment)))
    rules = Rules(allow_private=True, extra_ports=frozenset(map(int, ports)))
    print("begun", flush=True)
    round_of(archive, (), fetching=Fetching(rules, sleep=lambda _: None))
    print("done", flush=True)


if __name__ == "__main__":
    main()

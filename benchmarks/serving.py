"""A server in processes of its own, as a reader meets it: its answers, its processor time, its memory."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SAMPLES, TIMES = 7, 5
"""The kernel counts in steps of 10 ms, so that a sample is the mean of five requests."""
START_S, ANSWER_S = 60.0, 60.0
REST_S, RESTING_MS = 2.0, 40
"""Resting costs some ms a second: a scheduler looks at the clock."""


@dataclass(frozen=True)
class Served:
    """A running server and the processes that it is made of."""

    address: str
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=ANSWER_S) as answer:  # noqa: S310  # the loopback
            return bytes(answer.read())

    def cpu_ms(self) -> float:
        """Spent so far by the process, those it started, and those of them that have ended."""
        ticks = sum(sum(map(int, _stat(pid)[11:15])) for pid in self.pids())
        return ticks * 1000 / TICKS_A_SECOND

    def memory_mb(self) -> float:
        """Of all processes together, each page that several share counted once (PSS)."""
        return sum(_pss_kb(pid) for pid in self.pids()) / 1000

    def pids(self) -> list[int]:
        found, children = [], _children()
        waiting = [self.process.pid]
        while waiting:
            found.append(waiting.pop())
            waiting += children.get(found[-1], [])
        return found

    def median_ms(self, paths: Sequence[str]) -> float:
        """Processor time of one request, warm: median of samples of five; `paths` go round."""
        for path in dict.fromkeys(paths):
            self.get(path)
        self.rest_ms()  # what a first visit leaves to be made is told by itself
        samples, number = [], 0
        for _ in range(SAMPLES):
            before = self.cpu_ms()
            for _ in range(TIMES):
                self.get(paths[number % len(paths)])
                number += 1
            samples.append((self.cpu_ms() - before) / TIMES)
        return statistics.median(samples)

    def once_ms(self, path: str) -> tuple[float, float]:
        """(processor time, seconds on the wall) of one request, in ms."""
        before, started = self.cpu_ms(), time.perf_counter()
        self.get(path)
        return self.cpu_ms() - before, (time.perf_counter() - started) * 1000

    def rest_ms(self) -> float:
        """Processor time that it still spends on what it does behind its answers, until it rests."""
        started = last = self.cpu_ms()
        while True:
            time.sleep(REST_S)
            now = self.cpu_ms()
            if now - last <= RESTING_MS:
                return now - started
            last = now


@contextmanager
def serving(words: Sequence[str], *, port_option: str, ready: str) -> Iterator[Served]:
    """A server on a free port of the loopback while the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*words, port_option, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        served = Served(f"http://127.0.0.1:{port}", process)
        give_up = time.monotonic() + START_S
        while True:
            try:
                served.get(ready)
                break
            except OSError:
                if time.monotonic() > give_up or process.poll() is not None:
                    raise SystemExit(f"{words[0]} did not answer.") from None
                time.sleep(0.2)
        yield served
    finally:
        process.terminate()
        process.wait(30)


def readers_at_once(
    served: Served, paths: Sequence[str], *, readers: int, each: int
) -> tuple[Counter[str], float, list[float]]:
    """What `readers` threads are answered, asking `each` times without a pause; the largest memory
    seen meanwhile in MB, and the seconds that each answer took."""
    took: list[float] = []

    def read(number: int) -> Counter[str]:
        told: Counter[str] = Counter()
        for step in range(each):
            started = time.perf_counter()
            told[_answer(f"{served.address}{paths[(number * 7 + step) % len(paths)]}")] += 1
            took.append(time.perf_counter() - started)
        return told

    with ThreadPoolExecutor(readers) as pool:
        asked = [pool.submit(read, number) for number in range(readers)]
        most = 0.0
        while not all(one.done() for one in asked):
            most = max(most, served.memory_mb())
            time.sleep(0.25)
    return sum((one.result() for one in asked), Counter()), most, took


def _answer(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_S) as answer:  # noqa: S310  # the loopback
            answer.read()
            return "answered"
    except urllib.error.HTTPError as error:
        return "busy" if error.code == 503 and error.headers["Retry-After"] else f"{error.code}"
    except OSError as error:
        return type(error).__name__


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 20


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        found.setdefault(int(_stat(int(folder.name))[1]), []).append(int(folder.name))
    return found


def _pss_kb(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
